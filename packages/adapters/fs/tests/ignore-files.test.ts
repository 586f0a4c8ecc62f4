import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { folderWith, md, removeFolders, walked } from './walked.js';

afterEach(removeFolders);

describe('ignore files', () => {
  it('exclude with the rules of git, nested ones relative to their folder', async () => {
    const folder = await folderWith({
      '.gitignore': '# comment\n\n*.draft.md\n/top.md\nbuild/\r\n!keep.draft.md\n',
      'top.md': md,
      'a/top.md': md,
      'a/x.draft.md': md,
      'a/keep.draft.md': md,
      'build/b.md': md,
      'a/build/b.md': md,
      'a/.gitignore': '/only.md\ndeep/in.md\n!top.md\n\\#odd.md\n\\!bang.md\n',
      'a/only.md': md,
      'a/b/only.md': md,
      'a/deep/in.md': md,
      'a/b/deep/in.md': md,
      'a/#odd.md': md,
      'a/!bang.md': md,
      'Top.draft.MD': md,
    });
    expect(await walked(folder, {})).toEqual([
      'Top.draft.MD',
      'a/b/deep/in.md',
      'a/b/only.md',
      'a/keep.draft.md',
      'a/top.md',
    ]);
  });

  it('agree with git itself', async () => {
    const folder = await folderWith({
      '.gitignore': 'b/\nlogs/**\n!logs/keep.md\n*.tmp.md\nfoo\\ bar.md\n[ab]1.md\n',
      'a/.gitignore': '!b/\n*.x.md\n',
      'a/b/c.md': md,
      'a/b/d.tmp.md': md,
      'a/b/e.x.md': md,
      'b/no.md': md,
      'c/b/no.md': md,
      'logs/keep.md': md,
      'logs/gone.md': md,
      'foo bar.md': md,
      'a1.md': md,
      'c1.md': md,
      'odd [x] *?/.gitignore': '/in.md\n',
      'odd [x] *?/in.md': md,
      'odd [x] *?/sub/in.md': md,
    });
    execFileSync('git', ['init', '-q'], { cwd: folder.path });
    const listed = execFileSync(
      'git',
      ['-c', 'core.quotePath=false', 'ls-files', '-z', '--others', '--exclude-standard', '*.md'],
      { cwd: folder.path, encoding: 'utf8' },
    );
    const expected = listed.split('\0').filter((name) => name !== '');
    expect(expected).toContain('a/b/c.md');
    expect((await walked(folder, {})).sort()).toEqual(expected.sort());
  });

  it('of the later kind override the earlier', async () => {
    const folder = await folderWith({
      '.gitignore': 'a.md\n',
      '.ignore': '!a.md\nb.md\n',
      '.markitectignore': '!b.md\nc.md\n',
      'a.md': md,
      'b.md': md,
      'c.md': md,
    });
    expect(await walked(folder, {})).toEqual(['a.md', 'b.md']);
  });

  it('cannot take a file back from an excluded folder', async () => {
    const folder = await folderWith({ '.gitignore': 'out/\n!out/a.md\n', 'out/a.md': md, 'b.md': md });
    expect(await walked(folder, {})).toEqual(['b.md']);
  });

  it('of parent folders count up to the top of the git repository', async () => {
    const folder = await folderWith({
      '.gitignore': 'never.md\n',
      'repo/.git/HEAD': '',
      'repo/.gitignore': 'x.md\n/a/b/y.md\n',
      'repo/a/.ignore': 'z.md\n',
      'repo/a/b/x.md': md,
      'repo/a/b/y.md': md,
      'repo/a/b/z.md': md,
      'repo/a/b/never.md': md,
    });
    expect(await walked(folder, { inputs: ['repo/a/b'], as: '' })).toEqual(['never.md']);
    expect(
      await walked(folder, { inputs: ['repo/a/b'], as: '', allowedRoots: [folder.at('repo/a/b')] }),
    ).toEqual(['never.md', 'x.md', 'y.md', 'z.md']);
  });

  it('of parent folders do not count outside a repository', async () => {
    const folder = await folderWith({ '.gitignore': 'x.md\n', 'a/x.md': md });
    expect(await walked(folder, { inputs: ['a'] })).toEqual(['a/x.md']);
  });

  it('do not exclude what was named: file or folder', async () => {
    const folder = await folderWith({ '.git/HEAD': '', '.gitignore': 'build/\n', 'build/a.md': md });
    expect(await walked(folder, { inputs: ['build'] })).toEqual(['build/a.md']);
    expect(await walked(folder, { inputs: ['build/a.md'] })).toEqual(['build/a.md']);
    expect(await walked(folder, {})).toEqual([]);
  });

  it('are overridden by the patterns of the request, relative to each input', async () => {
    const folder = await folderWith({
      'x/drafts/a.md': md,
      'x/in/drafts/b.md': md,
      'y/drafts/c.md': md,
      'y/.gitignore': 'd.md\n',
      'y/d.md': md,
    });
    expect(await walked(folder, { inputs: ['x', 'y'], ignore: ['/drafts', '!d.md'] })).toEqual([
      'x/in/drafts/b.md',
      'y/d.md',
    ]);
  });

  it('that cannot be read are reported', async () => {
    const folder = await folderWith({ 'a.md': md, '.gitignore': { linkTo: '.gitignore' } });
    expect(await walked(folder, {})).toContain('LINK_LOOP .gitignore');
    expect(await walked(folder, {})).toContain('a.md');
  });
});
