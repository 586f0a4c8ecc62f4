import { CircuitState, type IBreaker } from 'cockatiel';

/** The window moves in so many steps. */
const STEPS = 10;

interface Counts {
  /** Which step of time these are of. */
  step: number;
  successes: number;
  failures: number;
}

/** What opens a breaker. */
export interface FailureShareOptions {
  /** Between 0 and 1. */
  readonly threshold: number;
  readonly windowMs: number;
  readonly minimumAttempts: number;
}

/**
 * Opens a breaker when more than a share of enough attempts of the last `windowMs` has failed. What is older never counts:
 * cockatiel's own SamplingBreaker drops one step of its window with each attempt, however long ago the last one was, so
 * that in a black hole, where failures are few and come together, successes from before it would keep it closed. It
 * knows the time of day from `Date`.
 */
export class FailureShare implements IBreaker {
  readonly #options: FailureShareOptions;
  #counts: readonly Counts[] = FailureShare.#none();

  constructor(options: FailureShareOptions) {
    this.#options = options;
  }

  /** For `toJSON` of the policy, which nobody calls. */
  get state(): unknown {
    return this.#counts;
  }

  set state(counts: unknown) {
    this.#counts = counts as readonly Counts[];
  }

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) this.#counts = FailureShare.#none();
    this.#now().successes += 1;
  }

  failure(state: CircuitState): boolean {
    const now = this.#now();
    now.failures += 1;
    if (state !== CircuitState.Closed) return true;
    const { threshold, minimumAttempts } = this.#options;
    const recent = this.#counts.filter(({ step }) => step > now.step - STEPS);
    const failures = recent.reduce((sum, each) => sum + each.failures, 0);
    const attempts = recent.reduce((sum, each) => sum + each.successes, failures);
    return attempts >= minimumAttempts && failures > threshold * attempts;
  }

  #now(): Counts {
    const step = Math.floor((Date.now() * STEPS) / this.#options.windowMs);
    const counts = this.#counts[step % STEPS] as Counts;
    if (counts.step !== step) Object.assign(counts, { step, successes: 0, failures: 0 });
    return counts;
  }

  static #none(): readonly Counts[] {
    return Array.from({ length: STEPS }, () => ({ step: 0, successes: 0, failures: 0 }));
  }
}
