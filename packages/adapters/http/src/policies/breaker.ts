import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  handleWhen,
} from 'cockatiel';
import { AttemptFailure } from '../attempt/attempt-failure.js';
import type { ResolvedHttpOptions } from '../http-options.js';
import { FailureShare } from './failure-share.js';

const names: Readonly<Record<CircuitState, string>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

/** One in so many probes in a row has all the time there is. */
const PATIENT_PROBE = 4;

/**
 * Keeps attempts from a server that fails: open after too many failures, then after a while half-open for one attempt
 * at a time, closed when that one succeeds. It knows the time of day from `Date`.
 */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  readonly #openMs: number;
  /** Failures of attempts begun before it last opened: they tell of the outage that is known already. */
  readonly #old = new WeakSet<Error>();
  readonly #probeMs: number;
  /** Probes since it was last closed. */
  #probes = 0;
  #openedAt = 0;
  #opened = 0;
  #probed = 0;

  constructor({ threshold, windowMs, minimumAttempts, openMs, probeMs }: ResolvedHttpOptions['breaker']) {
    this.#openMs = openMs;
    this.#probeMs = probeMs;
    this.#policy = circuitBreaker(
      handleWhen((error) => this.#isFailure(error)),
      {
        halfOpenAfter: openMs,
        breaker: new FailureShare({ threshold, windowMs, minimumAttempts }),
      },
    );
    this.#policy.onHalfOpen(() => {
      this.#probes += 1;
      this.#probed += 1;
    });
    this.#policy.onReset(() => {
      this.#probes = 0;
    });
    this.#policy.onBreak(() => {
      this.#opened += 1;
      this.#openedAt = Date.now();
    });
  }

  /** `closed`, `open` or `half-open`. Stays `open` until an attempt asks after its time. */
  get state(): string {
    return names[this.#policy.state];
  }

  /**
   * How long the attempt that is made now may be without an answer, in milliseconds, if it is a probe that has less time
   * than others: every fourth in a row has not.
   */
  get probeLimitMs(): number | undefined {
    // The policy calls itself half-open only after the attempt has begun.
    const isProbe = this.#policy.state !== CircuitState.Closed;
    return isProbe && this.#probes % PATIENT_PROBE !== 0 ? this.#probeMs : undefined;
  }

  /** How often it has opened. */
  get opened(): number {
    return this.#opened;
  }

  /** How many probes it has let through. */
  get probed(): number {
    return this.#probed;
  }

  /** Makes an attempt. Throws its failure, or `HTTP_CIRCUIT_OPEN` without making it. */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    // The policy would let the others wait for the probe; they have deadlines, and may have something else to show.
    if (this.#policy.state === CircuitState.HalfOpen) throw this.#refusal();
    try {
      return await this.#policy.execute(() => this.#dated(attempt));
    } catch (error) {
      throw error instanceof BrokenCircuitError ? this.#refusal() : error;
    }
  }

  /** A black hole is noticed late: what was sent into it must not open the breaker again when the server is back. */
  async #dated<T>(attempt: () => Promise<T>): Promise<T> {
    const opened = this.#opened;
    try {
      return await attempt();
    } catch (error) {
      if (opened !== this.#opened && error instanceof Error) this.#old.add(error);
      throw error;
    }
  }

  /** A probe that nobody waited for has proved nothing: for the policy anything but a failure would close it. */
  #isFailure(error: Error): boolean {
    if (this.#old.has(error)) return false;
    if (this.#policy.state === CircuitState.HalfOpen) {
      return (
        !(error instanceof AttemptFailure) || error.facts.blamesServer || error.facts.status === undefined
      );
    }
    return error instanceof AttemptFailure && error.facts.blamesServer;
  }

  #refusal(): AttemptFailure {
    const waitMs = Math.max(0, Math.ceil(this.#openedAt + this.#openMs - Date.now()));
    return new AttemptFailure('HTTP_CIRCUIT_OPEN', 'the server failed too often lately', {
      carriedOut: 'no',
      again: 'later',
      blamesServer: false,
      retryAfterMs: waitMs,
    });
  }
}
