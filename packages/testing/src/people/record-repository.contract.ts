import { describe, expect, it } from '@jest/globals';
import { MAX_RECORD_DEPTH, MAX_RECORD_LENGTH, type StoredRecord } from '@markitect/domain';
import { recordSequence } from '@markitect/ports';
import { allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { gathered } from '../gathered.js';
import { markitectFailure } from '../markitect-failure.js';
import { awkwardKeys, awkwardValue, nested, type OpenedRecords, peopleTests } from './people-contract.js';

/** What every RecordRepository promises, and the replica store over the same records. */
export function describeRecordRepositoryContract(name: string, open: () => Promise<OpenedRecords>): void {
  const test = peopleTests(open);
  const keysOf = (records: readonly StoredRecord[]) => records.map(({ key }) => key);
  const time = (ms: number) => new Date(ms).toISOString();

  describe(`${name} keeps the RecordRepository contract`, () => {
    it(
      'stores a record, gives it back, and has nothing else',
      test(async ({ records, now }) => {
        const at = time(now());
        const saved = await records.save('u1', awkwardValue);
        expect(saved).toEqual({ key: 'u1', value: awkwardValue, version: 1, createdAt: at, updatedAt: at });
        expect(await records.get('u1')).toEqual(saved);
        expect(JSON.stringify((await records.get('u1'))?.value)).toBe(JSON.stringify(awkwardValue));
        expect(await records.get('u2')).toBeUndefined();
        expect(await records.getMany(['u2', 'u1', 'u1'])).toEqual([undefined, saved, saved]);
        expect(await records.getMany([])).toEqual([]);
        expect(await records.count()).toBe(1);
      }),
    );

    it(
      'keeps any key apart from all others',
      test(async ({ records }) => {
        await Promise.all(awkwardKeys.map((key) => records.save(key, { key })));
        for (const key of awkwardKeys) expect((await records.get(key))?.value).toEqual({ key });
        expect(keysOf((await records.list({})).items)).toEqual(awkwardKeys);
        expect((await records.getMany(awkwardKeys)).map((record) => record?.key)).toEqual(awkwardKeys);
      }),
    );

    it(
      'puts a value in place of the one before, and counts the changes',
      test(async ({ records, now, advance }) => {
        const first = await records.save('u1', { a: 1, b: 2 });
        advance(1000);
        const second = await records.save('u1', { c: 3 });
        expect(second).toEqual({
          key: 'u1',
          value: { c: 3 },
          version: 2,
          createdAt: first.createdAt,
          updatedAt: time(now()),
        });
        expect(await records.get('u1')).toEqual(second);
        expect((await records.save('u1', { c: 3 })).version).toBe(3);
      }),
    );

    it(
      'changes a value by a merge patch',
      test(async ({ records, now, advance }) => {
        const first = await records.save('u1', { a: 1, b: { c: 2, d: 3 }, e: [1, 2] });
        advance(1000);
        const patched = await records.patch('u1', { a: null, b: { c: null, f: 4 }, e: [3] });
        expect(patched).toEqual({
          key: 'u1',
          value: { b: { d: 3, f: 4 }, e: [3] },
          version: 2,
          createdAt: first.createdAt,
          updatedAt: time(now()),
        });
        expect(await records.get('u1')).toEqual(patched);
        const missing = await markitectFailure(() => records.patch('u2', { a: 1 }));
        expect(missing).toMatchObject({ code: 'RECORD_NOT_FOUND', details: { key: 'u2' } });
        expect(await records.count()).toBe(1);
      }),
    );

    it(
      'removes a record once, and begins again with version 1',
      test(async ({ records }) => {
        await records.save('u1', {});
        await records.save('u1', {});
        await records.save('u2', {});
        expect(await records.remove('u1')).toBe(true);
        expect(await records.remove('u1')).toBe(false);
        expect(await records.get('u1')).toBeUndefined();
        expect(keysOf((await records.list({})).items)).toEqual(['u2']);
        expect((await records.save('u1', {})).version).toBe(1);
      }),
    );

    it(
      'writes only on the version expected, and changes nothing otherwise',
      test(async ({ records }) => {
        await records.save('u1', { a: 1 }, 0);
        const stored = await records.save('u1', { a: 2 }, 1);
        for (const expected of [0, 1, 3]) {
          for (const write of [
            () => records.save('u1', { a: 3 }, expected),
            () => records.patch('u1', { a: 3 }, expected),
            () => records.remove('u1', expected),
          ]) {
            const error = await markitectFailure(write);
            expect(error).toMatchObject({ code: 'RECORD_CHANGED', details: { version: 2 } });
          }
        }
        expect(await records.get('u1')).toEqual(stored);
        expect((await records.patch('u1', { b: 1 }, 2)).version).toBe(3);
        expect(await records.remove('u1', 3)).toBe(true);
      }),
    );

    it(
      'takes 0 for a record that is not there, and nothing else',
      test(async ({ records }) => {
        for (const write of [
          () => records.save('u1', {}, 1),
          () => records.patch('u1', {}, 1),
          () => records.remove('u1', 1),
        ]) {
          const error = await markitectFailure(write);
          expect(error).toMatchObject({ code: 'RECORD_CHANGED', details: { version: 0 } });
        }
        expect((await markitectFailure(() => records.patch('u1', {}, 0))).code).toBe('RECORD_NOT_FOUND');
        expect(await records.remove('u1', 0)).toBe(false);
        expect((await records.save('u1', {}, 0)).version).toBe(1);
      }),
    );

    it(
      'lets one of several win that write on the same version, and loses no patch of the others',
      test(async ({ records }) => {
        await records.save('u1', {});
        const writes = await Promise.allSettled(
          Array.from({ length: 8 }, (_, index) => records.save('u1', { index }, 1)),
        );
        expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        await Promise.all(Array.from({ length: 20 }, (_, n) => records.patch('u1', { [`p${n}`]: n })));
        const record = await records.get('u1');
        expect(record?.version).toBe(22);
        expect(Object.keys(record?.value ?? {})).toHaveLength(21);
      }),
    );

    it(
      'answers for each of many writes at the same time, whatever becomes of the others',
      test(async ({ records }) => {
        await records.save('u3', {});
        const outcomes = await Promise.allSettled([
          records.save('u1', { a: 1 }),
          records.patch('u2', { a: 1 }),
          records.save('u3', { a: 1 }, 7),
          records.save('u4', { a: 1 }),
          records.remove('u5'),
          records.save('', {}),
        ]);
        expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
          true,
          false,
          false,
          true,
          true,
          false,
        ]);
        expect(keysOf((await records.list({})).items)).toEqual(['u1', 'u3', 'u4']);
      }),
    );

    it.each<[string, (opened: OpenedRecords) => Promise<unknown>]>([
      ['key', ({ records }) => records.get('')],
      ['key', ({ records }) => records.getMany(['a', 'x'.repeat(201)])],
      ['key', ({ records }) => records.save('a\u0000b', {})],
      ['key', ({ records }) => records.save('\ud800', {})],
      ['key', ({ records }) => records.patch('a\nb', {})],
      ['key', ({ records }) => records.remove('')],
      ['value', ({ records }) => records.save('a', { a: 'x'.repeat(MAX_RECORD_LENGTH) })],
      ['value', ({ records }) => records.save('a', nested(MAX_RECORD_DEPTH + 1))],
      ['value', ({ records }) => records.save('a', [1] as never)],
      ['patch', ({ records }) => records.patch('a', nested(MAX_RECORD_DEPTH + 1))],
      ['expected', ({ records }) => records.save('a', {}, -1)],
      ['expected', ({ records }) => records.patch('a', {}, 1.5)],
      ['expected', ({ records }) => records.remove('a', Number.NaN)],
      ['limit', ({ records }) => records.list({ limit: 0 })],
      ['limit', ({ records }) => records.list({ limit: 501 })],
      ['prefix', ({ records }) => records.list({ prefix: '\ud800' })],
    ])('refuses a wrong %s', (field, call) =>
      test(async (opened) => {
        const error = await markitectFailure(() => call(opened));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
        expect(await opened.records.count()).toBe(0);
      })(),
    );

    it(
      'refuses a patch that makes a record too large',
      test(async ({ records }) => {
        const half = 'x'.repeat(MAX_RECORD_LENGTH / 2);
        const stored = await records.save('u1', { a: half });
        const error = await markitectFailure(() => records.patch('u1', { b: half }));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field: 'value' } });
        expect(await records.get('u1')).toEqual(stored);
      }),
    );

    it(
      'does not share what it keeps',
      test(async ({ records }) => {
        const list = [1];
        const saved = await records.save('u1', { list });
        list.push(2);
        (saved.value.list as number[]).push(3);
        const [one, other] = await Promise.all([records.get('u1'), records.get('u1')]);
        expect(one?.value).toEqual({ list: [1] });
        (one?.value.list as number[]).push(4);
        expect(other?.value).toEqual({ list: [1] });
      }),
    );

    it(
      'lists by key, in pages, those that begin with a text or all',
      test(async ({ records }) => {
        const keys = ['a', 'a%', 'a_', 'ab', 'aé', 'a😀', 'b', 'ba'].sort((a, b) =>
          Buffer.compare(Buffer.from(a), Buffer.from(b)),
        );
        for (const key of keys) await records.save(key, { key });
        for (const prefix of [undefined, '', 'a', 'a%', 'a_', 'ab', 'c', 'a😀']) {
          const query = prefix === undefined ? {} : { prefix };
          const all = keys.filter((key) => key.startsWith(prefix ?? ''));
          for (const limit of [1, 2, 3, 7, 8, 9]) {
            const pages = await allPages((page) => records.list({ ...query, limit, ...page }));
            expect(pages.flatMap(({ items }) => keysOf(items))).toEqual(all);
            expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / limit)));
          }
          expect(keysOf(await gathered(records.stream(query)))).toEqual(all);
        }
        expect((await records.list({ prefix: 'ba' })).items).toEqual([await records.get('ba')]);
      }),
    );

    it(
      'goes on with a page whatever was removed or came meanwhile',
      test(async ({ records }) => {
        for (const key of ['a', 'c', 'e']) await records.save(key, {});
        const { items, nextCursor = '' } = await records.list({ limit: 2 });
        expect(keysOf(items)).toEqual(['a', 'c']);
        await records.remove('c');
        await records.save('b', {});
        await records.save('d', {});
        expect(keysOf((await records.list({ limit: 2, cursor: nextCursor })).items)).toEqual(['d', 'e']);
      }),
    );

    it(
      'refuses cursors that are none, or of another query, and gives those of its port',
      test(async ({ records, port }) => {
        for (const key of ['a', 'b', 'c']) await records.save(key, {});
        const { nextCursor = '' } = await records.list({ limit: 1 });
        const sequence = recordSequence(port, { limit: 1 });
        expect(nextCursor).toBe(
          sequence.page([await recordOf(records, 'a'), await recordOf(records, 'b')]).nextCursor,
        );
        for (const cursor of forgedCursors(nextCursor)) {
          expect((await markitectFailure(() => records.list({ cursor }))).code).toBe('CURSOR_INVALID');
        }
        const other = await markitectFailure(() => records.list({ prefix: 'a', cursor: nextCursor }));
        expect(other.code).toBe('CURSOR_INVALID');
      }),
    );

    it(
      'streams more than a page',
      test(async ({ records }) => {
        const keys = Array.from({ length: 1203 }, (_, index) => `u${String(index).padStart(4, '0')}`);
        await Promise.all(keys.map((key) => records.save(key, {})));
        expect(keysOf(await gathered(records.stream({})))).toEqual(keys);
        for await (const { key } of records.stream({ prefix: 'u0' })) {
          expect(key).toBe('u0000');
          break;
        }
        expect(await records.count()).toBe(keys.length);
      }),
    );

    it(
      'is copied as it is, and goes on from there',
      test(async ({ records, replicas, advance }) => {
        const state = {
          key: 'u1',
          value: { a: 1 },
          version: 41,
          createdAt: '2020-02-03T04:05:06.007Z',
          updatedAt: '2021-02-03T04:05:06.789Z',
        };
        await replicas.write([{ key: 'u1', state }]);
        expect(await records.get('u1')).toEqual(state);
        advance(1000);
        const saved = await records.save('u1', { a: 2 }, 41);
        expect(saved).toMatchObject({ version: 42, createdAt: state.createdAt });
        expect(await replicas.read(['u1', 'u2'])).toEqual([
          { key: 'u1', state: saved },
          { key: 'u2', state: undefined },
        ]);
        await replicas.write([{ key: 'u1', state: undefined }]);
        expect(await records.get('u1')).toBeUndefined();
      }),
    );
  });
}

async function recordOf(records: OpenedRecords['records'], key: string): Promise<StoredRecord> {
  const record = await records.get(key);
  if (record === undefined) throw new Error(`there is no record ${key}`);
  return record;
}
