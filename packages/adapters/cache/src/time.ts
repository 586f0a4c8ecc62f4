/** Time as the cache sees it. Tests give their own. */
export interface Time {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; the answer cancels that. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest delay a timer takes; longer ones fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;
/** How many times in a row the time may be answered without looking at the clock. */
const READS_PER_LOOK = 1024;

/**
 * The time of the machine, looked at once per turn of the event loop and at least every 1024 reads: asking the clock
 * takes longer than finding a value in memory. So a value may be served for as much longer than its time to live as
 * one turn lasts.
 */
class SystemTime implements Time {
  #now = 0;
  #readsLeft = 0;
  #isScheduled = false;
  readonly #look = () => {
    this.#readsLeft = 0;
    this.#isScheduled = false;
  };

  now(): number {
    if (--this.#readsLeft >= 0) return this.#now;
    this.#readsLeft = READS_PER_LOOK;
    this.#now = Date.now();
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(this.#look);
    }
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), LONGEST_DELAY));
    return () => clearTimeout(timer);
  }
}

export const systemTime: Time = new SystemTime();
