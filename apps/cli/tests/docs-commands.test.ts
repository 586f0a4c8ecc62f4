import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeFolder, run, runJson } from './support/cli.js';

let folder: string;

beforeAll(async () => {
  folder = await makeFolder({
    'a.md': [
      '---',
      'title: Alpha page',
      'status: draft',
      'tags: [one, two]',
      '---',
      '# Alpha',
      '',
      'The borrow checker looks after `ownership` in [Beta](b.md#part) and [nothing](gone.md).',
      '',
      '- [x] done',
      '- open',
      '',
      '| Name | Size |',
      '|:-----|-----:|',
      '| long | 12 |',
      '',
      '```rust',
      'fn main() {}',
      '```',
      '',
      '> Quoted',
      '',
    ].join('\n'),
    'b.md': '# Beta\n\nA checker may borrow books. [out](https://example.com)\n\n## Part\n\nText.\n',
    'sub/evil.md': '# Evil \u001b]0;owned\u0007 title\n\nBody \u009b31m text.\n',
  });
  const { exitCode } = await run(folder, ['ingest', '.']);
  expect(exitCode).toBe(0);
});

const terminal = { tty: true, columns: 80 } as const;
const plain = { ...terminal, env: { NO_COLOR: '1' } } as const;

describe('markitect docs list', () => {
  it('prints tab-separated exact values without a terminal', async () => {
    const { stdout, stderr } = await run(folder, ['docs', 'list']);
    const [first = ''] = stdout.split('\n');
    expect(first).toMatch(/^a\.md\tAlpha page\tone,two\t\d+\t\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(stderr).toBe('');
  });

  it('prints a table that fits the terminal', async () => {
    const { stdout } = await run(folder, ['docs', 'list'], { ...plain, columns: 60 });
    const [heading = '', ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^PATH +TITLE +TAGS +SIZE +UPDATED$/);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(60);
  });

  it('filters and sorts', async () => {
    const paths = async (...args: readonly string[]) =>
      (await runJson(folder, 'docs', 'list', ...args)).value.items.map(({ path }) => path);
    expect(await paths('--order', 'desc')).toEqual(['sub/evil.md', 'b.md', 'a.md']);
    expect(await paths('--prefix', 'sub/')).toEqual(['sub/evil.md']);
    expect(await paths('--tag', 'two')).toEqual(['a.md']);
    expect(await paths('--where', 'status=draft', '--where', 'title=Alpha page')).toEqual(['a.md']);
    expect(await paths('--where', 'status=final')).toEqual([]);
  });

  it('names the command for the next page, which works', async () => {
    const first = await run(folder, ['docs', 'list', '--limit', '2', '--sort', 'title']);
    const [, args = ''] = /^More: markitect (.*)$/m.exec(first.stderr) ?? [];
    const second = await run(folder, args.split(' '));
    expect(first.stdout.split('\n').concat(second.stdout.split('\n')).filter(Boolean)).toHaveLength(3);
    expect(second.stderr).toBe('');
    const json = await runJson(folder, 'docs', 'list', '--limit', '2');
    expect(json.value).toHaveProperty('nextCursor');
    expect(json.stderr).toBe('');
  });

  it('says when there is nothing', async () => {
    const { stdout, stderr, exitCode } = await run(folder, ['docs', 'list', '--tag', 'none']);
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr: 'No document matches.\n',
      exitCode: 0,
    });
    const empty = await makeFolder();
    await run(empty, ['init']);
    expect((await run(empty, ['docs', 'list'])).stderr).toContain('markitect ingest');
  });

  it('refuses a forged cursor', async () => {
    const { exitCode, value } = await runJson(folder, 'docs', 'list', '--cursor', 'forged');
    expect(exitCode).toBe(2);
    expect(value.error.code).toBe('CURSOR_INVALID');
  });
});

describe('markitect docs show', () => {
  it('renders for the terminal, with front matter as a header', async () => {
    const { stdout } = await run(folder, ['docs', 'show', 'a.md'], plain);
    expect(stdout).toContain('status  draft');
    expect(stdout).toContain('# Alpha\n');
    expect(stdout).toContain('The borrow checker looks after `ownership` in Beta (b.md#part)');
    expect(stdout).toContain('• [x] done\n• open\n');
    expect(stdout).toContain('│ long │   12 │');
    expect(stdout).toContain('    fn main() {}');
    expect(stdout).toContain('│ Quoted');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('gives the stored text back to the byte with --raw', async () => {
    const { stdout } = await run(folder, ['docs', 'show', 'sub/evil.md', '--raw']);
    expect(stdout).toBe('# Evil \u001b]0;owned\u0007 title\n\nBody \u009b31m text.\n');
  });

  it('gives the tree with --ast and the headings with --toc', async () => {
    const ast = JSON.parse((await run(folder, ['docs', 'show', 'b.md', '--ast'])).stdout) as object;
    expect(ast).toMatchObject({ type: 'root', children: [{ type: 'heading', depth: 1 }, {}, {}, {}] });
    expect((await runJson(folder, 'docs', 'show', 'b.md', '--ast')).value).toMatchObject({
      path: 'b.md',
      tree: { type: 'root' },
    });
    expect((await run(folder, ['docs', 'show', 'b.md', '--toc'])).stdout).toBe('1  Beta\n5    Part\n');
    expect((await runJson(folder, 'docs', 'show', 'b.md', '--toc')).value).toEqual({
      path: 'b.md',
      headings: [
        { depth: 1, text: 'Beta', slug: 'beta', line: 1 },
        { depth: 2, text: 'Part', slug: 'part', line: 5 },
      ],
    });
  });

  it('gives the whole document as JSON', async () => {
    const { value } = await runJson(folder, 'docs', 'show', 'a.md');
    expect(value).toMatchObject({
      path: 'a.md',
      title: 'Alpha page',
      tags: ['one', 'two'],
      frontMatter: { status: 'draft' },
      revision: 1,
    });
  });

  it.each([
    [['docs', 'show', 'zz.md'], 3, 'DOCUMENT_NOT_FOUND'] as const,
    [['docs', 'show', '../a.md'], 2, 'DOCUMENT_PATH_INVALID'] as const,
  ])('answers %j with exit code %d', async (argv, exitCode, code) => {
    const outcome = await runJson(folder, ...argv);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.value.error.code).toBe(code);
  });
});

describe('markitect docs search', () => {
  it('ranks hits and marks the words found', async () => {
    const { stdout } = await run(folder, ['docs', 'search', 'borrow', 'checker'], {
      ...terminal,
      env: { FORCE_COLOR: '1' },
    });
    expect(stdout).toMatch(/1\. {2}/);
    expect(stdout).toMatch(/2\. {2}/);
    // eslint-disable-next-line no-control-regex -- colour codes are what is looked for
    expect(stdout).toMatch(/\u001b\[1m\u001b\[33mborrow/);
  });

  it('joins words, and takes a phrase in quotes', async () => {
    const paths = async (...words: readonly string[]) =>
      (await runJson(folder, 'docs', 'search', ...words)).value.items.map(({ path }) => path);
    expect((await paths('checker', 'borrow')).toSorted()).toEqual(['a.md', 'b.md']);
    expect(await paths('"borrow checker"')).toEqual(['a.md']);
    expect(await paths('ownersh*')).toEqual(['a.md']);
    expect(await paths('borrow -ownership')).toEqual(['b.md']);
    expect(await paths('borrow', '--', '-ownership')).toEqual(['b.md']);
  });

  it('prints a line per hit without a terminal', async () => {
    const { stdout } = await run(folder, ['docs', 'search', 'books']);
    expect(stdout).toMatch(/^b\.md\tBeta\t.*books.*\n$/);
  });

  it('answers friendly when nothing matches', async () => {
    expect(await run(folder, ['docs', 'search', 'absent'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'No document matches absent.\n',
    });
    expect((await runJson(folder, 'docs', 'search', 'absent')).value).toEqual({ items: [] });
  });

  it.each([
    '"',
    '*',
    '""',
    '(',
    'a"b',
    "'",
    'NOT',
    'a AND',
    '^x',
    'title:x',
    '%',
    '\\',
    'NEAR(a b)',
    '🦀',
    '- -',
  ])('never fails unexpectedly for %j', async (words) => {
    const { exitCode, value } = await runJson(folder, 'docs', 'search', '--', words);
    if (exitCode === 0) expect(value).toHaveProperty('items');
    else expect({ exitCode, code: value.error.code }).toEqual({ exitCode: 2, code: 'SEARCH_QUERY_INVALID' });
  });
});

describe('markitect docs links', () => {
  it('shows outgoing, incoming and broken links', async () => {
    const { stdout } = await run(folder, ['docs', 'links', 'a.md'], plain);
    expect(stdout).toMatch(
      /Outgoing \(2\)[\s\S]*b\.md#part[\s\S]*Incoming \(0\)[\s\S]*Broken \(1\)[\s\S]*gone\.md/,
    );
    const { value } = await runJson(folder, 'docs', 'links', 'b.md');
    expect(value).toMatchObject({
      path: 'b.md',
      outgoing: [{ href: 'https://example.com', state: 'unchecked' }],
      incoming: [{ path: 'a.md', line: 8, fragment: 'part' }],
      broken: [],
    });
    expect((await run(folder, ['docs', 'links', 'b.md'], plain)).stdout).toContain('a.md:8 #part  Beta');
  });

  it('prints a line per link without a terminal', async () => {
    const { stdout } = await run(folder, ['docs', 'links', 'a.md']);
    expect(stdout).toBe('outgoing\ta.md:8\tb.md#part\tBeta\nbroken\ta.md:8\tgone.md\tnothing\n');
  });
});

describe('markitect docs query', () => {
  it('finds nodes in one document and in all', async () => {
    expect((await run(folder, ['docs', 'query', 'b.md', 'heading[depth=2]'])).stdout).toBe(
      'b.md:5\theading\tPart\n',
    );
    const { value } = await runJson(folder, 'docs', 'query', '--all', 'heading', '--prefix', 'b');
    expect(value.items).toMatchObject([
      { path: 'b.md', text: 'Beta', node: { type: 'heading' } },
      { path: 'b.md', text: 'Part' },
    ]);
    expect((await run(folder, ['docs', 'query', 'a.md', 'code'], plain)).stdout).toBe(
      'a.md:17  code  fn main() {}\n',
    );
    expect((await run(folder, ['docs', 'query', 'b.md', 'table'])).stderr).toBe('No node matches.\n');
  });

  it.each([
    [['heading'], 'takes a path and a selector'],
    [['--all', 'a.md', 'heading'], 'takes one argument'],
    [['a.md', 'heading', '--prefix', 'x'], '--prefix can only be used with --all'],
    [['a.md', 'heading['], 'is not a selector'],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await run(folder, ['docs', 'query', ...argv]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('markitect docs remove', () => {
  it('removes what is there, and says what is not', async () => {
    const own = await makeFolder({ 'x.md': '# X\n', 'y.md': '# Y\n' });
    await run(own, ['ingest', '.']);
    const some = await runJson(own, 'docs', 'remove', 'x.md', 'zz.md');
    expect(some.exitCode).toBe(6);
    expect(some.value).toMatchObject({
      removed: ['x.md'],
      failures: [{ path: 'zz.md', code: 'DOCUMENT_NOT_FOUND' }],
    });
    const none = await run(own, ['docs', 'remove', 'x.md']);
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toContain('there is no document at x.md');
    expect((await run(own, ['docs', 'remove', '../x', 'y.md'])).exitCode).toBe(2);
    expect(await run(own, ['docs', 'remove', 'y.md'])).toMatchObject({
      exitCode: 0,
      stdout: 'removed y.md\n',
    });
  });
});

describe('text from documents', () => {
  it.each([
    [['docs', 'list']],
    [['docs', 'show', 'sub/evil.md']],
    [['docs', 'show', 'sub/evil.md', '--raw']],
    [['docs', 'show', 'sub/evil.md', '--toc']],
    [['docs', 'show', 'sub/evil.md', '--ast']],
    [['docs', 'show', 'sub/evil.md', '--json']],
    [['docs', 'search', 'owned']],
    [['docs', 'query', '--all', 'heading']],
  ])('cannot command the terminal through %j', async (argv) => {
    const { stdout } = await run(folder, argv, plain);
    expect(stdout).not.toBe('');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });
});
