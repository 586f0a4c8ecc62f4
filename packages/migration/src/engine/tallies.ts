import { type CutoverMismatch, type CutoverSide, cutoverSides, type CutoverTally } from '@markitect/domain';
import type { CutoverStateStore } from '@markitect/ports';
import type { Clock } from './clock.js';
import { isFaultOfStore } from './failure-of.js';

/** As many durations are kept for a median. */
const SAMPLES = 256;

/** As many mismatches are kept between two flushes: the log is bounded anyway. */
const MAX_MISMATCHES = 100;

interface Counts {
  operations: number;
  errors: number;
  compared: number;
  mismatched: number;
  durations: number[];
}

/** What this process has measured of both sides since the last flush. */
export class Tallies {
  readonly #component: string;
  readonly #clock: Clock;
  #counts = freshCounts();
  #mismatches: Omit<CutoverMismatch, 'id'>[] = [];

  constructor(component: string, clock: Clock) {
    this.#component = component;
    this.#clock = clock;
  }

  /** Runs an operation of a side and measures it. */
  async time<T>(side: CutoverSide, operation: () => Promise<T>): Promise<T> {
    const start = performance.now();
    let isFault = false;
    try {
      return await operation();
    } catch (error) {
      isFault = isFaultOfStore(error);
      throw error;
    } finally {
      // Those of now: what was counted when it began may be with the store already.
      const counts = this.#counts[side];
      if (isFault) counts.errors += 1;
      // Every SAMPLESth is replaced in turn: cheap, and recent enough for a window of a second or so.
      counts.durations[counts.operations % SAMPLES] = performance.now() - start;
      counts.operations += 1;
    }
  }

  /** Notes an error of a side that its caller did not see. */
  error(side: CutoverSide): void {
    this.#counts[side].errors += 1;
  }

  /** Notes that an answer of a side was compared, and how it differed. */
  compared(side: CutoverSide, mismatch?: Omit<CutoverMismatch, 'id' | 'component' | 'at'>): void {
    const counts = this.#counts[side];
    counts.compared += 1;
    if (mismatch === undefined) return;
    counts.mismatched += 1;
    if (this.#mismatches.length >= MAX_MISMATCHES) return;
    const at = new Date(this.#clock.now()).toISOString();
    this.#mismatches.push({ ...mismatch, component: this.#component, at });
  }

  /** Gives what was measured to the store. What it does not take is kept for the next time. */
  async flush(store: CutoverStateStore): Promise<void> {
    const counts = this.#counts;
    const mismatches = this.#mismatches;
    this.#counts = freshCounts();
    this.#mismatches = [];
    const tallies = cutoverSides.flatMap((side) => tallyOf(this.#component, side, counts[side]));
    if (tallies.length === 0 && mismatches.length === 0) return;
    try {
      await store.tally(tallies, mismatches);
    } catch (error) {
      for (const side of cutoverSides) add(this.#counts[side], counts[side]);
      this.#mismatches.unshift(...mismatches);
      throw error;
    }
  }
}

function freshCounts(): Record<CutoverSide, Counts> {
  const counts = (): Counts => ({ operations: 0, errors: 0, compared: 0, mismatched: 0, durations: [] });
  return { legacy: counts(), modern: counts() };
}

function tallyOf(component: string, side: CutoverSide, counts: Counts): CutoverTally[] {
  const { operations, errors, compared, mismatched, durations } = counts;
  if (operations + errors + compared === 0) return [];
  const sorted = [...durations].sort((a, b) => a - b);
  const medianMs = sorted[sorted.length >> 1];
  return [
    {
      component,
      side,
      operations,
      errors,
      compared,
      mismatched,
      ...(medianMs === undefined ? {} : { medianMs }),
    },
  ];
}

function add(to: Counts, more: Counts): void {
  to.operations += more.operations;
  to.errors += more.errors;
  to.compared += more.compared;
  to.mismatched += more.mismatched;
  to.durations = [...more.durations, ...to.durations].slice(-SAMPLES);
}
