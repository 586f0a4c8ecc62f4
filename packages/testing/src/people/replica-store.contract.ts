import { describe, expect, it } from '@jest/globals';
import type { ReplicaStore } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';
import { awkwardKeys, peopleTests } from './people-contract.js';
import type { ReplicaSamples } from './replica-samples.js';

/** A new, empty replica store. */
export interface OpenedReplicaStore {
  readonly store: ReplicaStore;
  close(): Promise<void>;
}

/** What every ReplicaStore promises, for states as the samples say. */
export function describeReplicaStoreContract(
  name: string,
  open: () => Promise<OpenedReplicaStore>,
  { stateOf, malformed }: ReplicaSamples,
): void {
  const test = peopleTests(open);
  const entry = (key: string, variant: number) => ({ key, state: stateOf(key, variant) });
  const none = (key: string) => ({ key, state: undefined });

  describe(`${name} keeps the ReplicaStore contract`, () => {
    it(
      'has nothing at first',
      test(async ({ store }) => {
        expect(await store.keys(undefined, 10)).toEqual([]);
        expect(await store.read(['a', 'b'])).toEqual([none('a'), none('b')]);
        expect(await store.read([])).toEqual([]);
        await store.write([]);
        await store.write([none('a')]);
        expect(await store.keys(undefined, 10)).toEqual([]);
      }),
    );

    it(
      'gives states back as they were written, in the order asked for',
      test(async ({ store }) => {
        const entries = awkwardKeys.map((key, variant) => entry(key, variant));
        await store.write(entries);
        expect(await store.read(awkwardKeys)).toEqual(entries);
        const backwards = [...awkwardKeys].reverse();
        expect(await store.read(backwards)).toEqual([...entries].reverse());
        expect(await store.read(['z', 'nowhere', 'z'])).toEqual([
          entries[awkwardKeys.indexOf('z')],
          none('nowhere'),
          entries[awkwardKeys.indexOf('z')],
        ]);
      }),
    );

    it(
      'puts one state in place of another, also of an earlier one',
      test(async ({ store }) => {
        const variants = [0, 3, 1, 4, 2, 2, 0, 6, 5, 1];
        for (const variant of variants) {
          await store.write([entry('a', variant), entry('b', variant + 1)]);
          expect(await store.read(['a', 'b'])).toEqual([entry('a', variant), entry('b', variant + 1)]);
        }
      }),
    );

    it(
      'does twice what it does once',
      test(async ({ store }) => {
        const entries = [entry('a', 1), none('b'), entry('c', 2)];
        for (let time = 0; time < 2; time += 1) {
          await store.write(entries);
          expect(await store.read(['a', 'b', 'c'])).toEqual(entries);
        }
      }),
    );

    it(
      'removes and writes in one go; of two states of a key the last counts',
      test(async ({ store }) => {
        await store.write([entry('a', 1), entry('b', 1)]);
        await store.write([none('a'), entry('b', 2), entry('c', 1), entry('b', 3), entry('d', 1), none('d')]);
        expect(await store.keys(undefined, 10)).toEqual(['b', 'c']);
        expect(await store.read(['a', 'b', 'c', 'd'])).toEqual([
          none('a'),
          entry('b', 3),
          entry('c', 1),
          none('d'),
        ]);
      }),
    );

    it(
      'gives the keys in the order of code points, from any place on',
      test(async ({ store }) => {
        await store.write([...awkwardKeys].reverse().map((key) => entry(key, 1)));
        for (const limit of [1, 2, 5, awkwardKeys.length, 100]) {
          const keys: string[] = [];
          for (let after: string | undefined; ; after = keys.at(-1)) {
            const more = await store.keys(after, limit);
            keys.push(...more);
            if (more.length < limit) break;
            expect(more).toHaveLength(limit);
          }
          expect(keys).toEqual(awkwardKeys);
        }
        // A key that is not there is a place all the same.
        expect(await store.keys('a a', 1)).toEqual(['a b']);
        expect(await store.keys('\u{10ffff}', 10)).toEqual([]);
      }),
    );

    it(
      'takes many at once',
      test(async ({ store }) => {
        const entries = Array.from({ length: 700 }, (_, index) =>
          entry(`k${String(index).padStart(4, '0')}`, index % 7),
        );
        const keys = entries.map(({ key }) => key);
        await store.write(entries);
        expect(await store.read(keys)).toEqual(entries);
        expect(await store.keys('k0009', 500)).toEqual(keys.slice(10, 510));
        await store.write(keys.slice(0, 699).map(none));
        expect(await store.keys(undefined, 10)).toEqual(['k0699']);
      }),
    );

    it(
      'loses nothing of what is written at the same time',
      test(async ({ store }) => {
        const keys = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(2, '0')}`);
        await Promise.all(keys.map((key, index) => store.write([entry(key, index)])));
        expect(await store.read(keys)).toEqual(keys.map((key, index) => entry(key, index)));
      }),
    );

    it.each(malformed.map((state) => [state]))('refuses what has not the form of a state: %j', (state) =>
      test(async ({ store }) => {
        const error = await markitectFailure(() => store.write([entry('j', 1), { key: 'k', state }]));
        expect(error.code).toBe('REQUEST_INVALID');
        expect(await store.keys(undefined, 10)).toEqual([]);
      })(),
    );
  });
}
