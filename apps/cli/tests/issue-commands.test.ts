import stringWidth from 'string-width';
import { describe, expect, it } from '@jest/globals';
import type { Json, RunOptions } from './support/cli.js';
import { FakeTracker } from './support/fake-tracker.js';

const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;
const labels = ['bug', 'priority/critical', 'priority/low', 'status/todo', 'status/doing'];
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** Three open issues and a closed one. */
async function filled(): Promise<FakeTracker> {
  const tracker = new FakeTracker();
  const { issues } = tracker;
  for (const name of labels) {
    await issues.saveLabel({ name, color: '00aabb', description: '', exclusive: name.includes('/') });
  }
  await issues.saveMilestone({ title: '2.0', description: 'next', state: 'open' });
  await issues.create({
    title: 'Users are logged out too early when the clock changes in autumn',
    body: '# Steps\n\nWait for **autumn**.\n',
    labels: ['bug', 'priority/critical'],
    assignees: ['ann', 'bob'],
    milestone: '2.0',
    dueOn: day(-3),
  });
  await issues.create({ title: 'Import breaks on 🎉', labels: ['status/doing'] });
  // A tracker elsewhere may have such titles.
  const strange = await issues.create({ title: 'Rename the column', assignees: ['bob'] });
  issues.book.change(3, { issue: { ...strange, title: 'Rename\tthe \u001b[31mcolumn' } });
  await issues.create({ title: 'Done long ago' });
  await issues.edit(4, { state: 'closed' });
  return tracker;
}

async function json(tracker: FakeTracker, ...argv: readonly string[]) {
  const outcome = await tracker.run([...argv, '--json']);
  return { ...outcome, value: JSON.parse(outcome.stdout) as Json };
}

const numbers = (value: Json) => value.items.map(({ number }) => number);

describe('markitect issues list', () => {
  it('gives programs exact lines without headings', async () => {
    const tracker = await filled();
    const { stdout, exitCode } = await tracker.run(['issues', 'list', '--order', 'asc']);
    expect(exitCode).toBe(0);
    const [first, second, third, ...rest] = stdout.split('\n');
    expect(first?.split('\t')).toEqual([
      ...['1', 'open', 'Users are logged out too early when the clock changes in autumn'],
      ...['bug,priority/critical', 'ann,bob', '2.0', day(-3)],
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ]);
    expect(second).toMatch(/^2\topen\tImport breaks on 🎉\tstatus\/doing\t\t\t\t/);
    expect(third).toMatch(/^3\topen\tRename the �\[31mcolumn\t/);
    expect(rest).toEqual(['']);
  });

  it.each([40, 60, 80, 120, 200])('fits a terminal of %d columns', async (columns) => {
    const tracker = await filled();
    const { stdout } = await tracker.run(['issues', 'list', '--state', 'all'], { ...terminal, columns });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ISSUE +TITLE +/);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('✓ #4');
    expect(stdout).toContain('○ #1');
    if (columns >= 80) expect(stdout).toContain(`${day(-3)}!`);
  });

  it('narrows by everything a query knows', async () => {
    const tracker = await filled();
    const list = async (...argv: readonly string[]) =>
      numbers((await json(tracker, 'issues', 'list', ...argv)).value);
    expect(await list()).toEqual([3, 2, 1]);
    expect(await list('--state', 'all', '--limit', '2')).toEqual([4, 3]);
    expect(await list('--state', 'closed')).toEqual([4]);
    expect(await list('--label', 'bug', '--label', 'priority/critical')).toEqual([1]);
    expect(await list('--label', 'bug', '--label', 'status/doing')).toEqual([]);
    expect(await list('--any-label', 'bug', '--any-label', 'status/doing')).toEqual([2, 1]);
    expect(await list('--not-label', 'bug')).toEqual([3, 2]);
    expect(await list('--assignee', 'none')).toEqual([2]);
    expect(await list('--assignee', 'bob', '--order', 'asc')).toEqual([1, 3]);
    expect(await list('--milestone', 'none')).toEqual([3, 2]);
    expect(await list('--milestone', '2.0')).toEqual([1]);
    expect(await list('--text', 'autumn wait')).toEqual([1]);
    expect(await list('--author', 'nobody')).toEqual([]);
    expect(await list('--since', '1h', '--sort', 'updatedAt')).toHaveLength(3);
    expect(await list('--since', day(2))).toEqual([]);
    expect(await list('--before', day(2))).toHaveLength(3);
    expect(await list('--before', '1h')).toEqual([]);
    const mine = await tracker.run(['issues', 'list', '--assignee', 'me'], {
      env: { MARKITECT_ISSUES_USER: 'bob' },
    });
    expect(mine.stdout.match(/^\d+/gm)).toEqual(['3', '1']);
  });

  it('goes on with the next page', async () => {
    const tracker = await filled();
    const page = await tracker.run(['issues', 'list', '--limit', '2']);
    const [, args = ''] = /^More: markitect (.*)$/m.exec(page.stderr) ?? [];
    expect((await tracker.run(args.split(' '))).stdout).toMatch(/^1\topen/);
  });

  it('says what to do where there is nothing', async () => {
    const tracker = await filled();
    expect((await tracker.run(['issues', 'list', '--label', 'none-such'])).stderr).toContain(
      'No open issue matches. Closed ones, too: --state all',
    );
    expect((await new FakeTracker().run(['issues', 'list'])).stderr).toContain(
      'There are no open issues. Write one with: markitect issues create --title',
    );
  });
});

describe('markitect issues show', () => {
  it('shows where it stands, what it waits for, what it says and what was said', async () => {
    const tracker = await filled();
    await tracker.issues.block(1, 2);
    await tracker.issues.block(3, 1);
    await tracker.issues.comment(1, 'Same *here*.\n\u001b[2J');
    const { stdout } = await tracker.run(['issues', 'show', '1'], terminal);
    expect(stdout).toMatch(/^#1 Users are logged out too early when the clock changes in autumn\n/);
    expect(stdout).toContain('open · Backlog · priority/critical · blocked · overdue\n');
    expect(stdout).toMatch(
      /\n {2}waits for +#2 Import breaks on 🎉\n {2}blocks +#3 Rename the �\[31mcolumn\n/,
    );
    expect(stdout).toMatch(new RegExp(`\n {2}due +${day(-3)} \\(overdue\\)\n`));
    expect(stdout).toContain('\n\n# Steps\n\nWait for autumn.\n\n── ann · ');
    expect(stdout).toContain('Same here.');
    expect(stdout).not.toContain('\u001b');
  });

  it('gives its text alone, exactly', async () => {
    const tracker = await filled();
    expect((await tracker.run(['issues', 'show', '#1', '--raw'])).stdout).toBe(
      '# Steps\n\nWait for **autumn**.\n',
    );
  });

  it('gives programs everything', async () => {
    const tracker = await filled();
    const { value } = await json(tracker, 'issues', 'show', '2');
    expect(value).toMatchObject({
      issue: { number: 2, version: expect.any(String) },
      column: 'Doing',
      conditions: { blockedBy: [], overdue: false, stale: false },
      comments: [],
      missing: [],
    });
    expect(value).not.toHaveProperty('stale');
  });

  it.each([
    ['99', 'ISSUE_NOT_FOUND', 3],
    ['x', 'REQUEST_INVALID', 2],
  ])('refuses %s', async (number, code, exitCode) => {
    const tracker = await filled();
    expect(await json(tracker, 'issues', 'show', number)).toMatchObject({
      exitCode,
      value: { error: { code } },
    });
  });
});

describe('"me"', () => {
  const mine = (tracker: FakeTracker, env: Readonly<Record<string, string>> = {}) =>
    tracker.run(['issues', 'list', '--assignee', 'me'], { env });

  it('is whose token it is, asked for only where somebody says "me"', async () => {
    const tracker = await filled();
    tracker.user = 'bob';
    expect((await mine(tracker)).stdout).toMatch(/^3\t.*\n1\t.*\n$/);
    expect(tracker.asked).toBe(1);
    await tracker.run(['issues', 'list', '--assignee', 'bob']);
    await tracker.run(['board', '--author', 'ann']);
    expect(tracker.asked).toBe(1);
    expect((await tracker.run(['board', '--assignee', 'me', '--column', 'backlog'])).stdout).toContain(
      '\t3\t',
    );
  });

  it('is the setting where there is one', async () => {
    const tracker = await filled();
    tracker.user = 'bob';
    expect((await mine(tracker, { MARKITECT_ISSUES_USER: 'ann' })).stdout).toMatch(/^1\t.*\n$/);
    expect(tracker.asked).toBe(0);
  });

  it('is refused where nobody says who that is', async () => {
    const tracker = await filled();
    tracker.user = undefined;
    const { exitCode, stderr } = await mine(tracker);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('issues.user');
  });
});

describe('dates and titles there are not', () => {
  it.each(['2026-02-30', '2026-13-01', '2026-11-21T25:00', '2026-11-21T08:00Z later'])(
    '--since %s is refused',
    async (since) => {
      for (const argv of [['issues', 'list'], ['board']]) {
        await expect(json(new FakeTracker(), ...argv, '--since', since)).rejects.toMatchObject({
          code: 'REQUEST_INVALID',
          details: { field: '--since' },
        });
      }
    },
  );

  it('a title is one line', async () => {
    for (const title of ['a\nb', 'a\u001b[2Jb']) {
      expect(await json(new FakeTracker(), 'issues', 'create', '--title', title)).toMatchObject({
        exitCode: 2,
        value: { error: { code: 'REQUEST_INVALID', details: { field: 'title' } } },
      });
    }
  });

  it('an issue does not wait for itself', async () => {
    const { stderr } = await (await filled()).run(['issues', 'block', '1', '--by', '#1']);
    expect(stderr).toContain('issue #1 cannot wait for itself');
  });
});

describe('the board', () => {
  it('says without a blank line before it that there is nothing, where none is drawn', async () => {
    const { stdout, stderr } = await new FakeTracker().run(['board']);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^\n/);
  });

  it('marks what waits, and begins with the first column', async () => {
    const tracker = await filled();
    await tracker.issues.block(1, 2);
    const { stdout } = await tracker.run(['board'], { ...terminal, columns: 200 });
    expect(stdout.split('\n')[0]).toMatch(/^Backlog 2 /);
    expect(stdout).toMatch(/waits for #2/);
    expect((await json(tracker, 'board')).value['columns']).toMatchObject([
      { cards: [{ issue: { number: 1 }, blockedBy: [2] }, { issue: { number: 3 } }] },
      ...Array.from({ length: 4 }, () => ({})),
    ]);
  });
});

describe('while Gitea is down', () => {
  it('answers with what is known and says how old it is', async () => {
    const tracker = await filled();
    tracker.isDown = true;
    tracker.ageMs = 7_300_000;
    const note = 'The tracker does not answer (HTTP_UNREACHABLE). This is as of 2 h ago.';
    const shown = await tracker.run(['issues', 'show', '1'], terminal);
    expect(shown.stdout.split('\n')[0]).toBe(note);
    for (const argv of [['issues', 'list'], ['board'], ['issues', 'labels'], ['issues', 'milestones']]) {
      const { stderr, stdout, exitCode } = await tracker.run(argv);
      expect({ exitCode, isNoted: stderr.includes(note) }).toEqual({ exitCode: 0, isNoted: true });
      expect(stdout).not.toBe('');
      const { value } = await json(tracker, ...argv);
      expect(value['stale']).toEqual({ ageSeconds: 7300, code: 'HTTP_UNREACHABLE' });
    }
  });

  it('fails where nothing is known, and for changes', async () => {
    const tracker = await filled();
    tracker.isDown = true;
    for (const argv of [
      ['issues', 'list'],
      ['issues', 'close', '1'],
      ['issues', 'sync'],
    ]) {
      const { exitCode, value } = await json(tracker, ...argv);
      expect([exitCode, value.error.code]).toEqual([5, 'HTTP_UNREACHABLE']);
    }
  });
});

describe('markitect issues sync', () => {
  it('copies everything, then what has changed', async () => {
    const tracker = await filled();
    const first = await json(tracker, 'issues', 'sync');
    expect(first).toMatchObject({ exitCode: 0, value: { kind: 'full', total: 4, interrupted: false } });
    const again = await tracker.run(['issues', 'sync']);
    expect(again.stdout).toMatch(/^\d taken over, 0 removed, 4 in the copy\nchanges, in /);
    const full = await tracker.run(['issues', 'sync', '--full'], terminal);
    expect(full.stdout).toMatch(/^4 issues in the copy, 0 removed\neverything, in /);
    expect(full.stderr).toContain('issues');
  });

  it('can be interrupted and goes on', async () => {
    const tracker = await filled();
    const ended = await json(tracker, 'issues', 'sync');
    expect(ended.exitCode).toBe(0);
    const interrupted = await tracker.run(['issues', 'sync', '--full'], { interrupt: true });
    expect(interrupted.exitCode).toBe(6);
    expect(interrupted.stderr).toContain('Interrupted: run the same command again');
  });
});

describe('markitect board', () => {
  it.each([40, 60, 80, 120, 200])('fits a terminal of %d columns', async (columns) => {
    const tracker = await filled();
    for (let index = 0; index < 30; index += 1) {
      await tracker.issues.create({
        title: ['日本語のタイトルがとても長いとき', 'NoBlanks'.repeat(12), 'Short 👨‍👩‍👧‍👦'][index % 3] ?? '',
        labels: index % 2 === 0 ? ['status/todo'] : [],
      });
    }
    const { stdout } = await tracker.run(['board'], { ...terminal, columns });
    for (const line of stdout.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    for (const heading of ['Backlog 17', 'To do 15', 'Doing 1', 'Review 0', 'Done 1']) {
      expect(stdout).toContain(heading);
    }
    const isOneRow = /Backlog.*To do.*Doing.*Review.*Done/.test(stdout);
    expect(isOneRow).toBe(columns >= 120);
    expect(stdout).toContain('… 7 more');
    expect(stdout).not.toContain('\u001b');
  });

  it('marks what is urgent and overdue, on the card', async () => {
    const tracker = await filled();
    const { stdout } = await tracker.run(['board', '--column', 'BACKLOG'], terminal);
    expect(stdout).toContain(`critical · overdue ${day(-3).slice(5)} · ann, bob · 2.0\n`);
    expect(stdout).not.toContain('Doing');
    expect(stdout.indexOf('#1 ')).toBeLessThan(stdout.indexOf('#3 '));
    const colored = await tracker.run(['board'], { tty: true, columns: 120 });
    expect(colored.stdout).toContain('\u001b[31mcritical');
  });

  it('gives programs a line for each card', async () => {
    const tracker = await filled();
    const { stdout } = await tracker.run(['board', '--not-label', 'bug', '--assignee', 'none']);
    expect(stdout).toMatch(
      /^Doing\t2\tImport breaks on 🎉\t\t\t\t2.*Z\nDone\t4\tDone long ago\t\t\t\t2.*Z\n$/,
    );
    const { value } = await json(tracker, 'board', '--limit', '1');
    expect(value).toMatchObject({
      columns: [{ name: 'Backlog', total: 2, cards: [{ issue: { number: 1 } }] }, {}, {}, {}, {}],
    });
  });

  it('shows its columns where there is nothing in them', async () => {
    const { stdout, stderr } = await new FakeTracker().run(['board'], terminal);
    expect(stdout).toMatch(/^Backlog 0 +To do 0 +Doing 0\n─/);
    expect(stderr).toContain('Write one with: markitect issues create');
    const none = await (await filled()).run(['board', '--author', 'x']);
    expect(none.stderr).toContain('No issue matches.');
  });

  it('knows its columns', async () => {
    const { exitCode, value } = await json(await filled(), 'board', '--column', 'nowhere');
    expect([exitCode, value.error.code]).toEqual([3, 'BOARD_COLUMN_NOT_FOUND']);
  });
});

describe('changing issues', () => {
  it('changes exactly what is named', async () => {
    const tracker = await filled();
    const edit = async (...argv: readonly string[]) =>
      (await json(tracker, 'issues', 'edit', '1', ...argv)).value;
    expect(await edit('--add-label', 'status/todo', '--remove-label', 'bug')).toMatchObject({
      labels: [{ name: 'priority/critical' }, { name: 'status/todo' }],
      milestone: '2.0',
    });
    const bare = await edit('--no-milestone', '--no-label', '--no-due', '--no-assignee', '--body', '');
    expect(bare).toMatchObject({ labels: [], assignees: [], body: '' });
    expect(bare).not.toHaveProperty('milestone');
    expect(bare).not.toHaveProperty('dueOn');
    expect(await edit('--assignee', 'cas', '--due', day(5), '--title', 'New')).toMatchObject({
      title: 'New',
      assignees: ['cas'],
      dueOn: day(5),
    });
    expect(await edit('--add-assignee', 'ann', '--remove-assignee', 'cas')).toMatchObject({
      assignees: ['ann'],
    });
  });

  it('changes only what was seen, where told to', async () => {
    const tracker = await filled();
    const version = (await tracker.issues.get(1))?.version ?? '';
    await tracker.issues.edit(1, { title: 'Meanwhile' });
    for (const argv of [
      ['edit', '1', '--title', 'Mine'],
      ['close', '1'],
      ['move', '1', 'doing'],
    ]) {
      const refused = await json(tracker, 'issues', ...argv, '--if-version', version);
      expect([refused.exitCode, refused.value.error.code]).toEqual([4, 'ISSUE_CHANGED']);
    }
    expect(await tracker.issues.get(1)).toMatchObject({ title: 'Meanwhile', state: 'open' });
  });

  it('closes, reopens, moves, blocks and comments', async () => {
    const tracker = await filled();
    const say = async (...argv: readonly string[]) => (await tracker.run(['issues', ...argv])).stdout;
    expect(await say('close', '2')).toBe('closed #2 Import breaks on 🎉\n');
    expect(await say('reopen', '2')).toBe('reopened #2 Import breaks on 🎉\n');
    expect(await say('move', '2', 'to do')).toBe('moved #2 to To do\n');
    expect(await say('move', '2', 'TO DO')).toBe('#2 stands in To do already\n');
    expect(await say('block', '1', '--by', '#2')).toBe('#1 waits for #2\n');
    expect(await json(tracker, 'issues', 'close', '1')).toMatchObject({
      exitCode: 4,
      value: { error: { code: 'ISSUE_BLOCKED' } },
    });
    expect(await say('unblock', '1', '--by', '2')).toBe('#1 does not wait for #2\n');
    expect(await say('comment', '1', 'Seen *too*.')).toBe('commented on #1\n');
    expect(await tracker.issues.comments(1)).toMatchObject([{ body: 'Seen *too*.' }]);
  });

  it('adds labels and milestones, and changes them in what is named', async () => {
    const tracker = await filled();
    await tracker.run(['issues', 'labels', '--save', 'team/web', '--color', '#AABBCC', '--exclusive']);
    expect(
      (await json(tracker, 'issues', 'labels', '--save', 'team/web', '--description', 'Web')).value,
    ).toEqual({
      ...{ name: 'team/web', color: 'aabbcc', description: 'Web', exclusive: true },
    });
    expect((await tracker.run(['issues', 'labels'])).stdout).toContain('team/web\taabbcc\texclusive\tWeb\n');
    await tracker.run(['issues', 'milestones', '--save', '3.0', '--due', day(9), '--description', 'later']);
    await tracker.run(['issues', 'milestones', '--save', '3.0', '--state', 'closed']);
    expect((await tracker.run(['issues', 'milestones'])).stdout).toContain(`3.0\tclosed\t${day(9)}\tlater\n`);
    expect(
      (await json(tracker, 'issues', 'milestones', '--save', '3.0', '--no-due')).value,
    ).not.toHaveProperty('dueOn');
  });

  it.each([
    [['issues', 'edit', '1'], '', 2],
    [['issues', 'edit', '1', '--add-label', 'none-such'], 'ISSUE_LABEL_UNKNOWN', 2],
    [['issues', 'edit', '1', '--milestone', '9'], 'ISSUE_MILESTONE_UNKNOWN', 2],
    [['issues', 'comment', '1', ' '], 'body must', 2],
    [['issues', 'labels', '--save', 'x', '--color', 'red'], 'color must', 2],
    [['issues', 'labels', '--color', 'ff0000'], '--color needs --save', 2],
    [['issues', 'milestones', '--no-due'], '--due needs --save', 2],
    [['issues', 'block', '1'], '--by must be given', 2],
    [['issues', 'block', '1', '--by', 'x'], '--by must be the number', 2],
    [['issues', 'comment', '1'], 'either as text or with --body-file', 2],
    [['issues', 'comment', '1', 'a', '--body-file', 'b'], 'either as text or with --body-file', 2],
    [['issues', 'create'], '--title must be given', 2],
    [['search', 'x', '--cursor', 'y'], '--in', 2],
  ])('%j is refused and says what is wrong', async (argv, message, exitCode) => {
    const tracker = await filled();
    const outcome = await tracker.run(argv);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(message);
  });
});

describe('markitect search', () => {
  it('looks in documents and issues, and says how old its copy of the issues is', async () => {
    const tracker = await filled();
    const shown = await tracker.run(['search', 'autumn'], terminal);
    expect(shown.stdout).toContain('Issues\n\n1.  Users are logged out');
    expect(shown.stderr).toContain('never copied');
    await tracker.run(['issues', 'sync']);
    const { stdout, stderr } = await tracker.run(['search', 'autumn', '--in', 'issues', '--state', 'open']);
    expect(stdout).toMatch(/^issue\t1\tUsers are logged out[^\t]+\t.*autumn/);
    expect(stderr).toContain('Issues as of just now');
    expect((await tracker.run(['search', 'nowhere'])).stderr).toContain('Nothing matches nowhere.');
  });

  it('goes on in each place by itself', async () => {
    const tracker = await filled();
    await tracker.issues.comment(2, 'autumn');
    const page = await tracker.run(['search', 'autumn', '--limit', '1']);
    const [, args = ''] = /^More issues: markitect (.*)$/m.exec(page.stderr) ?? [];
    expect(args).toContain('--in issues');
    expect((await tracker.run(args.split(' '))).stdout).toMatch(/^issue\t2\t/);
  });
});
