import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FsAstStore } from '../src/index.js';
import type { ContentHash } from '@markitect/domain';
import type { EncodedTree } from '@markitect/ports';
import { describeAstStoreContract } from '@markitect/testing';
import { TemporaryFolder } from './temporary-folder.js';

const open: TemporaryFolder[] = [];

async function emptyStore(): Promise<{ store: FsAstStore; root: string }> {
  const folder = await TemporaryFolder.create();
  open.push(folder);
  const root = folder.at('trees');
  return { store: new FsAstStore({ root }), root };
}

afterEach(async () => {
  for (const folder of open.splice(0)) await folder.remove();
});

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex') as ContentHash;
const tree = (text: string) => new Uint8Array(Buffer.from(text)) as EncodedTree;
const fileOf = (root: string, hash: string) => join(root, hash.slice(0, 2), `${hash}.mdast`);
const none = () => Promise.resolve(new Set<ContentHash>());

async function filesIn(root: string): Promise<string[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function age(file: string, milliseconds: number): Promise<void> {
  const { mtimeMs } = await stat(file);
  const then = new Date(mtimeMs - milliseconds);
  await utimes(file, then, then);
}

describeAstStoreContract('FsAstStore', async () => {
  const { store, root } = await emptyStore();
  return {
    store,
    age: async (milliseconds) => {
      for (const file of await filesIn(root)) await age(file, milliseconds);
    },
    damage: async (hash) => {
      const file = fileOf(root, hash);
      const bytes = await readFile(file);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await writeFile(file, bytes);
    },
    close: () => Promise.resolve(),
  };
});

describe('FsAstStore', () => {
  it.each([0, 3, 8, 20])('counts a tree cut off at %i bytes as missing', async (length) => {
    const { store, root } = await emptyStore();
    const hash = hashOf('a');
    await store.put(hash, tree('the tree of a document'));
    await truncate(fileOf(root, hash), length);
    expect(await store.get(hash)).toBeUndefined();
    await store.put(hash, tree('the tree of a document'));
    expect(Buffer.from((await store.get(hash))!).toString()).toBe('the tree of a document');
  });

  it('writes a tree it has not again, but makes it young', async () => {
    const { store, root } = await emptyStore();
    const hash = hashOf('a');
    await store.put(hash, tree('a'));
    const file = fileOf(root, hash);
    await age(file, 3_600_000);
    const before = await stat(file);
    await store.put(hash, tree('a'));
    const after = await stat(file);
    expect(after.ino).toBe(before.ino);
    expect(after.mtimeMs).toBeGreaterThan(before.mtimeMs);
    expect(await store.sweep(none, 60_000)).toBe(0);
  });

  it('replaces a tree that another encoding made of the same content', async () => {
    const { store } = await emptyStore();
    const hash = hashOf('a');
    await store.put(hash, tree('old'));
    await store.put(hash, tree('new'));
    expect(Buffer.from((await store.get(hash))!).toString()).toBe('new');
  });

  it('leaves no temporary files behind, and sweeps those of writers that died', async () => {
    const { store, root } = await emptyStore();
    const hash = hashOf('a');
    await store.put(hash, tree('a'));
    expect(await filesIn(root)).toEqual([fileOf(root, hash)]);
    const [old, young, foreign] = ['123', '456', 'bak'].map((end) => `${fileOf(root, hash)}.${end}`);
    for (const file of [old!, young!, foreign!]) await writeFile(file, 'half');
    for (const file of [old!, foreign!]) await age(file, 3_600_000);
    expect(await store.sweep(() => Promise.resolve(new Set([hash])), 0)).toBe(0);
    expect((await filesIn(root)).sort()).toEqual([fileOf(root, hash), young, foreign].sort());
  });

  it('spares a tree that is put again while the sweep asks for it', async () => {
    const { store, root } = await emptyStore();
    const hash = hashOf('a');
    await store.put(hash, tree('a'));
    await age(fileOf(root, hash), 3_600_000);
    const removed = await store.sweep(async () => {
      await store.put(hash, tree('a'));
      return new Set();
    }, 60_000);
    expect(removed).toBe(0);
    expect(await store.get(hash)).toBeDefined();
  });

  it('takes nothing for a hash that could name another file', async () => {
    const { store } = await emptyStore();
    const invalid = { code: 'REQUEST_INVALID' };
    await expect(store.get('../../etc/passwd' as ContentHash)).rejects.toMatchObject(invalid);
    await expect(store.put('' as ContentHash, tree('a'))).rejects.toMatchObject(invalid);
  });

  it('says that the disk failed when a tree cannot be written or read', async () => {
    const { store, root } = await emptyStore();
    const hash = hashOf('a');
    await mkdir(dirname(root), { recursive: true });
    await writeFile(root, 'a file where the folder should be');
    await expect(store.put(hash, tree('a'))).rejects.toMatchObject({ code: 'FILE_SYSTEM_FAILED' });
    const other = await emptyStore();
    await mkdir(fileOf(other.root, hash), { recursive: true });
    await expect(other.store.get(hash)).rejects.toMatchObject({
      code: 'FILE_SYSTEM_FAILED',
      details: { errno: 'EISDIR' },
    });
  });
});
