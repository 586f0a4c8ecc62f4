import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The items of a sequence, and `undefined` whenever none has come for so long: whoever reads on can do what is due while
 * the source is slow. When the reader leaves early the sequence is ended, after what it is waiting for.
 */
export async function* withTicks<T>(items: AsyncIterable<T>, everyMs: number): AsyncGenerator<T | undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<T>> | undefined;
  try {
    for (;;) {
      next ??= iterator.next();
      const answer = await orTick(next, everyMs);
      if (answer === undefined) {
        yield undefined;
        continue;
      }
      next = undefined;
      if (answer.done === true) return;
      yield answer.value;
    }
  } finally {
    // Its failure, if it fails once nobody listens, is nobody's concern.
    next?.catch(() => undefined);
    await iterator.return?.().catch(() => undefined);
  }
}

async function orTick<T>(next: Promise<T>, everyMs: number): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([next, sleep(everyMs, undefined, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}
