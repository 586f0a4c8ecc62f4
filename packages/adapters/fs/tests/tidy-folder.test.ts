import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FsFileStore } from '../src/index.js';
import { TemporaryFolder } from './temporary-folder.js';

describe('tidying a folder of a store', () => {
  it('removes what holds nothing, keeps files, and names what is no file without following it', async () => {
    const folder = await TemporaryFolder.create();
    const root = folder.path;
    const store = new FsFileStore({ root });
    await mkdir(join(root, 'a/empty/deep'), { recursive: true });
    await mkdir(join(root, 'a/kept'));
    await writeFile(join(root, 'a/kept/file'), '');
    await mkdir(join(root, 'b/empty'), { recursive: true });
    await mkdir(join(root, 'c/links'), { recursive: true });
    await symlink(join(root, 'b'), join(root, 'c/links/folder'));
    await symlink('nowhere', join(root, 'c/broken'));
    expect(await store.tidy('a')).toEqual([]);
    expect(await readdir(join(root, 'a'))).toEqual(['kept']);
    expect(await store.tidy('c')).toEqual(['c/broken', 'c/links/folder']);
    expect(await readdir(join(root, 'b'))).toEqual(['empty']);
    expect(await store.tidy('b')).toEqual([]);
    expect(await readdir(root)).toEqual(['a', 'c']);
    expect(await store.tidy('none')).toEqual([]);
    await expect(store.tidy('../a')).rejects.toMatchObject({ code: 'FILE_PATH_INVALID' });
    await symlink(join(root, 'a'), join(root, 'd'));
    await expect(store.tidy('d')).rejects.toMatchObject({ code: 'FILE_ESCAPES_ROOT' });
    await folder.remove();
  });
});
