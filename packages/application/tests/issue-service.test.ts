import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defaultBoard, NotFound, parseBoardRules } from '@markitect/domain';
import { limitedRequest } from '@markitect/ports';
import { documentDraft, InMemoryProjectRepository, issueLabel, workspaceManifest } from '@markitect/testing';
import { IssueService } from '../src/index.js';
import { down, issueFixture } from './issues.js';
import { bytes, workspaceFixture } from './workspaces.js';

let fixture: ReturnType<typeof issueFixture>;
let service: IssueService;

beforeEach(() => {
  fixture = issueFixture();
  ({ service } = fixture);
});

describe('issues', () => {
  it('are made, changed, closed and opened again', async () => {
    const made = await service.create({ title: 'One' });
    expect((await service.edit('#1', { title: 'Two' }, made.version)).title).toBe('Two');
    expect((await service.close('1')).state).toBe('closed');
    expect((await service.reopen(1)).state).toBe('open');
    expect(await service.comment(1, 'Hello')).toMatchObject({ author: 'ada', body: 'Hello' });
    expect((await service.timeline(1)).value.items.map(({ type }) => type)).toContain('comment');
    expect((await service.get(1)).value.comments).toBe(1);
  });

  it('are listed, counted and streamed by a query that is checked', async () => {
    for (const title of ['a', 'b', 'ab']) await fixture.add({ title });
    const { value } = await service.list({ text: 'A', order: 'asc' }, { limit: 1 });
    expect([value.items.map(({ title }) => title), typeof value.nextCursor]).toEqual([['a'], 'string']);
    expect((await service.count({ text: 'a' })).value).toBe(2);
    const titles: string[] = [];
    for await (const { title } of service.stream({ text: 'b' })) titles.push(title);
    expect(titles).toEqual(['ab', 'b']);
    await expect(service.list({ author: '' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('wait for each other until they do not', async () => {
    await fixture.add();
    await fixture.add();
    await service.block('#1', 2);
    await expect(service.close(1)).rejects.toMatchObject({ code: 'ISSUE_BLOCKED' });
    await service.unblock(1, '#2');
    expect((await service.close(1)).state).toBe('closed');
  });

  it.each([
    ['get', (s: IssueService) => s.get(9)],
    ['show', (s: IssueService) => s.show(9)],
    ['edit', (s: IssueService) => s.edit(9, { addLabels: ['x'] })],
    ['move', (s: IssueService) => s.move(9, 'Done')],
    ['workspaceSeed', (s: IssueService) => s.workspaceSeed(9)],
  ])('that are not there cannot be used: %s', async (_name, operation) => {
    await expect(operation(service)).rejects.toMatchObject({ code: 'ISSUE_NOT_FOUND' });
  });

  it.each([
    ['get', (s: IssueService) => s.get('x')],
    ['edit', (s: IssueService) => s.edit('#', {})],
    ['block', (s: IssueService) => s.block(1, '-')],
  ])('are not named by bad numbers: %s', async (_name, operation) => {
    await expect(operation(service)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('changing single labels and assignees', () => {
  beforeEach(async () => {
    await fixture.add({ label: 'priority/low', assignees: ['ada'] });
    for (const name of ['bug', 'priority/high']) await service.saveLabel(issueLabel(name));
  });

  const labelsOf = async () => (await service.get(1)).value.labels.map(({ name }) => name);

  it('leaves the others', async () => {
    await service.edit(1, { addLabels: ['bug'], assign: ['bob'], unassign: ['ada'], title: 'New' });
    expect(await labelsOf()).toEqual(['bug', 'priority/low']);
    expect((await service.get(1)).value).toMatchObject({ assignees: ['bob'], title: 'New' });
    await service.edit(1, { removeLabels: ['priority/low', 'unknown'] });
    expect(await labelsOf()).toEqual(['bug']);
  });

  it('takes the place of an exclusive label of the same scope', async () => {
    await service.edit(1, { addLabels: ['priority/high'] });
    expect(await labelsOf()).toEqual(['priority/high']);
  });

  it('writes nothing when nothing is different', async () => {
    const edit = jest.spyOn(fixture.tracker, 'edit');
    await service.edit(1, { addLabels: ['priority/low'], unassign: ['bob'] });
    expect(edit).not.toHaveBeenCalled();
  });

  it('loses nothing that others change at the same time', async () => {
    const get = fixture.tracker.get.bind(fixture.tracker);
    jest.spyOn(fixture.tracker, 'get').mockImplementationOnce(async (number) => {
      const before = await get(number);
      await fixture.tracker.edit(number, { assignees: ['eve'] });
      return before;
    });
    await service.edit(1, { addLabels: ['bug'], assign: ['bob'] });
    expect((await service.get(1)).value.assignees).toEqual(['bob', 'eve']);
  });

  it('is refused when it was meant for another version, and after three others who were faster', async () => {
    const { version } = (await service.get(1)).value;
    await service.edit(1, { title: 'Changed' });
    await expect(service.edit(1, { addLabels: ['bug'] }, version)).rejects.toMatchObject({
      code: 'ISSUE_CHANGED',
    });
    await expect(service.close(1, version)).rejects.toMatchObject({ code: 'ISSUE_CHANGED' });
    const get = fixture.tracker.get.bind(fixture.tracker);
    const racing = jest.spyOn(fixture.tracker, 'get').mockImplementation(async (number) => {
      const before = await get(number);
      await fixture.tracker.edit(number, { title: `${before?.title}!` });
      return before;
    });
    await expect(service.edit(1, { addLabels: ['bug'] })).rejects.toMatchObject({ code: 'ISSUE_CHANGED' });
    expect(racing).toHaveBeenCalledTimes(3);
  });
});

describe('showing an issue', () => {
  it('tells everything that is known of it', async () => {
    const { add, tracker, ports } = fixture;
    await add({ title: 'First', label: 'status/doing', dueOn: '2026-01-01' });
    await add({ title: 'Blocker' });
    await add({ title: 'Waiting' });
    await tracker.saveLabel(issueLabel('priority/high'));
    await tracker.edit(1, { labels: ['status/doing', 'priority/high'] });
    await tracker.block(1, 2);
    await tracker.block(3, 1);
    await tracker.comment(1, 'Hello');
    await ports.workspaces.save(workspaceManifest({ slug: '1', title: 'Work' }), 0);
    for (const draft of [
      { path: 'b-named.md', frontMatter: { issue: 1 } },
      { path: 'a-listed.md', frontMatter: { issues: [1, 7] } },
      { path: 'mentions.md', text: 'see #1 now', content: 'see #1 now' },
      { path: 'not.md', text: '1 apple, #12, repo#1', content: '1 apple, #12, repo#1' },
    ]) {
      await ports.documents.save(documentDraft(draft));
    }

    const { value, stale } = await service.show('#1');
    expect(stale).toBeUndefined();
    expect(value).toMatchObject({
      issue: { number: 1, title: 'First' },
      column: 'Doing',
      priority: 'priority/high',
      comments: [{ body: 'Hello' }],
      blockers: [{ number: 2 }],
      blocked: [{ number: 3 }],
      conditions: { blockedBy: [2], overdue: true, stale: false },
      workspace: { title: 'Work' },
      missing: [],
    });
    expect(value.documents.map(({ path }) => path)).toEqual(['a-listed.md', 'b-named.md', 'mentions.md']);
  });

  it('asks for everything at the same time', async () => {
    await fixture.add();
    const { tracker, ports } = fixture;
    const started: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const hold = <T extends object>(target: T, name: keyof T & string) => {
      const real = (target[name] as (...args: unknown[]) => Promise<unknown>).bind(target);
      Object.assign(target, {
        [name]: async (...args: unknown[]) => {
          started.push(name);
          await gate;
          return real(...args);
        },
      });
    };
    for (const name of ['get', 'comments', 'blockers', 'blocked'] as const) hold(tracker, name);
    hold(ports.workspaces, 'get');
    const showing = service.show(1);
    await new Promise(setImmediate);
    expect(started.sort()).toEqual(['blocked', 'blockers', 'comments', 'get', 'get']);
    release();
    expect((await showing).value.issue.number).toBe(1);
  });

  it('names the parts that cannot be had, and tells the rest', async () => {
    await fixture.add();
    jest.spyOn(fixture.tracker, 'comments').mockRejectedValue(down);
    jest.spyOn(fixture.ports.workspaces, 'get').mockRejectedValue(down);
    const { value } = await service.show(1);
    expect(value).toMatchObject({ issue: { number: 1 }, comments: [], column: 'Backlog' });
    expect(value).not.toHaveProperty('workspace');
    expect(value.missing).toEqual([
      { part: 'comments', error: down },
      { part: 'workspace', error: down },
    ]);
  });

  it('fails when the issue itself cannot be had, or a part is damaged', async () => {
    await fixture.add();
    jest.spyOn(fixture.tracker, 'blockers').mockRejectedValueOnce(new TypeError('defect'));
    await expect(service.show(1)).rejects.toThrow('defect');
    jest.spyOn(fixture.tracker, 'get').mockRejectedValue(down);
    await expect(service.show(1)).rejects.toBe(down);
  });

  it('finds documents that link to its page', async () => {
    await fixture.add();
    const url = 'https://git/x/issues/1';
    jest.spyOn(fixture.tracker, 'get').mockImplementation(async () => ({
      ...(await fixture.tracker.list({})).items[0]!,
      url,
    }));
    for (const [path, text] of [
      ['yes.md', `see ${url}`],
      ['no.md', `see ${url}2 1`],
    ] as const) {
      await fixture.ports.documents.save(documentDraft({ path, text, content: text }));
    }
    expect((await service.show(1)).value.documents.map(({ path }) => path)).toEqual(['yes.md']);
  });
});

describe('the time a read may take', () => {
  const limits = () => {
    const left: (number | undefined)[] = [];
    for (const name of ['get', 'comments', 'blockers', 'blocked', 'list'] as const) {
      const original = fixture.tracker[name].bind(fixture.tracker) as (...args: unknown[]) => Promise<never>;
      jest.spyOn(fixture.tracker, name).mockImplementation((...args: unknown[]) => {
        left.push(limitedRequest().deadlineMs);
        return original(...args);
      });
    }
    return left;
  };

  it('of an issue with all that belongs to it is bounded as a whole', async () => {
    await fixture.add();
    const { ports } = fixture;
    const bounded = new IssueService(ports, { rules: parseBoardRules(defaultBoard), showDeadlineMs: 5000 });
    const left = limits();
    await bounded.show(1);
    expect(left.length).toBeGreaterThanOrEqual(4);
    for (const each of left) expect(each).toBeLessThanOrEqual(5000);
    left.length = 0;
    await bounded.list({});
    expect(left).toEqual([undefined]);
  });

  it('is what the caller says', async () => {
    await fixture.add();
    const left = limits();
    await service.list({}, {}, { deadlineMs: 700 });
    expect(left[0]).toBeLessThanOrEqual(700);
    await expect(service.list({}, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });
});

it('the user of the tracker is asked for where it knows one', async () => {
  expect(await service.user()).toBeUndefined();
  expect(await issueFixture({ user: () => Promise.resolve('ann') }).service.user()).toBe('ann');
});

describe('while the tracker is down', () => {
  beforeEach(async () => {
    const issue = await fixture.add({ title: 'Known' });
    await fixture.mirror.apply({ issues: [{ issue, comments: [], blockers: [] }], progress: {} });
    for (const name of ['get', 'list', 'count', 'comments', 'blockers', 'blocked', 'labels'] as const) {
      jest.spyOn(fixture.tracker, name).mockRejectedValue(down);
    }
    jest.spyOn(fixture.tracker, 'stream').mockImplementation(() => {
      throw down;
    });
    fixture.mirrored.ageMs = 30_000;
  });

  it('reads answer with what was last known, and say how old it is', async () => {
    const stale = { ageMs: 30_000, cause: down };
    expect(await service.get(1)).toMatchObject({ value: { title: 'Known' }, stale });
    expect(await service.list({})).toMatchObject({ value: { items: [{ number: 1 }] }, stale });
    expect(await service.show(1)).toMatchObject({ value: { column: 'Backlog', missing: [] }, stale });
    expect(await service.workspaceSeed(1)).toMatchObject({ value: { slug: '1' }, stale });
  });

  it('does not count its boards as missing: they are in no copy, and that the answer is old says it all', async () => {
    const projects = new InMemoryProjectRepository();
    jest.spyOn(projects, 'projects').mockRejectedValue(down);
    const other = issueFixture({ projects, issues: fixture.ports.issues });
    expect(await other.service.show(1)).toMatchObject({
      value: { column: 'Backlog', missing: [] },
      stale: { cause: down },
    });
    // Up, but without an answer about its boards: that part is missing.
    jest.restoreAllMocks();
    jest.spyOn(projects, 'projects').mockRejectedValue(down);
    const answer = await other.service.show(1);
    expect(answer).not.toHaveProperty('stale');
    expect(answer.value.missing).toEqual([{ part: 'project', error: down }]);
  });

  it('but not when that is older than allowed, nor when it must be what the tracker says now', async () => {
    await expect(service.get(1, { maxAgeMs: 0 })).rejects.toBe(down);
    fixture.mirrored.ageMs = 60_001;
    await expect(service.get(1)).rejects.toBe(down);
    expect(await service.get(1, { maxAgeMs: 70_000 })).toMatchObject({ stale: { ageMs: 60_001 } });
  });

  it('nothing is written', async () => {
    await expect(service.edit(1, { addLabels: ['x'] })).rejects.toBe(down);
    await expect(service.move(1, 'Done')).rejects.toBe(down);
  });
});

describe('a workspace for an issue', () => {
  it('has its number, its title as one line, its text and its page', async () => {
    await fixture.add({ title: `Long ${'x'.repeat(240)}`.slice(0, 250), body: 'What is wanted' });
    const { value } = await service.workspaceSeed(1);
    expect(value).toMatchObject({ slug: '1', request: { issue: { number: 1, body: 'What is wanted' } } });
    expect(value.request.title).toHaveLength(200);
  });

  it('starts with what the issue says', async () => {
    const added = await fixture.add({ body: 'It fails.' });
    // A tracker elsewhere may have such titles.
    fixture.tracker.book.change(1, { issue: { ...added, title: 'Fix the\u2028login' } });
    const { value: seed } = await service.workspaceSeed('#1');
    const workspaces = workspaceFixture();
    expect((await workspaces.service.start(seed.slug, seed.request)).title).toBe('Fix the login');
    expect(await workspaces.read('1/requirements.md')).toContain('## What is wanted\n\nIt fails.\n');
  });

  it('keeps to a template of their own, which has placeholders for it', async () => {
    await fixture.add({ body: 'It fails.' });
    const { value: seed } = await service.workspaceSeed(1);
    const workspaces = workspaceFixture();
    await workspaces.files.templates.write('default/a.md', bytes('{{issue}}: {{body}}'));
    await workspaces.service.start(seed.slug, seed.request);
    expect(await workspaces.read('1/a.md')).toBe('1: It fails.');
  });
});

describe('a board that the tracker keeps', () => {
  const boards = [
    { id: 1, title: 'Old', isClosed: true, columns: [] },
    {
      id: 2,
      title: 'Sprint',
      isClosed: false,
      columns: [
        { id: 10, title: 'Now', issues: [3, 1, 2] },
        { id: 11, title: 'Later', issues: [] },
      ],
    },
  ];

  beforeEach(async () => {
    fixture = issueFixture({ projects: new InMemoryProjectRepository(boards) });
    ({ service } = fixture);
    for (const title of ['a', 'b', 'ab']) await fixture.add({ title });
  });

  it('is shown as it is kept, with as many cards as asked for', async () => {
    const { value } = await service.board({ cards: 2 });
    expect(value).toMatchObject({
      project: 'Sprint',
      columns: [
        { name: 'Now', cards: [{ issue: { number: 3 } }, { issue: { number: 1 } }], total: 3 },
        { name: 'Later', cards: [], total: 0 },
      ],
    });
    const filtered = (await service.board({ filter: { text: 'b' }, cards: 1 })).value.columns[0];
    expect(filtered).toMatchObject({ cards: [{ issue: { number: 3 } }], total: 2 });
  });

  it('is where an issue is, and is moved', async () => {
    expect((await service.show(1)).value).toMatchObject({
      column: 'Now',
      project: { id: 2, title: 'Sprint' },
    });
    expect(await service.move(1, 'later')).toMatchObject({ column: 'Later', changed: true });
    expect(await service.move(1, 'Later')).toMatchObject({ changed: false });
    expect((await service.show(1)).value.column).toBe('Later');
    await expect(service.move(1, 'Done')).rejects.toMatchObject({ code: 'BOARD_COLUMN_NOT_FOUND' });
  });

  it('gives way to the rules while it cannot be had', async () => {
    jest.spyOn(fixture.ports.projects!, 'projects').mockRejectedValue(down);
    expect((await service.board()).value).not.toHaveProperty('project');
    jest
      .spyOn(fixture.ports.projects!, 'projects')
      .mockRejectedValue(new NotFound('TRACKER_NOT_FOUND', 'gone'));
    await expect(service.board()).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
  });
});
