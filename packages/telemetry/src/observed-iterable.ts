import type { Observation } from './observation.js';

/**
 * The same sequence, each step of it run inside the observation, which ends when the sequence does: exhausted, failed
 * or left early. It can be iterated once, like the generators it is made for.
 */
export function observedIterable<T>(
  iterable: AsyncIterable<T>,
  observation: Observation,
): AsyncIterableIterator<T> {
  const iterator = observation.run(() => iterable[Symbol.asyncIterator]());
  const step = async (advance: () => Promise<IteratorResult<T>>): Promise<IteratorResult<T>> => {
    try {
      const result = await observation.run(advance);
      if (result.done === true) observation.end();
      return result;
    } catch (error) {
      observation.fail(error);
      throw error;
    }
  };
  return {
    next: () => step(() => iterator.next()),
    return: (value?: unknown) => step(async () => iterator.return?.(value) ?? { done: true, value }),
    throw: (error?: unknown) =>
      step(async () => {
        if (iterator.throw === undefined) throw error;
        return iterator.throw(error);
      }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
