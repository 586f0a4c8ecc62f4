import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { FileStore } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';

/** A store under test. */
export interface OpenFileStore<S extends FileStore = FileStore> {
  readonly store: S;
  close(): Promise<void>;
}

/** What every FileStore promises. `open` gives a new, empty store for each test. */
export function describeFileStoreContract(name: string, open: () => Promise<OpenFileStore>): void {
  const stored = (body: (store: FileStore) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.store);
    } finally {
      await opened.close();
    }
  };

  describe(`${name} keeps the FileStore contract`, () => {
    describe('writing and reading', () => {
      it(
        'gives back exactly the bytes that were written, with their SHA-256',
        stored(async (store) => {
          for (const [path, bytes] of [
            ['empty', new Uint8Array()],
            ['every byte.bin', Uint8Array.from({ length: 1024 }, (_, index) => index % 256)],
            ['deep/er/and/deeper/large', Buffer.alloc(3_000_001, 'large')],
          ] as const) {
            const checksum = await store.write(path, bytes);
            expect(checksum).toBe(createHash('sha256').update(bytes).digest('hex'));
            const read = await store.read(path);
            expect(read.checksum).toBe(checksum);
            expect(Buffer.compare(read.bytes, bytes)).toBe(0);
          }
        }),
      );

      it(
        'replaces a file whole, by longer and by shorter content',
        stored(async (store) => {
          for (const content of ['first', 'a longer one', 'x', '']) {
            await store.write('a/file.md', text(content));
            expect(await contentOf(store, 'a/file.md')).toBe(content);
          }
        }),
      );

      it(
        'is not affected by changes to the bytes that were written or read',
        stored(async (store) => {
          const bytes = text('content');
          await store.write('a', bytes);
          bytes.fill(0);
          (await store.read('a')).bytes.fill(0);
          expect(await contentOf(store, 'a')).toBe('content');
        }),
      );

      it(
        'reads at most as many bytes as are asked for',
        stored(async (store) => {
          await store.write('a', text('12345'));
          expect((await store.read('a', 5)).bytes).toHaveLength(5);
          const error = await markitectFailure(() => store.read('a', 4));
          expect(error).toMatchObject({ code: 'FILE_TOO_LARGE', details: { path: 'a', maxBytes: 4 } });
        }),
      );

      it(
        'keeps many files written at the same time apart, and one written by many whole',
        stored(async (store) => {
          const numbers = Array.from({ length: 40 }, (_, index) => index);
          await Promise.all(
            numbers.flatMap((number) => [
              store.write(`folder ${number % 7}/${number}`, text(`content ${number}`)),
              store.write('one', text(String(number % 10).repeat(5000))),
            ]),
          );
          for (const number of numbers) {
            expect(await contentOf(store, `folder ${number % 7}/${number}`)).toBe(`content ${number}`);
          }
          expect(await contentOf(store, 'one')).toMatch(/^(\d)\1{4999}$/);
        }),
      );

      it(
        'says which file is missing',
        stored(async (store) => {
          await store.write('folder/file', text('x'));
          for (const path of ['none', 'folder/none', 'none/none', 'folder', 'folder/file/below']) {
            expect(await markitectFailure(() => store.read(path))).toMatchObject({
              code: 'FILE_NOT_FOUND',
              details: { path },
            });
            for (const change of [store.copy(path, 'to'), store.move(path, 'to')]) {
              expect(await markitectFailure(() => change)).toMatchObject({ code: 'FILE_NOT_FOUND' });
            }
            expect(await store.exists(path)).toBe(false);
            expect(await store.remove(path)).toBe(false);
          }
          expect(await pathsOf(store)).toEqual(['folder/file']);
        }),
      );
    });

    describe('copying, moving and removing', () => {
      it(
        'copies over what is there and leaves the original',
        stored(async (store) => {
          await store.write('a', text('a'));
          await store.write('b/b', text('b'));
          await store.copy('a', 'b/b');
          await store.copy('a', 'new/c');
          await store.copy('a', 'a');
          expect(await snapshot(store)).toEqual({ a: 'a', 'b/b': 'a', 'new/c': 'a' });
        }),
      );

      it(
        'moves over what is there and leaves nothing behind, not even the folder',
        stored(async (store) => {
          await store.write('x/y/a', text('a'));
          await store.write('b', text('b'));
          await store.move('x/y/a', 'b');
          await store.move('b', 'b');
          expect(await snapshot(store)).toEqual({ b: 'a' });
          // A folder that were still there would be in the way of both.
          await store.write('x', text('x'));
          await store.write('B2/b', text('b'));
          await store.move('B2/b', 'y/z');
          await store.write('b2', text('b'));
          expect(await pathsOf(store)).toEqual(['b', 'b2', 'x', 'y/z']);
        }),
      );

      it(
        'removes a file with the folders that it leaves empty, and no others',
        stored(async (store) => {
          await store.write('a/b/c', text('c'));
          await store.write('a/d', text('d'));
          expect(await store.remove('a/b/c')).toBe(true);
          expect(await store.remove('a/b/c')).toBe(false);
          await store.write('a/B', text('B'));
          expect(await pathsOf(store)).toEqual(['a/B', 'a/d']);
        }),
      );

      it(
        'survives folders that come and go under many writers',
        stored(async (store) => {
          await Promise.all(
            Array.from({ length: 12 }, async (_, writer) => {
              for (let round = 0; round < 8; round += 1) {
                await store.write(`shared/folder/${writer}`, text(`${writer}`));
                expect(await store.remove(`shared/folder/${writer}`)).toBe(true);
              }
            }),
          );
          expect(await pathsOf(store)).toEqual([]);
        }),
      );
    });

    describe('listing', () => {
      it(
        'gives all files in the order of their code points, with size and time',
        stored(async (store) => {
          const before = Date.now() - 5000;
          const paths = ['a', 'a-b', 'a.md/x', 'a0', 'A', 'é', '\uffee', '\u{1f600}', 'b/a/c', 'b/a.c', 'b-'];
          const unique = paths.filter((path) => path !== 'A');
          for (const path of unique) await store.write(path, text(path));
          const found = await all(store.list());
          expect(found.map(({ path }) => path)).toEqual(
            [...unique].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
          );
          for (const { path, bytes, modifiedAt } of found) {
            expect(bytes).toBe(Buffer.byteLength(path));
            expect(modifiedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
            expect(Date.parse(modifiedAt)).toBeGreaterThan(before);
          }
        }),
      );

      it(
        'gives those below a folder, and none for a folder that is not there',
        stored(async (store) => {
          expect(await pathsOf(store)).toEqual([]);
          for (const path of ['a/b/c', 'a/b/d', 'a/bb', 'ab']) await store.write(path, text(path));
          expect(await pathsOf(store, 'a/b')).toEqual(['a/b/c', 'a/b/d']);
          expect(await pathsOf(store, 'a')).toEqual(['a/b/c', 'a/b/d', 'a/bb']);
          for (const none of ['b', 'ab', 'a/b/c/d']) expect(await pathsOf(store, none)).toEqual([]);
        }),
      );
    });

    describe('paths', () => {
      it.each(invalidPaths)('refuses %j in every operation', (path) =>
        stored(async (store) => {
          await store.write('a', text('a'));
          for (const operation of [
            () => store.read(path),
            () => store.exists(path),
            () => store.write(path, text('x')),
            () => store.copy(path, 'b'),
            () => store.copy('a', path),
            () => store.move(path, 'b'),
            () => store.move('a', path),
            () => store.remove(path),
            () => all(store.list(path)),
          ]) {
            expect(await markitectFailure(operation)).toMatchObject({ code: 'FILE_PATH_INVALID' });
          }
          expect(await snapshot(store)).toEqual({ a: 'a' });
        })(),
      );

      it(
        'takes another Unicode form of a path for the same path',
        stored(async (store) => {
          await store.write('e\u0301/a\u0308.md', text('x'));
          expect(await pathsOf(store)).toEqual(['\u00e9/\u00e4.md']);
          expect(await contentOf(store, '\u00e9/\u00e4.md')).toBe('x');
          expect(await store.exists('e\u0301/\u00e4.md')).toBe(true);
          expect(await store.remove('e\u0301/\u00e4.md')).toBe(true);
        }),
      );

      it.each([
        ['notes/Plan.md', 'notes/plan.md'],
        ['notes/Plan.md', 'Notes/Plan.md'],
        ['notes/Plan.md', 'Notes/other.md'],
        ['stra\u00dfe', 'STRASSE'],
        ['\u00e9', '\u00c9'],
      ])('of %s and %s only the first that comes can be there', (first, second) =>
        stored(async (store) => {
          await store.write(first, text('first'));
          await store.write('third', text('third'));
          for (const operation of [
            () => store.write(second, text('second')),
            () => store.copy('third', second),
            () => store.move('third', second),
            () => store.move(first, second),
            () => store.read(second),
            () => store.remove(second),
          ]) {
            expect(await markitectFailure(operation)).toMatchObject({ code: 'FILE_NAME_CONFLICT' });
          }
          expect(await store.exists(second)).toBe(false);
          expect(await snapshot(store)).toEqual({ [first]: 'first', third: 'third' });
          await store.remove(first);
          await store.write(second, text('second'));
          expect(await snapshot(store)).toEqual({ [second]: 'second', third: 'third' });
        })(),
      );

      it.each([
        ['a', 'a/b'],
        ['a/b', 'a'],
        ['a/b/c', 'a'],
        ['a', 'a/b/c'],
      ])('with a file %s there can be none at %s', (first, second) =>
        stored(async (store) => {
          await store.write(first, text('first'));
          await store.write('third', text('third'));
          for (const operation of [
            () => store.write(second, text('second')),
            () => store.copy('third', second),
            () => store.move('third', second),
            () => store.move(first, second),
          ]) {
            expect(await markitectFailure(operation)).toMatchObject({
              code: 'FILE_NAME_CONFLICT',
              details: { path: second },
            });
          }
          expect(await snapshot(store)).toEqual({ [first]: 'first', third: 'third' });
        })(),
      );
    });
  });
}

const invalidPaths = [
  '',
  '.',
  '..',
  '../a',
  'b/../../a',
  'b/..',
  './a',
  '/a',
  '/',
  'C:/a',
  'c:a',
  'a\\b',
  '..\\a',
  'a//b',
  'a/',
  'a\0b',
  'a\nb',
  '\ud800',
  'x'.repeat(256),
  `${'x/'.repeat(512)}x`,
  '.markitect-staged/a',
  'b/.Markitect-Staged/a',
];

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function contentOf(store: FileStore, path: string): Promise<string> {
  return new TextDecoder().decode((await store.read(path)).bytes);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function pathsOf(store: FileStore, folder?: string): Promise<string[]> {
  return (await all(store.list(folder))).map(({ path }) => path);
}

async function snapshot(store: FileStore): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const path of await pathsOf(store)) contents[path] = await contentOf(store, path);
  return contents;
}
