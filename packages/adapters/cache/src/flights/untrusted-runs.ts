import type { CachePolicy } from '@markitect/ports';
import type { CacheCore, NamespaceSettings } from '../cache-core.js';
import { weigh } from '../memory/weigh.js';
import { AbortHandle, FactoryCall } from './factory-call.js';
import { type AnyFactory, runFactory } from './run-factory.js';
import { tookTooLong, Waiters } from './waiters.js';

/** What is to be made. */
export interface UntrustedOrder {
  readonly key: string;
  readonly factory: AnyFactory;
  readonly policy: CachePolicy;
}

/**
 * Values that nobody may keep, for the log can't be read. One factory of a key runs at a time: who comes while it runs
 * can't know whether it saw what was acknowledged meanwhile, so all of those wait for one that begins after it.
 */
export class UntrustedRuns {
  readonly #core: CacheCore;
  readonly #namespace: string;
  readonly #settings: NamespaceSettings;
  /** Of each key the run that begins last. */
  readonly #latest = new Map<string, Run>();
  #arrivals = 0;

  constructor(core: CacheCore, namespace: string, settings: NamespaceSettings) {
    this.#core = core;
    this.#namespace = namespace;
    this.#settings = settings;
  }

  /** The place of a call in the order of all: taken when it begins. */
  arrive(): number {
    return ++this.#arrivals;
  }

  /** What a factory answers that begins after the call did. Throws what it throws, and as a flight does. */
  make(order: UntrustedOrder, arrival: number, signal: AbortSignal | undefined): Promise<unknown> {
    const { key } = order;
    const latest = this.#latest.get(key);
    if (latest !== undefined && arrival <= latest.begunAt && !latest.isGivenUp) {
      return latest.waiters.join(latest.served, signal);
    }
    const run = new Run(key, latest?.over, (begun) => this.#run(begun, order));
    this.#latest.set(key, run);
    const forget = (): void => {
      if (this.#latest.get(key) === run) this.#latest.delete(key);
    };
    this.#core.background(run.over.then(forget));
    return run.waiters.join(run.served, signal);
  }

  async #run(run: Run, { key, factory, policy }: UntrustedOrder): Promise<unknown> {
    run.begunAt = this.#arrivals;
    const { hardTimeoutMs } = policy;
    const isBounded = Number.isFinite(hardTimeoutMs);
    const cancel = isBounded
      ? this.#core.time.after(hardTimeoutMs, () => run.giveUp(tookTooLong(key, hardTimeoutMs)))
      : undefined;
    try {
      const call = new FactoryCall(key, undefined, run.abort);
      const made = runFactory(this.#core, this.#namespace, factory, call);
      const value = await Promise.race([made, run.givenUp]);
      if (this.#settings.freeze) weigh(value, true);
      return value;
    } finally {
      cancel?.();
    }
  }
}

class Run {
  readonly waiters: Waiters;
  readonly served: Promise<unknown>;
  /** Settles when it is over. Never rejects. */
  readonly over: Promise<void>;
  readonly abort = new AbortHandle();
  /** Rejects when it took too long, or nobody waits for it any more. */
  readonly givenUp: Promise<never>;
  /** The last call that came before its factory began. */
  begunAt = Number.POSITIVE_INFINITY;
  #reject!: (reason: unknown) => void;

  constructor(key: string, before: Promise<void> | undefined, work: (run: Run) => Promise<unknown>) {
    this.givenUp = new Promise((_, reject) => (this.#reject = reject));
    this.givenUp.catch(() => undefined);
    this.waiters = new Waiters(key, (reason) => this.giveUp(reason));
    this.served = (before ?? Promise.resolve()).then(() => (this.isGivenUp ? undefined : work(this)));
    this.over = this.served.then(
      () => undefined,
      () => undefined,
    );
  }

  get isGivenUp(): boolean {
    return this.abort.isAborted;
  }

  giveUp(reason: unknown): void {
    this.abort.abort(reason);
    this.#reject(reason);
  }
}
