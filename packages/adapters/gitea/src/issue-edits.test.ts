import { describe, expect, it } from '@jest/globals';
import type { HttpRequest, HttpResponse } from '@markitect/connections';
import { type JsonObject, Unavailable } from '@markitect/domain';
import { answer, FakeGitea, json } from '../tests/fake-gitea.js';
import { GiteaIssueRepository } from './index.js';

const label = (id: number, name: string) => ({
  id,
  name,
  color: '#00AABB',
  description: '',
  exclusive: false,
});

function open() {
  const fake = new FakeGitea();
  fake.issues = [answer(7, { body: 'before', content_version: 3 })];
  fake.labels = [label(1, 'bug'), label(2, 'docs')];
  // An issue is edited as the server does it: the body counts versions, and only where the version is the stored one.
  fake.on('PATCH', 'issues/7', ({ json: sent }) => {
    const { content_version: version, ...fields } = sent as JsonObject;
    const [stored = {}] = fake.issues;
    if (version !== undefined && version !== stored.content_version) {
      return json({ message: 'the issue is already changed' }, 409);
    }
    const counted = 'body' in fields ? { content_version: Number(stored.content_version) + 1 } : {};
    fake.issues = [{ ...stored, ...fields, ...counted }];
    return json(fake.issues[0], 201);
  });
  fake.on('PUT', 'issues/7/labels', ({ json: sent }) => {
    const ids = (sent as { labels: number[] }).labels;
    const labels = fake.labels.filter(({ id }) => ids.includes(Number(id)));
    fake.issues = [{ ...fake.issues[0], labels }];
    return json(labels);
  });
  return { fake, repository: new GiteaIssueRepository(fake, { owner: 'team', repository: 'work' }) };
}

const guardOf = (request: HttpRequest | undefined) => {
  if (typeof request?.repeat !== 'object') throw new Error('not guarded');
  return request.repeat.carriedOut(AbortSignal.timeout(5000));
};

describe('edits', () => {
  it('with a version claim it before the title, and send the rest after that', async () => {
    const { fake, repository } = open();
    const { version } = (await repository.get(7)) ?? { version: '' };
    await repository.edit(7, { title: 'new', state: 'closed', labels: ['bug'] }, version);
    expect(fake.sent('PATCH', '/7').map((request) => request.json)).toEqual([
      { body: 'before', content_version: 3 },
      { title: 'new', state: 'closed', content_version: 4 },
    ]);
    expect(fake.sent('PUT', '/labels')[0]?.json).toEqual({ labels: [1] });
  });

  it('without a version, or of the body alone, take one request and say only what changes', async () => {
    const { fake, repository } = open();
    await repository.edit(7, { title: 'new', body: 'before' });
    const { version } = (await repository.get(7)) ?? { version: '' };
    await repository.edit(7, { body: 'after' }, version);
    expect(fake.sent('PATCH', '/7').map((request) => request.json)).toEqual([
      { title: 'new' },
      { body: 'after', content_version: 3 },
    ]);
    await repository.edit(7, { title: 'new', body: 'after' });
    expect(fake.sent('PATCH', '/7')).toHaveLength(2);
  });

  it('over a change the server has no version for are refused with the present version', async () => {
    const { fake, repository } = open();
    const { version } = (await repository.get(7)) ?? { version: '' };
    fake.issues = [{ ...fake.issues[0], labels: [label(2, 'docs')] }];
    const present = (await repository.get(7))?.version;
    expect(present).not.toBe(version);
    await expect(repository.edit(7, { title: 'new' }, version)).rejects.toMatchObject({
      code: 'ISSUE_CHANGED',
      details: { number: 7, version: present },
    });
    expect(fake.sent('PATCH', '/7')).toEqual([]);
  });

  it('that lose the race for a version write nothing and name the present one', async () => {
    const { fake, repository } = open();
    const { version } = (await repository.get(7)) ?? { version: '' };
    fake.on('GET', 'issues/7', () => {
      // Somebody else is faster, between the comparison and the write.
      const seen = fake.issues[0];
      if (fake.sent('GET', '/7').length === 2)
        fake.issues = [{ ...seen, body: 'theirs', content_version: 4 }];
      return json(seen);
    });
    const error = await repository.edit(7, { title: 'mine' }, version).catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: 'ISSUE_CHANGED',
      details: { version: (await repository.get(7))?.version },
    });
    expect(fake.issues[0]).toMatchObject({ title: 'Issue 7', body: 'theirs' });
  });

  it('without a version are sent again when the body changes at the same moment', async () => {
    const { fake, repository } = open();
    let refusals = 2;
    fake.on('PATCH', 'issues/7', () => {
      refusals -= 1;
      return refusals >= 0 ? json({ message: 'the issue is already changed' }, 409) : undefined;
    });
    expect(await repository.edit(7, { body: 'mine' })).toMatchObject({ body: 'mine' });
  });

  it('of a title whose answer was lost are not done again over a later one', async () => {
    const { fake, repository } = open();
    await repository.edit(7, { title: 'mine' });
    const [request] = fake.sent('PATCH', '/7');
    const titles = ['other'];
    fake.on('GET', 'issues/7/timeline', ({ query }) => {
      expect(Date.parse(String(query?.since))).toBeLessThanOrEqual(Date.now());
      const event = { id: 1, type: 'change_title', created_at: '2026-11-21T00:00:00Z' };
      return json(titles.map((title) => ({ ...event, new_title: title })));
    });
    expect(await guardOf(request)).toBeUndefined();
    titles.unshift('mine');
    fake.issues = [{ ...fake.issues[0], title: 'other' }];
    expect(await guardOf(request)).toMatchObject({ status: 201, body: { title: 'other' } });
  });

  it('that fail in the middle say what is stored and what is not, and are completed by the same edit', async () => {
    const { fake, repository } = open();
    let isDown = true;
    fake.on('PUT', 'issues/7/labels', () => {
      if (isDown) throw new Unavailable('HTTP_UNREACHABLE', 'the connection broke');
      return undefined;
    });
    const { version } = (await repository.get(7)) ?? { version: '' };
    const edit = { title: 'new', labels: ['bug'] };
    const error = await repository.edit(7, edit, version).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({
      code: 'HTTP_UNREACHABLE',
      retryable: true,
      details: { stored: ['title'], notStored: ['labels'] },
      message: 'the connection broke; of this edit title is stored, labels is not',
    });
    isDown = false;
    expect(await repository.edit(7, edit)).toMatchObject({ title: 'new', labels: [{ name: 'bug' }] });
  });

  it('that the server ignores for want of a right fail', async () => {
    const { fake, repository } = open();
    fake.on('GET', 'assignees', () => json([{ login: 'bob' }]));
    fake.on('PATCH', 'issues/7', () => json(fake.issues[0], 201));
    await expect(repository.edit(7, { assignees: ['bob'] })).rejects.toMatchObject({
      code: 'TRACKER_FORBIDDEN',
    });
  });

  it('ask for the labels again when one is not known, or the server does not take one', async () => {
    const { fake, repository } = open();
    await repository.edit(7, { labels: ['bug'] });
    fake.labels = [label(9, 'bug'), label(3, 'late')];
    const { labels } = await repository.edit(7, { labels: ['bug', 'late'] });
    expect(labels.map(({ name }) => name)).toEqual(['bug', 'late']);
    // Deleted and made anew under another number.
    fake.labels = [label(11, 'bug')];
    await repository.edit(7, { labels: [] });
    expect((await repository.edit(7, { labels: ['bug'] })).labels).toHaveLength(1);
    expect(fake.sent('PUT', '/labels').at(-1)?.json).toEqual({ labels: [11] });
    await expect(repository.edit(7, { labels: ['none'] })).rejects.toMatchObject({
      code: 'ISSUE_LABEL_UNKNOWN',
    });
  });

  it('are found carried out when their answer is lost, and only then', async () => {
    const { fake, repository } = open();
    const { version } = (await repository.get(7)) ?? { version: '' };
    await repository.edit(7, { body: 'after', state: 'closed' }, version);
    const [request] = fake.sent('PATCH', '/7');
    expect(await guardOf(request)).toMatchObject({ status: 201, body: { body: 'after' } });
    fake.issues = [answer(7, { body: 'before', content_version: 3 })];
    expect(await guardOf(request)).toBeUndefined();
    fake.issues = [answer(7, { body: 'theirs', content_version: 4 })];
    expect(await guardOf(request)).toBeUndefined();
    fake.issues = [answer(7, { title: 'theirs', body: 'after', state: 'closed', content_version: 4 })];
    expect(await guardOf(request)).toBeUndefined();
    // A version that was claimed without any change may be another's: then it is asked for again, and refused.
    fake.issues = [answer(7, { body: 'before', content_version: 3 })];
    const before = (await repository.get(7))?.version ?? '';
    await repository.edit(7, { title: 'new' }, before);
    expect(fake.sent('PATCH', '/7').at(-2)).toMatchObject({ repeat: 'idempotent' });
    // Others have claimed it since: whether this edit was among them cannot be told, and it is not said to be.
    fake.issues = [answer(7, { body: 'after', state: 'closed', content_version: 5 })];
    expect(await guardOf(request)).toBeUndefined();
  });

  it('that close a blocked issue write nothing at all', async () => {
    const { fake, repository } = open();
    fake.on('GET', 'issues/7/dependencies', () => json([answer(8)], 200, { 'x-total-count': '1' }));
    await expect(repository.edit(7, { title: 'new', state: 'closed' })).rejects.toMatchObject({
      code: 'ISSUE_BLOCKED',
      details: { blockers: [8] },
    });
    expect(fake.sent('PATCH', '/7')).toEqual([]);
  });
});

describe('additions', () => {
  function creating(made: Record<string, never> | object = {}) {
    const { fake, repository } = open();
    fake.on('POST', 'issues', () => json(answer(8, { title: 'x', body: 'y', ...made }), 201));
    return { fake, repository };
  }

  it('look for their own effect: by the same user, since they began, and not that of another', async () => {
    const { fake, repository } = creating();
    const now = new Date().toISOString();
    await repository.create({ title: ' x ', body: 'y' });
    const [request] = fake.sent('POST', '/issues');
    expect(await guardOf(request)).toBeUndefined();
    const candidate = (number: number, overrides = {}) =>
      answer(number, { title: 'x', body: 'y', created_at: now, ...overrides });
    fake.issues = [
      candidate(8),
      candidate(9, { user: { login: 'eve' } }),
      candidate(10, { body: 'z' }),
      candidate(11, { created_at: '2020-01-01T00:00:00Z' }),
    ];
    // 8 is the answer of the first; the others are not what was sent.
    expect(await guardOf(request)).toBeUndefined();
    fake.issues = [candidate(12)];
    expect(await guardOf(request)).toMatchObject({ status: 201, body: { number: 12 } });
    expect(await guardOf(request)).toBeUndefined();
  });

  it('judge what was written since by the clock of the server', async () => {
    const { fake, repository } = creating();
    const behind = (response: HttpResponse): HttpResponse => ({
      ...response,
      headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
    });
    fake.on('GET', '/user', () => behind(json({ login: 'ada' })));
    await repository.create({ title: 'x', body: 'y' });
    const createdAt = new Date(Date.now() - 3_600_000).toISOString();
    fake.issues = [answer(12, { title: 'x', body: 'y', created_at: createdAt })];
    expect(await guardOf(fake.sent('POST', '/issues')[0])).toMatchObject({ body: { number: 12 } });
  });

  it('that lack what the user may not set say which issue there is now', async () => {
    const { repository, fake } = creating();
    fake.issues.unshift(answer(8, { title: 'x', body: 'y' }));
    fake.on('PUT', 'issues/8/labels', () => json({ message: 'write permission is required' }, 403));
    await expect(repository.create({ title: 'x', body: 'y', labels: ['bug'] })).rejects.toMatchObject({
      code: 'TRACKER_FORBIDDEN',
      details: { number: 8, notStored: ['labels'] },
    });
  });

  it('of comments to a locked issue, a pull request, or nothing are told apart', async () => {
    const { repository, fake } = open();
    fake.on('POST', 'issues/7/comments', () => json({ message: 'gesperrt' }, 403));
    await expect(repository.comment(7, 'x')).rejects.toMatchObject({ code: 'TRACKER_FORBIDDEN' });
    fake.issues = [answer(7, { is_locked: true }), answer(6, { pull_request: { merged: false } })];
    await expect(repository.comment(7, 'x')).rejects.toMatchObject({ code: 'ISSUE_LOCKED' });
    expect(await repository.get(6)).toBeUndefined();
    for (const number of [5, 6]) {
      for (const work of [
        () => repository.comment(number, 'x'),
        () => repository.comments(number),
        () => repository.timeline(number),
        () => repository.blocked(number),
        () => repository.edit(number, { title: 'x' }),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'ISSUE_NOT_FOUND' });
      }
    }
    expect(fake.requests.filter(({ path }) => /[56]\/comments/.test(path))).toEqual([]);
  });

  it('to an issue deleted since it was seen are refused, though the server only fails', async () => {
    const { repository, fake } = open();
    await repository.get(7);
    fake.issues = [];
    fake.on('POST', 'issues/7/comments', () => {
      throw new Unavailable('HTTP_SERVER_FAILED', 'failed', { details: { status: 500 } });
    });
    await expect(repository.comment(7, 'x')).rejects.toMatchObject({ code: 'ISSUE_NOT_FOUND' });
  });
});

describe('answers', () => {
  it('of another form are named, with the field', async () => {
    const { fake, repository } = open();
    for (const [body, field] of [
      [answer(7, { title: 5 }), 'title'],
      [answer(7, { labels: [{ id: 1 }] }), 'labels.0.name'],
      [answer(7, { created_at: 'yesterday' }), 'created_at'],
      ['<html>', ''],
      [undefined, ''],
    ] as const) {
      fake.on('GET', 'issues/7', () => ({ status: 200, headers: {}, body }));
      await expect(repository.get(7)).rejects.toMatchObject({
        code: 'HTTP_RESPONSE_INVALID',
        details: { field },
      });
    }
    fake.on('GET', 'issues', () => json([]));
    await expect(repository.list({})).rejects.toMatchObject({ details: { field: 'x-total-count' } });
  });

  it('are taken as they come from older servers and Forgejo', async () => {
    const { fake, repository } = open();
    const old = Object.fromEntries(
      Object.entries(
        answer(7, {
          body: null,
          user: null,
          created_at: '2026-01-01T01:00:00+01:00',
          due_date: '2026-03-01T23:59:59+01:00',
        }),
      ).filter(([field]) => !['content_version', 'repository', 'is_locked'].includes(field)),
    );
    fake.issues = [old];
    expect(await repository.get(7)).toMatchObject({
      body: '',
      author: 'Ghost',
      createdAt: '2026-01-01T00:00:00.000Z',
      dueOn: '2026-03-01',
      isLocked: false,
    });
    const { version } = (await repository.get(7)) ?? { version: '' };
    await repository.edit(7, { title: 'new' }, version);
    expect(fake.sent('PATCH', '/7')[0]?.json).toEqual({ title: 'new' });
  });

  it('that there is no issue are believed only while there is the repository', async () => {
    const { fake, repository } = open();
    expect(await repository.get(5)).toBeUndefined();
    fake.on('GET', '', () => json({ message: 'not found' }, 404));
    await expect(repository.get(5)).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
  });

  it('about dependencies leave out pull requests, other repositories and what may not be seen', async () => {
    const { fake, repository } = open();
    fake.on('GET', 'issues/7/dependencies', () =>
      json([
        answer(9),
        answer(8),
        answer(10, { pull_request: { merged: false } }),
        answer(11, { repository: { owner: 'other', name: 'work' } }),
        { number: 0, state: 'open', title: 'HIDDEN' },
      ]),
    );
    expect((await repository.blockers(7)).map(({ number }) => number)).toEqual([8, 9]);
  });

  it('that are pages of events may be short, hold nothing or null', async () => {
    const { fake, repository } = open();
    const event = (id: number, at = '2026-01-01T00:00:00Z') => ({
      id,
      type: 'close',
      user: { login: 'ada' },
      created_at: at,
    });
    const pages = [[event(1), null, event(2)], [event(3)], [event(4), event(5)], null];
    fake.on('GET', 'issues/7/timeline', ({ query }) => json(pages[Number(query?.page) - 1] ?? null));
    const first = await repository.timeline(7, { limit: 3 });
    expect(first.items.map(({ id }) => id)).toEqual([1, 2, 3]);
    // What was told first is deleted: the rest moves to the pages before.
    pages.splice(0, 4, [event(3), event(4), event(5)], null);
    const rest = await repository.timeline(7, { limit: 3, cursor: first.nextCursor ?? '' });
    expect(rest.items.map(({ id }) => id)).toEqual([4, 5]);
    expect(rest.nextCursor).toBeUndefined();
  });
});
