import { type MarkitectError, Timeout, Unavailable } from '@markitect/domain';

/** How much of a lease is taken, and how long takers have waited. */
export interface LeaseStats {
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
  /** All waiting of the past together, in milliseconds. */
  readonly waitMs: number;
}

/** How long one taker is willing to wait. */
export interface LeaseRequest {
  /** In milliseconds from now. Default: that of the lease. */
  readonly timeoutMs?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** What a lease needs to know besides its resources. */
export interface LeaseOptions {
  /** The longest wait in milliseconds. Default: no end. */
  readonly timeoutMs?: number;
  /** The error of a wait that took too long. Default: Timeout `DEADLINE_EXCEEDED`. */
  readonly timedOut?: (waitedMs: number) => MarkitectError;
  /** The error of every call after {@link FairLease.close}. Default: Unavailable `CONNECTION_CLOSED`. */
  readonly closed?: () => MarkitectError;
}

interface Waiter<T> {
  readonly since: number;
  readonly grant: (resource: T) => void;
}

/**
 * Hands out a fixed set of resources, each to one taker at a time, in the order of asking: nobody overtakes, nobody
 * starves. Taking an idle resource costs no timer and no turn of the event loop.
 */
export class FairLease<T> {
  readonly #idle: T[];
  readonly #inUse = new Set<T>();
  readonly #waiters = new Set<Waiter<T>>();
  readonly #options: LeaseOptions;
  #waitMs = 0;
  #closing: Promise<void> | undefined;
  #closed: (() => void) | undefined;

  constructor(resources: readonly T[], options: LeaseOptions = {}) {
    this.#idle = [...resources];
    this.#options = options;
  }

  /** An idle resource for which nobody else waits, at once; `undefined` when there is none. Give it back. */
  tryAcquire(): T | undefined {
    if (this.#closing !== undefined || this.#waiters.size > 0) return undefined;
    const resource = this.#idle.pop();
    if (resource !== undefined) this.#inUse.add(resource);
    return resource;
  }

  /**
   * Waits for a resource; give it back with {@link release}. Throws Timeout when the wait takes too long or is
   * cancelled (`DEADLINE_EXCEEDED` unless the options say otherwise), Unavailable once the lease is closed.
   */
  async acquire(request: LeaseRequest = {}): Promise<T> {
    if (this.#closing !== undefined) throw this.#refusal();
    if (request.signal?.aborted === true) throw cancelled(request.signal);
    const resource = this.tryAcquire();
    return resource ?? this.#wait(request);
  }

  /** Gives a resource back; it goes to the one who has waited longest. */
  release(resource: T): void {
    if (!this.#inUse.delete(resource)) return;
    const [next] = this.#waiters;
    if (next !== undefined) {
      this.#waiters.delete(next);
      this.#waitMs += performance.now() - next.since;
      this.#inUse.add(resource);
      next.grant(resource);
      return;
    }
    this.#idle.push(resource);
    if (this.#inUse.size === 0) this.#closed?.();
  }

  /** Runs work with a resource and gives it back, whatever the outcome. Throws as {@link acquire} and the work do. */
  async use<R>(work: (resource: T) => Promise<R>, request?: LeaseRequest): Promise<R> {
    const resource = this.tryAcquire() ?? (await this.acquire(request));
    try {
      return await work(resource);
    } finally {
      this.release(resource);
    }
  }

  /** Refuses new takers, lets those who already wait have their turn, and settles when everything is back. */
  close(): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      this.#closed = resolve;
      if (this.#inUse.size === 0) resolve();
    });
    return this.#closing;
  }

  stats(): LeaseStats {
    return {
      inUse: this.#inUse.size,
      idle: this.#idle.length,
      waiting: this.#waiters.size,
      waitMs: this.#waitMs,
    };
  }

  #wait({ timeoutMs = this.#options.timeoutMs, signal }: LeaseRequest): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const since = performance.now();
      let timer: NodeJS.Timeout | undefined;
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter<T> = {
        since,
        grant: (resource) => {
          settle();
          resolve(resource);
        },
      };
      const giveUp = (error: MarkitectError): void => {
        settle();
        this.#waiters.delete(waiter);
        this.#waitMs += performance.now() - since;
        reject(error);
      };
      const abort = (): void => giveUp(cancelled(signal));
      signal?.addEventListener('abort', abort, { once: true });
      if (timeoutMs !== undefined) {
        timer = setTimeout(() => giveUp(this.#timeout(performance.now() - since)), timeoutMs);
      }
      this.#waiters.add(waiter);
    });
  }

  #timeout(waitedMs: number): MarkitectError {
    return (
      this.#options.timedOut?.(waitedMs) ??
      new Timeout(
        'DEADLINE_EXCEEDED',
        `waited ${Math.round(waitedMs)} ms for a connection that stayed in use`,
      )
    );
  }

  #refusal(): MarkitectError {
    return (
      this.#options.closed?.() ?? new Unavailable('CONNECTION_CLOSED', 'the connection is closed or closing')
    );
  }
}

function cancelled(signal: AbortSignal | undefined): MarkitectError {
  return new Timeout('DEADLINE_EXCEEDED', 'the wait for a connection was cancelled', {
    cause: signal?.reason,
  });
}
