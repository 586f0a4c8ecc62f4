import {
  type Connection,
  type ConnectionHealth,
  type ConnectionStats,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '@markitect/connections';
import { Invalid, isMarkitectError, type MarkitectError, Unavailable, Unexpected } from '@markitect/domain';
import type { Answer } from './attempt/answer.js';
import { AttemptFailure } from './attempt/attempt-failure.js';
import { Attempts } from './attempt/attempts.js';
import { Exchange } from './attempt/exchange.js';
import { requestHeaders } from './attempt/request-headers.js';
import { requestLine } from './attempt/request-line.js';
import { type Clock, systemClock } from './clock.js';
import { type HttpCounters, newCounters } from './http-counters.js';
import { toDeadlineError, toHttpError } from './http-error.js';
import { type HttpOptions, resolveHttpOptions, type ResolvedHttpOptions } from './http-options.js';
import { Breaker } from './policies/breaker.js';
import { Flight } from './policies/flight.js';
import { RateLimiter } from './policies/rate-limiter.js';
import { RetryBudget } from './policies/retry-budget.js';
import { decideRetry } from './policies/retry-decision.js';
import { openPool } from './transport/pool.connection.js';
import { type RetryingClient, retryingClient } from './transport/retrying-client.connection.js';

/**
 * A connection to one HTTP server. A call passes, from the outside in: the deadline and signal of its caller, identical
 * GETs under way, the repeating (axios-retry, the only place that repeats); then each attempt: a socket's slot in the
 * order of asking, a token of the rate limit, the breaker, the pool. No redirect is followed.
 */
export class HttpConnection implements Connection, HttpClient {
  readonly name: string;
  readonly kind = 'http';
  readonly #options: ResolvedHttpOptions;
  readonly #clock: Clock;
  readonly #budget: RetryBudget;
  readonly #limiter: RateLimiter | undefined;
  readonly #breaker: Breaker;
  readonly #client: RetryingClient;
  readonly #counters: HttpCounters = newCounters();
  readonly #shareable = new Map<string, Flight>();
  /** Signals that guards were given: what they ask belongs to a call that is under way. */
  readonly #guardSignals = new WeakSet<AbortSignal>();
  #attempts: Attempts | undefined;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #flying = 0;
  #onLanded: (() => void) | undefined;

  /** Throws Invalid `CONFIG_INVALID`. Connects to nothing yet. */
  constructor(options: HttpOptions, clock: Clock = systemClock) {
    const resolved = resolveHttpOptions(options);
    this.name = resolved.name;
    this.#options = resolved;
    this.#clock = clock;
    const { retry, rateLimit } = resolved;
    this.#budget = new RetryBudget({ ratio: retry.budgetRatio, perSecond: retry.budgetPerSecond }, () =>
      clock.now(),
    );
    this.#limiter = rateLimit && new RateLimiter(rateLimit, clock);
    this.#breaker = new Breaker(resolved.breaker);
    this.#client = retryingClient({
      attempts: retry.attempts,
      attempt: (exchange) => (this.#attempts ?? this.#throwClosed()).make(exchange),
      shouldRepeat: (exchange, failure) => this.#shouldRepeat(exchange, failure),
    });
  }

  /** Reads the files for TLS and makes the pool. Throws Invalid `CONFIG_INVALID`. */
  open(): Promise<void> {
    this.#opening ??= openPool(this.#options).then(
      (pool) => {
        this.#attempts = new Attempts(pool, {
          options: this.#options,
          clock: this.#clock,
          counters: this.#counters,
          budget: this.#budget,
          limiter: this.#limiter,
          breaker: this.#breaker,
        });
      },
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }

  /** Refuses new calls, waits for those under way, each at most its deadline, then closes the sockets. */
  close(): Promise<void> {
    if (this.#opening === undefined) return Promise.resolve();
    this.#closing ??= this.#close().finally(() => {
      this.#opening = undefined;
      this.#closing = undefined;
    });
    return this.#closing;
  }

  /**
   * Asks for the health path on a socket of its own, past all policies. Any answer below 500 is `up`, 429 too: it is
   * reachable, whatever it thinks of the question. Never throws.
   */
  async health(): Promise<ConnectionHealth> {
    const start = this.#clock.now();
    const attempts = this.#attempts;
    if (attempts === undefined) return { status: 'closed', latencyMs: 0 };
    const { healthPath, healthTimeoutMs, baseUrl } = this.#options;
    const request: HttpRequest = { method: 'GET', path: healthPath, expect: 'none' };
    const exchange = new Exchange(request, requestLine(baseUrl.pathname, request), [], false);
    const probe = (): Promise<Answer> => attempts.probe(exchange);
    try {
      const patience = { deadlineMs: healthTimeoutMs, signal: undefined };
      await new Flight(exchange, probe, this.#clock, this.#leaveError, patience).join(patience);
    } catch (thrown) {
      const error = this.#clean(thrown, exchange);
      const latencyMs = this.#clock.now() - start;
      return error.code === 'HTTP_RATE_LIMITED'
        ? { status: 'up', latencyMs }
        : { status: 'down', latencyMs, error };
    }
    return { status: 'up', latencyMs: this.#clock.now() - start };
  }

  stats(): ConnectionStats {
    const { waits, waitMs } = this.#limiter?.stats() ?? { waits: 0, waitMs: 0 };
    return {
      open: this.#attempts !== undefined,
      leases: this.#attempts === undefined ? {} : { requests: this.#attempts.stats() },
      counters: {
        ...this.#counters,
        rateLimitWaits: waits,
        rateLimitWaitMs: Math.round(waitMs),
        breakerOpened: this.#breaker.opened,
        breakerProbes: this.#breaker.probed,
      },
      states: { breaker: this.#breaker.state },
    };
  }

  /** As {@link HttpClient.request}; also Invalid `REQUEST_INVALID` and Unavailable `CONNECTION_CLOSED`. */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const { signal, deadlineMs = this.#options.deadlineMs } = request;
    this.#counters.requests += 1;
    try {
      this.#refuseClosed(signal);
      if (!(deadlineMs >= 1 && deadlineMs < 2 ** 31)) throw wrongDeadline();
      const flight = this.#flightFor(request, { deadlineMs, signal });
      return await flight.join({ deadlineMs, signal });
    } catch (error) {
      this.#counters.failures += 1;
      throw error;
    }
  }

  /** The exchange of an identical GET under way, or a new one. */
  #flightFor(
    request: HttpRequest,
    patience: { deadlineMs: number; signal: AbortSignal | undefined },
  ): Flight {
    const { method, expect = 'json', share = true, hedge = true } = request;
    const line = requestLine(this.#options.baseUrl.pathname, request);
    const headers = requestHeaders(request);
    const isShareable = method === 'GET' && share;
    const key = isShareable ? `${line}\n${expect}\n${headers.join('\n')}` : '';
    if (isShareable) {
      const flight = this.#shareable.get(key);
      if (flight !== undefined && !flight.exchange.aborted) {
        this.#counters.shared += 1;
        return flight;
      }
    }
    const mayHedge = method === 'GET' && hedge && this.#options.hedgeAfterMs !== undefined;
    const exchange = new Exchange(request, line, headers, mayHedge);
    if (patience.signal?.aborted === true) throw this.#leaveError(exchange, undefined);
    this.#budget.earn();
    const flight = new Flight(exchange, this.#fly, this.#clock, this.#leaveError, patience);
    if (isShareable) {
      this.#shareable.set(key, flight);
      const forget = (): void => {
        if (this.#shareable.get(key) === flight) this.#shareable.delete(key);
      };
      flight.done.then(forget, forget);
    } else if (!exchange.isRead) {
      // Whoever reads after a write must not get an answer from before it.
      const forgetAll = (): void => this.#shareable.clear();
      flight.done.then(forgetAll, forgetAll);
    }
    return flight;
  }

  readonly #leaveError = (exchange: Exchange, deadlineMs: number | undefined): MarkitectError =>
    toDeadlineError(this.name, exchange, deadlineMs);

  readonly #fly = async (exchange: Exchange): Promise<Answer> => {
    this.#flying += 1;
    try {
      return await this.#client(exchange);
    } catch (error) {
      return await this.#conclude(exchange, error);
    } finally {
      this.#flying -= 1;
      if (this.#flying === 0) this.#onLanded?.();
    }
  };

  /** After the last attempt has failed: what a guard knows, or the error. */
  async #conclude(exchange: Exchange, error: unknown): Promise<Answer> {
    if (exchange.isUncertain && !exchange.guardFailed && !exchange.aborted && exchange.found === undefined) {
      await this.#askGuard(exchange);
    }
    if (exchange.found !== undefined) return { response: exchange.found, json: undefined };
    throw this.#clean(error, exchange);
  }

  /** What axios-retry asks. Cheap reasons first; the guard before the budget, which only a real repeat may use up. */
  async #shouldRepeat(exchange: Exchange, failure: AttemptFailure): Promise<boolean> {
    const { retry } = this.#options;
    const remainingMs = exchange.deadlineAt - this.#clock.now();
    const decision = decideRetry(failure, exchange, retry, remainingMs, this.#clock.random());
    if (decision.kind === 'stop') {
      if (decision.isTooLong === true) this.#counters.retryAfterRefused += 1;
      return false;
    }
    if (decision.kind === 'ask') {
      await this.#askGuard(exchange);
      if (exchange.isUncertain || exchange.aborted) return false;
    }
    if (!this.#budget.spend()) {
      this.#counters.retriesRefused += 1;
      return false;
    }
    if (failure.facts.retryAfterMs !== undefined) this.#counters.retryAfterObeyed += 1;
    exchange.delayMs = decision.delayMs;
    exchange.hadItsOnce ||= failure.facts.again === 'once';
    return true;
  }

  /** Sets `found`, or clears `isUncertain` where that is certain, or sets `guardFailed`. */
  async #askGuard(exchange: Exchange): Promise<void> {
    if (typeof exchange.repeat !== 'object') return;
    try {
      this.#guardSignals.add(exchange.signal);
      // What it reads must not come from before the write.
      this.#shareable.clear();
      exchange.found = await exchange.repeat.carriedOut(exchange.signal);
      exchange.isUncertain = exchange.found !== undefined || exchange.mayBeUnderWay;
    } catch {
      exchange.guardFailed = true;
    }
  }

  /** Errors that are neither ours nor an attempt's may show the request: only their names are kept. */
  #clean(error: unknown, exchange: Exchange): MarkitectError {
    if (isMarkitectError(error)) return error;
    if (error instanceof AttemptFailure) return toHttpError(this.name, exchange, error);
    if (exchange.aborted) return this.#leaveError(exchange, undefined);
    const what = error instanceof Error ? error.name : typeof error;
    return new Unexpected(
      'UNEXPECTED',
      `${this.name}: ${exchange.method} ${exchange.path} failed with a ${what}`,
    );
  }

  #refuseClosed(signal: AbortSignal | undefined): void {
    if (this.#attempts === undefined) this.#throwClosed();
    const isOfGuard = signal !== undefined && this.#guardSignals.has(signal);
    if (this.#closing !== undefined && !isOfGuard) this.#throwClosed();
  }

  #throwClosed(): never {
    throw new Unavailable('CONNECTION_CLOSED', `the connection "${this.name}" is not open`);
  }

  async #close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    while (this.#flying > 0) await new Promise<void>((resolve) => (this.#onLanded = resolve));
    const attempts = this.#attempts;
    this.#attempts = undefined;
    await attempts?.close();
  }
}

function wrongDeadline(): Invalid {
  return new Invalid(
    'REQUEST_INVALID',
    'the deadlineMs of an HTTP request must be a number from 1 to 2147483647',
    {
      details: { field: 'deadlineMs' },
    },
  );
}
