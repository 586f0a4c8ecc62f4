import { describe, expect, it } from '@jest/globals';
import { gathered } from './gathered.js';

/** A new, empty store, as far as its sequence is concerned. */
export interface Streamed<T> {
  /** Adds items of these names, whose order is theirs, however many at once. */
  readonly add: (names: readonly string[]) => Promise<unknown>;
  readonly stream: () => AsyncIterable<T>;
  readonly nameOf: (item: T) => string;
}

/** Names in the order of their characters, of which every second is left out. */
const names = Array.from({ length: 1101 }, (_, index) => `n${String(2 * index).padStart(4, '0')}`);

/** What every sequence promises, of however many pages it is made. `test` makes test bodies. */
export function describeStreaming<Opened, T>(
  what: string,
  test: (body: (opened: Opened) => Promise<void>) => () => Promise<void>,
  streamedOf: (opened: Opened) => Streamed<T> | Promise<Streamed<T>>,
): void {
  describe(`the sequence of ${what}`, () => {
    it(
      'has nothing where there is nothing, and else every item once, in order, as often as it is asked for',
      test(async (opened) => {
        const { add, stream, nameOf } = await streamedOf(opened);
        expect(await gathered(stream())).toEqual([]);
        await add(names);
        for (let time = 0; time < 2; time += 1) {
          expect((await gathered(stream())).map(nameOf)).toEqual(names);
        }
      }),
    );

    it(
      'ends when it is left early',
      test(async (opened) => {
        const { add, stream, nameOf } = await streamedOf(opened);
        await add(names);
        for (const count of [1, 700]) {
          const items = stream()[Symbol.asyncIterator]();
          for (const name of names.slice(0, count)) {
            const next = await items.next();
            expect(next.done === true ? undefined : nameOf(next.value)).toBe(name);
          }
          expect(await items.return?.()).toEqual({ done: true, value: undefined });
          expect(await items.next()).toEqual({ done: true, value: undefined });
        }
      }),
    );

    it(
      'has what is there all the time once, in order, whatever comes meanwhile',
      test(async (opened) => {
        const { add, stream, nameOf } = await streamedOf(opened);
        await add(names);
        const seen: string[] = [];
        for await (const item of stream()) {
          seen.push(nameOf(item));
          // Before what was read, in the page that is being read, and behind it.
          if (seen.length === 100) await add(['n0001', 'n0199', 'n0201', 'n1501', 'n9999']);
        }
        expect(new Set(seen).size).toBe(seen.length);
        const given = new Set(names);
        expect(seen.filter((name) => given.has(name))).toEqual(names);
      }),
    );
  });
}
