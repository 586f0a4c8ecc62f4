/** Time, as a worker sees it. A test brings its own. */
export interface TaskClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` after so many milliseconds. Answers how to take that back. */
  after(ms: number, action: () => void): () => void;
}

/** The clock of the machine. Its timers keep the process alive. */
export const systemClock: TaskClock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
