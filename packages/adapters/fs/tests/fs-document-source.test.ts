import { execFileSync } from 'node:child_process';
import { mkdir, truncate, unlink, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FsDocumentSource } from '../src/index.js';
import { folderWith, md, removeFolders, walked } from './walked.js';

afterEach(removeFolders);

describe('document paths', () => {
  it('are relative to the base for inputs inside it', async () => {
    const folder = await folderWith({ 'docs/a.md': md, 'docs/sub/b.MD': md, 'c.markdown': md, 'd.mdx': md });
    expect(await walked(folder, {})).toEqual(['c.markdown', 'd.mdx', 'docs/a.md', 'docs/sub/b.MD']);
    expect(await walked(folder, { inputs: ['docs/sub', 'c.markdown', 'docs/*.md'] })).toEqual([
      'docs/sub/b.MD',
      'c.markdown',
      'docs/a.md',
    ]);
  });

  it('begin with the name of an input folder outside the base', async () => {
    const folder = await folderWith({ 'rust-book/src/ch01.md': md, 'one.md': md, 'base/x.md': md });
    const base = folder.at('base');
    expect(await walked(folder, { base, inputs: ['../rust-book'] })).toEqual(['rust-book/src/ch01.md']);
    expect(await walked(folder, { base, inputs: [folder.at('rust-book/src')] })).toEqual(['src/ch01.md']);
    expect(await walked(folder, { base, inputs: ['../one.md'] })).toEqual(['one.md']);
    expect(await walked(folder, { base, inputs: ['../rust-book/**/*.md'] })).toEqual([
      'rust-book/src/ch01.md',
    ]);
  });

  it('does not take a sibling with the same beginning for the inside of the base', async () => {
    const folder = await folderWith({ 'base2/x.md': md, 'base/y.md': md });
    expect(await walked(folder, { base: folder.at('base'), inputs: ['../base2'] })).toEqual(['base2/x.md']);
  });

  it('begin with `as`, if given, for folders, files and patterns', async () => {
    const folder = await folderWith({ 'docs/a.md': md, 'docs/sub/b.md': md });
    expect(await walked(folder, { inputs: ['docs'], as: 'book' })).toEqual(['book/a.md', 'book/sub/b.md']);
    expect(await walked(folder, { inputs: ['docs'], as: 'my/book/' })).toEqual([
      'my/book/a.md',
      'my/book/sub/b.md',
    ]);
    expect(await walked(folder, { inputs: ['docs'], as: '' })).toEqual(['a.md', 'sub/b.md']);
    expect(await walked(folder, { inputs: ['docs/sub/b.md'], as: 'book' })).toEqual(['book/b.md']);
    expect(await walked(folder, { inputs: ['docs/sub/b.md'], as: '' })).toEqual(['b.md']);
    expect(await walked(folder, { inputs: ['docs/**/b.md'], as: 'book' })).toEqual(['book/sub/b.md']);
    await expect(walked(folder, { as: '../up' })).rejects.toMatchObject({ code: 'DOCUMENT_PATH_INVALID' });
  });

  it('that are impossible are failures of their file only', async () => {
    const folder = await folderWith({ 'a\nb.md': md, 'back\\slash.md': md, 'good.md': md });
    expect(await walked(folder, {})).toEqual([
      'DOCUMENT_PATH_INVALID a\nb.md',
      'DOCUMENT_PATH_INVALID back\\slash.md',
      'good.md',
    ]);
  });
});

describe('the walk', () => {
  it('goes by code point within a folder, depth first, and reads hidden files', async () => {
    const folder = await folderWith({
      'b.md': md,
      'B.md': md,
      'a/z.md': md,
      'a.md': md,
      '\u{1f600}.md': md,
      '\uff21.md': md,
      '.hidden/h.md': md,
      'node_modules/m/n.md': md,
      'other.txt': md,
      '.git/HEAD.md': md,
      'sub/.git/x.md': md,
      '.markitect/y.md': md,
    });
    expect(await walked(folder, {})).toEqual([
      '.hidden/h.md',
      'B.md',
      'a/z.md',
      'a.md',
      'b.md',
      'node_modules/m/n.md',
      '\uff21.md',
      '\u{1f600}.md',
    ]);
  });

  it('says where each file is and how large', async () => {
    const folder = await folderWith({ 'a.md': 'four' });
    const source = new FsDocumentSource();
    const found = [];
    for await (const item of source.walk({ base: folder.path, inputs: ['a.md', '.'] })) found.push(item);
    expect(found).toEqual([{ source: folder.at('a.md'), path: 'a.md', bytes: 4 }]);
  });

  it('yields each file once when inputs overlap', async () => {
    const folder = await folderWith({ 'docs/a.md': md, 'docs/sub/b.md': md, 'z.md': md });
    expect(
      await walked(folder, {
        inputs: ['docs/sub', 'docs', 'docs/a.md', 'docs', 'docs/**/*.md', '.', folder.path],
      }),
    ).toEqual(['docs/sub/b.md', 'docs/a.md', 'z.md']);
  });

  it('still reads an ignored file or folder that another input names', async () => {
    const folder = await folderWith({
      '.gitignore': 'build/\nx.md\n',
      'build/b.md': md,
      'x.md': md,
      'y.md': md,
    });
    expect(await walked(folder, { inputs: ['.', 'build', 'x.md'] })).toEqual(['y.md', 'build/b.md', 'x.md']);
  });

  it('can be left early', async () => {
    const folder = await folderWith({ 'a.md': md, 'b.md': md });
    for await (const item of new FsDocumentSource().walk({ base: folder.path, inputs: ['.'] })) {
      expect(item.source).toBe(folder.at('a.md'));
      break;
    }
  });

  it('reports a name that is not UTF-8 and goes on', async () => {
    const folder = await folderWith({ 'z.md': md });
    await writeFile(
      Buffer.concat([Buffer.from(folder.at('bad')), Buffer.from([0xff]), Buffer.from('.md')]),
      md,
    );
    await mkdir(Buffer.concat([Buffer.from(folder.at('dir')), Buffer.from([0xfe])]));
    expect(await walked(folder, {})).toEqual([
      'DOCUMENT_PATH_INVALID bad\u{fffd}.md',
      'DOCUMENT_PATH_INVALID dir\u{fffd}',
      'z.md',
    ]);
  });

  it('reports a pipe with a Markdown name without waiting for its writer', async () => {
    const folder = await folderWith({ 'z.md': md });
    execFileSync('mkfifo', [folder.at('pipe.md')]);
    expect(await walked(folder, {})).toEqual(['SOURCE_UNSUPPORTED pipe.md', 'z.md']);
    expect(await walked(folder, { inputs: ['pipe.md'] })).toEqual(['SOURCE_UNSUPPORTED pipe.md']);
    await expect(new FsDocumentSource().read(folder.at('pipe.md'), 100)).rejects.toMatchObject({
      code: 'SOURCE_UNSUPPORTED',
    });
  });
});

describe('inputs', () => {
  it('that are missing, of no use or looping are refused before anything is read', async () => {
    const folder = await folderWith({
      'a.md': md,
      'a.txt': md,
      'self.md': { linkTo: 'self.md' },
      'dangling.md': { linkTo: 'nowhere.md' },
    });
    const source = new FsDocumentSource();
    const codeFor = async (input: string) =>
      source.resolve({ base: folder.path, inputs: ['a.md', input] }).catch((error: unknown) => error);
    expect(await codeFor('missing')).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor('missing.md')).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor('')).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor('nul\0.md')).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor(`${'x'.repeat(300)}.md`)).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor('a.md/b.md')).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor('dangling.md')).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await codeFor('a.txt')).toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    expect(await codeFor('self.md')).toMatchObject({ code: 'LINK_LOOP' });
    expect(await codeFor('a.md')).toEqual({ roots: [folder.at('a.md')] });
  });
});

describe('reading', () => {
  it('gives the bytes as they are, up to the limit exactly', async () => {
    const folder = await folderWith({ 'a.md': 'héllo', 'empty.md': '' });
    const source = new FsDocumentSource();
    expect(Buffer.from(await source.read(folder.at('a.md'), 6)).toString()).toBe('héllo');
    expect((await source.read(folder.at('empty.md'), 0)).length).toBe(0);
    await expect(source.read(folder.at('a.md'), 5)).rejects.toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
      details: { bytes: 6, maxBytes: 5 },
    });
  });

  it('does not read a file that is too large, however large', async () => {
    const folder = await folderWith({ 'a.md': md });
    // Nothing of it takes room on the disk; no buffer could hold it.
    await truncate(folder.at('a.md'), 2 ** 40);
    await expect(new FsDocumentSource().read(folder.at('a.md'), 1000)).rejects.toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
      details: { bytes: 2 ** 40 },
    });
  });

  it('reads files whose size the system does not know, and no more than the limit of them', async () => {
    const source = new FsDocumentSource();
    const whole = await source.read('/proc/self/status', 1_000_000);
    expect(Buffer.from(whole).toString()).toContain('VmRSS');
    await expect(source.read('/proc/self/status', 20)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
  });

  it('says what is wrong with what cannot be read', async () => {
    const folder = await folderWith({ 'a.md': md });
    const source = new FsDocumentSource();
    await expect(source.read(folder.at('no.md'), 10)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(source.read(folder.path, 10)).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    await expect(source.read('/dev/zero', 10)).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  it('finds the files that are gone, and only those', async () => {
    const folder = await folderWith({
      'a.md': md,
      'b.md': md,
      'c.md': { linkTo: 'b.md' },
      'l.md': { linkTo: 'l.md' },
      'd.md/x.md': md,
    });
    await unlink(folder.at('b.md'));
    const sources = ['b.md', 'a.md', 'c.md', 'a.md/x.md', 'l.md', 'd.md'].map((name) => folder.at(name));
    expect(await new FsDocumentSource().missing(sources)).toEqual(
      ['b.md', 'c.md', 'a.md/x.md', 'd.md'].map((name) => folder.at(name)),
    );
  });
});
