import { cacheKey, type CachePolicy, type PreviousValue } from '@markitect/ports';
import type { CacheCore, NamespaceSettings } from '../cache-core.js';
import type { MemoryEntry } from '../memory/memory-entry.js';
import type { Shelf } from '../memory/memory-tier.js';
import { weigh } from '../memory/weigh.js';
import { Names } from '../names.js';
import { mergePolicy } from '../policy.js';
import { AbortHandle, FactoryCall } from './factory-call.js';
import { takeTurn } from './lease-turn.js';
import { type AnyFactory, runFactory } from './run-factory.js';
import { tookTooLong, Waiters } from './waiters.js';

/** What came of a flight. */
export interface Outcome {
  readonly value: unknown;
  readonly version: number;
  readonly names: Names;
  /** The position of the log up to which the value is right: callers that came at or before it may have it unseen. */
  readonly asOf: number;
}

/** What is to be made, and how. */
export interface Order {
  readonly shelf: Shelf;
  readonly key: string;
  readonly settings: NamespaceSettings;
  readonly policy: CachePolicy;
  readonly factory: AnyFactory;
  /** A valid value there is already: expired, or due for an eager refresh. */
  readonly previous: MemoryEntry | undefined;
  /** Nobody waits: an eager refresh. */
  readonly isRefresh: boolean;
}

/** The making of one value of one key, for all that want it. */
export class Flight {
  /** What those who wait get: the new value; an expired one when the factory is slow or fails; or its failure. */
  readonly served: Promise<Outcome>;
  /** Settles when everything is over, work in the background included. Never rejects. */
  readonly done: Promise<void>;
  /** The position of the log when it began: what it makes is right for whoever came at or before it. */
  asOf: number;
  /** The soft timeout is over: those who come now are served what is expired at once. */
  isLate = false;
  readonly #waiters: Waiters;
  #isOver = false;
  readonly #core: CacheCore;
  readonly #order: Order;
  readonly #abort = new AbortHandle();
  #previous: MemoryEntry | undefined;
  #serve!: (outcome: Outcome) => void;
  #fail!: (error: unknown) => void;

  constructor(core: CacheCore, order: Order) {
    this.#core = core;
    this.#order = order;
    this.#previous = order.previous;
    this.#waiters = new Waiters(order.key, (reason) => this.#end(reason));
    this.#waiters.isWantedAnyway = order.isRefresh;
    this.asOf = core.log.position();
    this.served = new Promise((resolve, reject) => {
      this.#serve = resolve;
      this.#fail = reject;
    });
    // A refresh that fails has nobody to tell.
    this.served.catch(() => undefined);
    this.done = this.#fly();
  }

  /** Whether it may serve somebody who comes now, as far as the log is known here. */
  isJoinable(position: number): boolean {
    if (this.#isOver) return false;
    if (position <= this.asOf) return true;
    const { shelf, key, policy } = this.#order;
    const names = new Names(shelf.namespace, key, policy.tags);
    return this.#core.view.judge({ version: this.asOf, checkedAt: this.asOf, names }) === 'valid';
  }

  /** Waits for what is served. Throws Timeout `DEADLINE_EXCEEDED` when the signal is aborted before. */
  join(signal: AbortSignal | undefined): Promise<Outcome> {
    return this.#waiters.join(this.served, signal);
  }

  #end(reason: unknown): void {
    this.#isOver = true;
    this.#abort.abort(reason);
  }

  async #fly(): Promise<void> {
    try {
      this.#serve((await this.#found()) ?? (await this.#timed()));
    } catch (error) {
      // What became false meanwhile must be known before anything old is served.
      const stale = (await this.#core.view.catchUp()) ? this.#stale(true) : undefined;
      if (stale === undefined) this.#fail(error);
      else this.#serve(stale);
    } finally {
      this.#isOver = true;
    }
  }

  /** What another process, or this one some time ago, left in the tiers below memory. */
  async #found(): Promise<Outcome | undefined> {
    const { shelf, key, settings, isRefresh } = this.#order;
    if (settings.memoryOnly || this.#core.chain.guards.length === 0) return undefined;
    const wanted = { fullKey: cacheKey(shelf.namespace, key), namespace: shelf.namespace, key };
    const [found] = await this.#core.chain.read([wanted]);
    if (found === undefined) return undefined;
    const { record } = found;
    const previous = this.#previous;
    const isNews =
      previous === undefined || record.createdAt > previous.createdAt || record.version > previous.version;
    if (!isNews) return undefined;
    const entry = this.#core.admit(shelf, settings, key, found, true);
    if (!found.isFresh) {
      this.#previous = entry;
      return undefined;
    }
    if (!isRefresh) this.#core.events.emit('hit', { namespace: shelf.namespace, key, tier: found.tier });
    return { value: entry.value, version: entry.version, names: entry.names, asOf: found.checkedAt };
  }

  /** Makes the value, within the two timeouts. */
  async #timed(): Promise<Outcome> {
    const { key, shelf, policy, settings, isRefresh } = this.#order;
    const { time, leases, events } = this.#core;
    if (!isRefresh && this.#previous === undefined) {
      events.emit('miss', { namespace: shelf.namespace, key });
    }
    const cancels: (() => void)[] = [];
    const cutOff = new Promise<never>((_, reject) => {
      if (!Number.isFinite(policy.hardTimeoutMs)) return;
      cancels.push(
        time.after(policy.hardTimeoutMs, () => {
          const error = tookTooLong(key, policy.hardTimeoutMs);
          this.#end(error);
          reject(error);
        }),
      );
    });
    if (Number.isFinite(policy.softTimeoutMs)) {
      cancels.push(time.after(policy.softTimeoutMs, () => void this.#goOnInBackground()));
    }
    try {
      const made =
        leases === undefined || !settings.useLease || settings.memoryOnly
          ? this.#make()
          : takeTurn(cacheKey(shelf.namespace, key), leases, time, {
              look: () => this.#found(),
              work: () => this.#make(),
              isOver: () => this.#isOver,
            });
      return await Promise.race([made, cutOff]);
    } finally {
      for (const cancel of cancels) cancel();
    }
  }

  async #goOnInBackground(): Promise<void> {
    const stale = (await this.#core.view.catchUp()) ? this.#stale(false) : undefined;
    if (stale === undefined || this.#isOver) return;
    this.isLate = true;
    this.#waiters.isWantedAnyway = true;
    this.#serve(stale);
  }

  async #make(): Promise<Outcome> {
    const { shelf, key, factory, settings } = this.#order;
    const { log, view, time } = this.#core;
    const call = new FactoryCall(key, this.#previousValue(), this.#abort);
    const version = log.position();
    this.asOf = version;
    let value: unknown;
    try {
      value = await runFactory(this.#core, shelf.namespace, factory, call);
    } catch (error) {
      if (this.#previous !== undefined) {
        this.#previous.retryAt = time.now() + this.#order.policy.graceBackoffMs;
        this.#previous.attentionAt = Math.min(this.#previous.retryAt, this.#previous.freshUntil);
      }
      throw error;
    }
    const policy = mergePolicy(this.#order.policy, call.options);
    const names = new Names(shelf.namespace, key, policy.tags);
    const outcome: Outcome = { value, version, names, asOf: version };
    const mayKeep =
      !this.#isOver &&
      !call.isSkipped &&
      Number.isFinite(version) &&
      (value === undefined ? policy.negativeTtlMs > 0 : policy.ttlMs > 0);
    // What came into the log while the factory ran decides whether its value is still of use to anybody.
    if (mayKeep && (await view.catchUp()) && !this.#hasEnded()) {
      if (view.judge({ version, checkedAt: version, names }) === 'valid') {
        const { validator } = call;
        const kept = { key, value, version, policy, validator, checkedAt: view.applied };
        const { written } = this.#core.keep(shelf, settings, kept);
        // Others may look for it in the tiers as soon as they get the lease.
        if (this.#core.leases !== undefined || shelf.entries.get(key)?.version !== version) await written;
        else this.#core.background(written);
        return outcome;
      }
    }
    if (settings.freeze) weigh(value, true);
    return outcome;
  }

  /** A method, for the compiler takes what it has seen of the field as still true after a wait. */
  #hasEnded(): boolean {
    return this.#isOver;
  }

  #previousValue(): PreviousValue<unknown> | undefined {
    const previous = this.#previous;
    if (previous === undefined || previous.isNegative || !this.#core.isUsable(previous)) return undefined;
    const { value, validator, createdAt } = previous;
    return { value, validator, ageMs: this.#core.time.now() - createdAt };
  }

  /** The expired value, while its grace lasts and nothing has made it false. */
  #stale(hasFailed: boolean): Outcome | undefined {
    const previous = this.#previous;
    const { core, shelf, key } = { core: this.#core, ...this.#order };
    if (previous === undefined || !core.view.isCurrent || !core.isUsable(previous)) return undefined;
    if (hasFailed)
      previous.retryAt = Math.max(previous.retryAt, core.time.now() + this.#order.policy.graceBackoffMs);
    if (!this.#order.isRefresh) {
      core.counters.staleHits += 1;
      core.events.emit('stale', { namespace: shelf.namespace, key });
    }
    return {
      value: previous.value,
      version: previous.version,
      names: previous.names,
      asOf: core.view.applied,
    };
  }
}
