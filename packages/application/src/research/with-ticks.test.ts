import { describe, expect, it } from '@jest/globals';
import { withTicks } from './with-ticks.js';

/** A promise that is settled from outside. */
function gate() {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

describe('withTicks', () => {
  it('ticks while nothing comes, and loses nothing', async () => {
    const slow = gate();
    async function* items() {
      yield 1;
      await slow.promise;
      yield 2;
    }
    const seen: (number | undefined)[] = [];
    for await (const item of withTicks(items(), 2)) {
      seen.push(item);
      if (seen.length === 4) slow.open();
    }
    expect(seen.slice(0, 4)).toEqual([1, undefined, undefined, undefined]);
    expect(seen.filter((item) => item !== undefined)).toEqual([1, 2]);
  });

  it('ends the sequence when the reader leaves, and fails as it fails', async () => {
    let isEnded = false;
    async function* endless() {
      try {
        for (;;) {
          await Promise.resolve();
          yield 1;
        }
      } finally {
        isEnded = true;
      }
    }
    for await (const item of withTicks(endless(), 1000)) if (item === 1) break;
    expect(isEnded).toBe(true);

    async function* failing() {
      yield 1;
      await Promise.reject(new Error('no more'));
    }
    const read = async () => {
      for await (const item of withTicks(failing(), 1000)) expect(item).toBe(1);
    };
    await expect(read()).rejects.toThrow('no more');
  });
});
