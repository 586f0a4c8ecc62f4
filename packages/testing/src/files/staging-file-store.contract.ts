import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { FileStore, StagingFileStore } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';
import type { OpenFileStore } from './file-store.contract.js';

type Store = FileStore & StagingFileStore;

/** What every StagingFileStore that is a FileStore too promises. `open` gives a new, empty store for each test. */
export function describeStagingFileStoreContract(
  name: string,
  open: () => Promise<OpenFileStore<Store>>,
): void {
  const stored = (body: (store: Store) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.store);
    } finally {
      await opened.close();
    }
  };

  describe(`${name} keeps the StagingFileStore contract`, () => {
    it(
      'keeps what is staged apart from the files until it is applied',
      stored(async (store) => {
        const checksum = await store.stage('unit-1', text('new'));
        expect(checksum).toBe(createHash('sha256').update('new').digest('hex'));
        expect(await pathsOf(store)).toEqual([]);
        expect(Buffer.from(await store.readStaged('unit-1')).toString()).toBe('new');
        expect(await store.apply({ staged: 'unit-1', target: 'a/b/c' })).toBe(true);
        expect(await contentOf(store, 'a/b/c')).toBe('new');
        expect(await store.staged()).toEqual([]);
        expect((await markitectFailure(() => store.readStaged('unit-1'))).code).toBe('FILE_NOT_FOUND');
      }),
    );

    it(
      'applies a replacement once, however often it is asked to',
      stored(async (store) => {
        await store.write('a', text('old'));
        await store.stage('unit-1', text('new'));
        expect(await store.apply({ staged: 'unit-1', target: 'a' })).toBe(true);
        expect(await store.apply({ staged: 'unit-1', target: 'a' })).toBe(false);
        expect(await contentOf(store, 'a')).toBe('new');
        await store.remove('a');
        expect(await store.apply({ staged: 'unit-1', target: 'a' })).toBe(false);
        expect(await store.apply({ staged: 'never', target: 'x/y' })).toBe(false);
        expect(await pathsOf(store)).toEqual([]);
      }),
    );

    it(
      'applies a removal once, with the folders that it leaves empty',
      stored(async (store) => {
        await store.write('a/b/c', text('c'));
        expect(await store.applyRemove('a/b/c')).toBe(true);
        expect(await store.applyRemove('a/b/c')).toBe(false);
        expect(await store.applyRemove('never/there')).toBe(false);
        await store.write('A', text('A'));
        // What came later is not what was to be removed.
        expect(await store.applyRemove('a')).toBe(false);
        expect(await pathsOf(store)).toEqual(['A']);
      }),
    );

    it(
      'lists what is staged, in order, and discards it',
      stored(async (store) => {
        expect(await store.staged()).toEqual([]);
        expect(await store.discard('none')).toBe(false);
        for (const staged of ['u-2', 'u-10', 'U_1.x']) await store.stage(staged, text(staged));
        expect(await store.staged()).toEqual(['U_1.x', 'u-10', 'u-2']);
        expect(await store.discard('u-10')).toBe(true);
        expect(await store.discard('u-10')).toBe(false);
        expect(await store.staged()).toEqual(['U_1.x', 'u-2']);
        expect(await pathsOf(store)).toEqual([]);
      }),
    );

    it(
      'refuses a name that is staged already, and keeps the first',
      stored(async (store) => {
        await store.stage('u-1', text('first'));
        const error = await markitectFailure(() => store.stage('u-1', text('second')));
        expect(error.code).toBe('FILE_NAME_CONFLICT');
        expect(Buffer.from(await store.readStaged('u-1')).toString()).toBe('first');
      }),
    );

    it.each(['', '.', '..', '.write-1', 'a/b', '../a', 'a\\b', 'a b', 'ä', 'a\0', 'x'.repeat(129)])(
      'refuses %j as the name of a staged file',
      (staged) =>
        stored(async (store) => {
          for (const operation of [
            () => store.stage(staged, text('x')),
            () => store.readStaged(staged),
            () => store.discard(staged),
            () => store.apply({ staged, target: 'a' }),
          ]) {
            expect((await markitectFailure(operation)).code).toBe('FILE_PATH_INVALID');
          }
        })(),
    );

    it.each([
      ['../a', 'FILE_PATH_INVALID'],
      ['/a', 'FILE_PATH_INVALID'],
      ['.markitect-staged/u-1', 'FILE_PATH_INVALID'],
      ['Folder', 'FILE_NAME_CONFLICT'],
      ['folder', 'FILE_NAME_CONFLICT'],
      ['folder/FILE', 'FILE_NAME_CONFLICT'],
      ['folder/file/below', 'FILE_NAME_CONFLICT'],
    ])('refuses the target %s, when checked and when applied: %s', (target, code) =>
      stored(async (store) => {
        await store.write('folder/file', text('old'));
        await store.stage('u-1', text('new'));
        expect((await markitectFailure(() => store.check(target))).code).toBe(code);
        expect((await markitectFailure(() => store.apply({ staged: 'u-1', target }))).code).toBe(code);
        expect(await store.staged()).toEqual(['u-1']);
        expect(await pathsOf(store)).toEqual(['folder/file']);
        expect(await contentOf(store, 'folder/file')).toBe('old');
      })(),
    );

    it(
      'lets targets pass that can be applied, and changes nothing when checking',
      stored(async (store) => {
        await store.write('folder/file', text('old'));
        for (const target of ['folder/file', 'folder/new', 'new/folder/x', 'x']) await store.check(target);
        expect(await pathsOf(store)).toEqual(['folder/file']);
        await store.write('New', text('x'));
        expect(await store.exists('New')).toBe(true);
      }),
    );
  });
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function contentOf(store: FileStore, path: string): Promise<string> {
  return new TextDecoder().decode((await store.read(path)).bytes);
}

async function pathsOf(store: FileStore): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of store.list()) paths.push(path);
  return paths;
}
