import { rename, symlink } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FsDocumentSource } from '../src/index.js';
import { folderWith, md, removeFolders, walked } from './walked.js';

afterEach(removeFolders);

describe('patterns', () => {
  it('match below their folder, hidden files only where they name the dot', async () => {
    const folder = await folderWith({
      'docs/a.md': md,
      'docs/b.mdx': md,
      'docs/c.txt': md,
      'docs/sub/d.md': md,
      'docs/.h/e.md': md,
      'docs/.f.md': md,
    });
    expect(await walked(folder, { inputs: ['docs/**/*.md'] })).toEqual(['docs/a.md', 'docs/sub/d.md']);
    expect(await walked(folder, { inputs: ['docs/*'] })).toEqual(['docs/a.md', 'docs/b.mdx']);
    expect(await walked(folder, { inputs: ['docs/{a,b}.*'] })).toEqual(['docs/a.md', 'docs/b.mdx']);
    expect(await walked(folder, { inputs: ['docs/.*/*.md'] })).toEqual(['docs/.h/e.md']);
    expect(await walked(folder, { inputs: ['docs/.*.md'] })).toEqual(['docs/.f.md']);
    expect(await walked(folder, { inputs: [`${folder.path}/**/d.md`], as: 'q' })).toEqual([
      'q/docs/sub/d.md',
    ]);
  });

  it('are literal where a file of that very name exists', async () => {
    const folder = await folderWith({ 'a[1].md': md, 'a1.md': md, 'book (1)/x.md': md });
    expect(await walked(folder, { inputs: ['a[1].md'] })).toEqual(['a[1].md']);
    expect(await walked(folder, { inputs: ['book (1)'] })).toEqual(['book (1)/x.md']);
  });

  it('do not read folders they cannot match in', async () => {
    const folder = await folderWith({ 'a.md': md, 'deep/loop': { linkTo: '.' }, 'deep/b.md': md });
    expect(await walked(folder, { inputs: ['*.md'] })).toEqual(['a.md']);
  });

  it('that match nothing are not found, which resolve finds out', async () => {
    const folder = await folderWith({ 'docs/a.md': md, '.gitignore': 'x.md\n', 'x.md': md });
    const source = new FsDocumentSource();
    for (const input of ['docs/*.mdx', 'nowhere/*.md', 'docs/a.md/*', '?.md']) {
      await expect(source.resolve({ base: folder.path, inputs: [input] })).rejects.toMatchObject({
        code: 'SOURCE_NOT_FOUND',
      });
    }
    await expect(source.resolve({ base: folder.path, inputs: ['docs/*.md', '.'] })).resolves.toEqual({
      roots: [folder.at('docs'), folder.path],
    });
  });
});

describe('symbolic links', () => {
  it('are followed within the input, also when the input is one', async () => {
    const folder = await folderWith({
      'in/a.md': md,
      'in/real/b.md': md,
      'in/link': { linkTo: 'real' },
      'in/c.md': { linkTo: 'a.md' },
      way: { linkTo: 'in' },
    });
    const all = ['a.md', 'c.md', 'link/b.md', 'real/b.md'];
    expect(await walked(folder, { inputs: ['in'], as: '' })).toEqual(all);
    expect(await walked(folder, { inputs: ['way'], as: '' })).toEqual(all);
  });

  it('that loop are reported, each once, and the walk ends', async () => {
    const folder = await folderWith({
      'a/up': { linkTo: '..' },
      'a/self': { linkTo: '.' },
      'a/x.md': md,
      'a/there': { linkTo: '../b' },
      'b/back': { linkTo: '../a' },
      'b/y.md': md,
      'loop.md': { linkTo: 'loop.md' },
      out: { linkTo: '..' },
    });
    expect(await walked(folder, {})).toEqual([
      'LINK_LOOP a/self',
      'LINK_LOOP a/there/back',
      'a/there/y.md',
      'LINK_LOOP a/up',
      'a/x.md',
      'LINK_LOOP b/back/self',
      'LINK_LOOP b/back/there',
      'LINK_LOOP b/back/up',
      'b/back/x.md',
      'b/y.md',
      'LINK_LOOP loop.md',
      'LINK_LOOP out',
    ]);
  });

  it('that leave the input or dangle are reported if they matter', async () => {
    const folder = await folderWith({
      'out/secret.md': md,
      'out/data.txt': md,
      'in2/x.md': md,
      'in/dir': { linkTo: '../out' },
      'in/sibling': { linkTo: '../in2' },
      'in/file.md': { linkTo: '../out/secret.md' },
      'in/data.txt': { linkTo: '../out/data.txt' },
      'in/gone.md': { linkTo: 'nowhere.md' },
      'in/gone.txt': { linkTo: 'nowhere.txt' },
      'in/ignored.md': { linkTo: '../out/secret.md' },
      'in/.gitignore': 'ignored.md\n',
    });
    expect(await walked(folder, { inputs: ['in'] })).toEqual([
      'LINK_ESCAPES_ROOT in/dir',
      'LINK_ESCAPES_ROOT in/file.md',
      'SOURCE_NOT_FOUND in/gone.md',
      'LINK_ESCAPES_ROOT in/sibling',
    ]);
    expect(await walked(folder, { inputs: ['in'], ignore: ['dir/', 'sibling', '*.md'] })).toEqual([]);
  });
});

describe('allowed roots', () => {
  it('hold inputs in, symbolic links resolved on both sides', async () => {
    const folder = await folderWith({
      'data/docs/a.md': md,
      'other/b.md': md,
      served: { linkTo: 'data' },
      'data/exit': { linkTo: '../other' },
      'data2/c.md': md,
    });
    const source = new FsDocumentSource();
    const request = { base: folder.path, allowedRoots: [folder.at('served'), folder.at('nowhere')] };
    for (const input of [
      'other',
      'other/b.md',
      '..',
      'data/exit',
      'data2',
      'data/docs/../../other',
      'other/*.md',
    ]) {
      const refused = { code: 'ROOT_NOT_ALLOWED' };
      await expect(source.resolve({ ...request, inputs: [input] })).rejects.toMatchObject(refused);
      await expect(walked(folder, { ...request, inputs: [input] })).rejects.toMatchObject(refused);
    }
    expect(await walked(folder, { ...request, inputs: ['served', 'data/docs/a.md'], as: '' })).toEqual([
      'docs/a.md',
      'LINK_ESCAPES_ROOT served/exit',
      'a.md',
    ]);
  });

  it('allow nothing when there are none', async () => {
    const folder = await folderWith({ 'a.md': md });
    await expect(walked(folder, { allowedRoots: [] })).rejects.toMatchObject({ code: 'ROOT_NOT_ALLOWED' });
  });

  it('hold reading in as well, also after a folder became a link', async () => {
    const folder = await folderWith({ 'in/d/a.md': 'in', 'out/a.md': 'out' });
    const source = new FsDocumentSource();
    const read = (path: string) => source.read(folder.at(path), 10, [folder.at('in')]);
    expect(Buffer.from(await read('in/d/a.md')).toString()).toBe('in');
    await rename(folder.at('in/d'), folder.at('in/old'));
    await symlink(folder.at('out'), folder.at('in/d'));
    for (const path of ['in/d/a.md', 'out/a.md']) {
      await expect(read(path)).rejects.toMatchObject({ code: 'ROOT_NOT_ALLOWED' });
    }
  });

  it('give nothing away of what lies outside them', async () => {
    const folder = await folderWith({ 'in/a.md': md, 'out/a.md': md, 'out/b.txt': 'text' });
    for (const input of ['out', 'out/a.md', 'out/b.txt', 'out/none.md', 'none', '../none/*.md']) {
      await expect(
        walked(folder, { inputs: [input], allowedRoots: [folder.at('in')] }),
      ).rejects.toMatchObject({
        code: 'ROOT_NOT_ALLOWED',
      });
    }
    await expect(
      walked(folder, { inputs: ['in/none.md'], allowedRoots: [folder.at('in')] }),
    ).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});
