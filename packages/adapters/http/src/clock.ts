/** What policies know of time; tests bring their own. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** The time of day in milliseconds, which `Retry-After` may name. */
  date(): number;
  /** Calls back once after so many milliseconds; the answer calls it off. */
  after(delayMs: number, callback: () => void): () => void;
  /** From 0 up to, but not including, 1. */
  random(): number;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
