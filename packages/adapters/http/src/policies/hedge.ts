import type { Clock } from '../clock.js';

/** One attempt that can be given up. */
export interface Running<T> {
  readonly answer: Promise<T>;
  cancel(): void;
}

/**
 * Begins an attempt and, when it has not answered after `afterMs`, perhaps a second one: the first answer counts, the
 * other attempt is given up. When one fails the other is waited for; when both do, the failure of the first is thrown.
 *
 * @param second answers `undefined` where a second attempt is not allowed
 */
export async function hedged<T>(
  first: Running<T>,
  second: () => Running<T> | undefined,
  afterMs: number,
  clock: Clock,
): Promise<T> {
  let other: Running<T> | undefined;
  let onOther: (other: Running<T>) => void = () => undefined;
  const joined = new Promise<T>((resolve, reject) => {
    onOther = ({ answer }) => void answer.then(resolve, reject);
  });
  const callOff = clock.after(afterMs, () => {
    other = second();
    if (other !== undefined) onOther(other);
  });
  try {
    return await Promise.race([
      first.answer.catch(async (failure: unknown) => {
        callOff();
        if (other === undefined) throw failure;
        return other.answer.catch(() => {
          throw failure;
        });
      }),
      joined.catch(() => first.answer),
    ]);
  } finally {
    callOff();
    first.cancel();
    other?.cancel();
  }
}
