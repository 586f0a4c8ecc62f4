import { FairLease, type LeaseStats } from '@markitect/connections';
import { Invalid } from '@markitect/domain';
import type { Clock } from '../clock.js';
import type { HttpCounters } from '../http-counters.js';
import { isToken, type ResolvedHttpOptions } from '../http-options.js';
import type { Breaker } from '../policies/breaker.js';
import { hedged, type Running } from '../policies/hedge.js';
import type { RateLimiter } from '../policies/rate-limiter.js';
import type { RetryBudget } from '../policies/retry-budget.js';
import type { Answer } from './answer.js';
import { AttemptFailure } from './attempt-failure.js';
import { AttemptHandler, type AttemptLimits } from './attempt-handler.js';
import type { Exchange } from './exchange.js';

/** What attempts need of the driver's pool of sockets. */
export interface SocketPool {
  dispatch(
    request: {
      readonly origin: string;
      readonly path: string;
      readonly method: string;
      readonly headers: string[];
      readonly body: string | null;
    },
    handler: AttemptHandler,
  ): boolean;
  destroy(): Promise<void>;
}

/** What attempts pass through; it outlives the pool, which is made anew after each `close`. */
export interface AttemptPolicies {
  readonly options: ResolvedHttpOptions;
  readonly clock: Clock;
  readonly counters: HttpCounters;
  readonly budget: RetryBudget;
  readonly limiter: RateLimiter | undefined;
  readonly breaker: Breaker;
}

/**
 * Single attempts over one pool. Each passes a socket's slot in the order of asking, a token of the rate limit and the
 * breaker, and is made once: nothing here repeats.
 */
export class Attempts {
  readonly #pool: SocketPool;
  readonly #slots: FairLease<number>;
  readonly #options: ResolvedHttpOptions;
  readonly #clock: Clock;
  readonly #counters: HttpCounters;
  readonly #budget: RetryBudget;
  readonly #limiter: RateLimiter | undefined;
  readonly #breaker: Breaker;
  readonly #commonHeaders: readonly string[];

  constructor(pool: SocketPool, { options, clock, counters, budget, limiter, breaker }: AttemptPolicies) {
    this.#pool = pool;
    this.#slots = new FairLease(Array.from({ length: options.connections }, (_, index) => index));
    this.#options = options;
    this.#clock = clock;
    this.#counters = counters;
    this.#budget = budget;
    this.#limiter = limiter;
    this.#breaker = breaker;
    const { token, userAgent } = options;
    this.#commonHeaders = [
      ...['user-agent', userAgent],
      ...(typeof token === 'string' ? ['authorization', `token ${token}`] : []),
    ];
  }

  /** One attempt past all policies, on the socket that is kept free for it. */
  async probe(exchange: Exchange): Promise<Answer> {
    return this.#dispatch(exchange, await this.#headers(exchange)).answer;
  }

  stats(): LeaseStats {
    return this.#slots.stats();
  }

  /** Waits until every slot is free, then closes the sockets. */
  async close(): Promise<void> {
    await this.#slots.close();
    await this.#pool.destroy();
  }

  /** One attempt, from waiting for a slot to the answer. Throws its {@link AttemptFailure}. */
  async make(exchange: Exchange): Promise<Answer> {
    const slots = this.#slots;
    const slot = slots.tryAcquire() ?? (await this.#waitForSlot(exchange));
    try {
      if (this.#limiter?.tryTake() === false) await this.#waitForToken(exchange, this.#limiter);
      const headers = await this.#headers(exchange);
      return await this.#breaker.run(() => this.#send(exchange, headers));
    } catch (error) {
      if (error instanceof AttemptFailure) {
        exchange.failure = error;
        exchange.isUncertain ||= error.facts.carriedOut === 'unknown';
        exchange.mayBeUnderWay ||= error.code === 'HTTP_TIMEOUT' && error.facts.status === undefined;
        if (error.code === 'HTTP_CIRCUIT_OPEN') this.#counters.rejected += 1;
      }
      throw error;
    } finally {
      exchange.isSent = false;
      slots.release(slot);
    }
  }

  async #waitForSlot(exchange: Exchange): Promise<number> {
    if (this.#slots.stats().waiting >= this.#options.maxWaiting) {
      this.#counters.rejected += 1;
      throw notSent('HTTP_OVERLOADED', 'too many requests wait already');
    }
    return this.#slots.acquire({ signal: exchange.signal });
  }

  async #waitForToken(exchange: Exchange, limiter: RateLimiter): Promise<void> {
    const waitMs = limiter.expectedWaitMs();
    if (waitMs >= exchange.deadlineAt - this.#clock.now()) {
      this.#counters.rejected += 1;
      throw notSent('HTTP_RATE_LIMITED', 'the rate limit leaves no time before the deadline', waitMs);
    }
    await limiter.take(exchange.signal);
  }

  #send(exchange: Exchange, headers: readonly string[]): Promise<Answer> {
    if (exchange.attempts > 0) this.#counters.retries += 1;
    exchange.attempts += 1;
    this.#counters.attempts += 1;
    // Of a write that is given up nobody would know what became of it.
    const first = this.#dispatch(exchange, headers, exchange.isRead ? this.#breaker.probeLimitMs : undefined);
    const { hedgeAfterMs } = this.#options;
    if (!exchange.mayHedge || hedgeAfterMs === undefined) return first.answer;
    return hedged(first, () => this.#hedge(exchange, headers), hedgeAfterMs, this.#clock);
  }

  /** A second attempt beside the first, where that takes nothing from others. */
  #hedge(exchange: Exchange, headers: readonly string[]): Running<Answer> | undefined {
    if (exchange.aborted || this.#breaker.state !== 'closed') return undefined;
    const slot = this.#slots.tryAcquire();
    if (slot === undefined) return undefined;
    const release = (): void => this.#slots.release(slot);
    if (!this.#budget.spend() || this.#limiter?.tryTake() === false) {
      this.#counters.retriesRefused += 1;
      release();
      return undefined;
    }
    this.#counters.hedges += 1;
    this.#counters.attempts += 1;
    const running = this.#dispatch(exchange, headers);
    running.answer.then(release, release);
    return running;
  }

  /** Hands one attempt to the pool; cancelling the exchange ends it, and so does `silenceMs` without an answer. */
  #dispatch(exchange: Exchange, headers: readonly string[], silenceMs?: number): Running<Answer> {
    const { baseUrl, breaker } = this.#options;
    const handler = new AttemptHandler(exchange, this.#limits(exchange), this.#clock);
    const start = this.#clock.now();
    const cancel = (): void => handler.cancel(this.#clock.now() - start >= breaker.slowMs);
    const callOff =
      silenceMs === undefined ? undefined : this.#clock.after(silenceMs, () => handler.endSilence());
    const forget = (): void => {
      callOff?.();
      exchange.removeEventListener('abort', cancel);
    };
    exchange.addEventListener('abort', cancel);
    handler.answer.then(forget, forget);
    if (exchange.aborted) cancel();
    else {
      const { line: path, method, body = null } = exchange;
      this.#pool.dispatch(
        { origin: baseUrl.origin, path, method, headers: headers as string[], body },
        handler,
      );
    }
    return handler;
  }

  /** A guarded write leaves half of its time for asking what became of it. */
  #limits({ repeat, deadlineAt }: Exchange): AttemptLimits {
    if (typeof repeat !== 'object') return this.#options;
    const half = Math.max(1, (deadlineAt - this.#clock.now()) / 2);
    return { ...this.#options, headersTimeoutMs: Math.min(this.#options.headersTimeoutMs, half) };
  }

  async #headers({ headers, expect = 'json' }: Exchange): Promise<readonly string[]> {
    const { token, name } = this.#options;
    const list = [...this.#commonHeaders, ...headers];
    if (!headers.includes('accept')) list.push('accept', expect === 'json' ? 'application/json' : '*/*');
    if (typeof token === 'function') {
      const text = await token();
      if (!isToken(text)) {
        throw new Invalid('CONFIG_INVALID', `${name}: the token must consist of visible ASCII characters`, {
          details: { field: 'token' },
        });
      }
      list.push('authorization', `token ${text}`);
    }
    return list;
  }
}

function notSent(
  code: 'HTTP_OVERLOADED' | 'HTTP_RATE_LIMITED',
  message: string,
  retryAfterMs?: number,
): AttemptFailure {
  return new AttemptFailure(code, message, {
    carriedOut: 'no',
    again: 'later',
    blamesServer: false,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
