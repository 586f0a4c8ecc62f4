import { randomUUID } from 'node:crypto';
import {
  type Invalidation,
  type InvalidationLog,
  invalidationName,
  type LatestInvalidations,
  type LogPage,
  type TierEntry,
} from '@markitect/ports';
import { Acknowledgements } from './acknowledgements.js';
import type { RedisCommand, RedisConnection } from './redis.connection.js';
import { RedisFailure, toCacheError } from './redis-error.js';
import { appendScript, beatScript, latestScript, sinceScript } from './redis-log-scripts.js';
import type { RedisScript } from './redis-script.js';
import type { RedisTier } from './redis-tier.js';

/** How a {@link RedisInvalidationLog} is kept. Except for the connection, the same in all processes. */
export interface RedisInvalidationLogOptions {
  readonly connection: RedisConnection;
  /** Names the log: processes with the same prefix and database share it. Default `markitect-cache`. */
  readonly prefix?: string;
  /** The most names remembered; beyond that the oldest are forgotten and what may depend on them counts as invalid. */
  readonly maxNames?: number;
  /**
   * For how long a process that hears nothing of Redis may go on with what it knows, in milliseconds; also the longest
   * that a write waits for a process that has been killed or hangs. Default 1000.
   */
  readonly trustMs?: number;
}

/** The most names in one script, which nobody else can run beside. */
const GROUP = 2000;

interface Appending {
  readonly names: readonly string[];
  /** For some of the names what is kept with them: the number of the name, from 1, and what the tier makes of it. */
  readonly kept: readonly (readonly [number, ReturnType<RedisTier['written']>])[];
  readonly done: (position: number) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The log of processes on several machines, in Redis. An invalidation is acknowledged once every process respects it:
 * it is published, each process says that it has heard, and one that does not say so is waited for until it has stopped
 * trusting what it knew. A process trusts what it knows for `trustMs` after it last asked Redis, which it does three
 * times as often; after that `position` is `Infinity` and its cache does without what it has, until it hears again. So
 * lost messages, a lost connection and a paused process make nothing stale, and a Redis that is away for less than
 * `trustMs` is not noticed by readers. Redis losing everything, or being put back to an older state, makes everything
 * invalid.
 */
export class RedisInvalidationLog implements InvalidationLog {
  readonly #connection: RedisConnection;
  readonly #keys: readonly string[];
  readonly #channel: string;
  readonly #maxNames: number;
  readonly #trustMs: number;
  readonly #id = randomUUID();
  readonly #acknowledgements = new Acknowledgements();
  /** The newest position known, and until when it is all there is to know, by the monotonic clock. */
  #newest = 0;
  #trustedUntil = Number.NEGATIVE_INFINITY;
  #isTrusted = false;
  #isChecked = false;
  #appending: Appending[] = [];
  /** By writer: up to where it still has to be told that it was heard. */
  #heard = new Map<string, number>();
  #started: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RedisInvalidationLogOptions) {
    const { connection, prefix = 'markitect-cache', maxNames = 100_000, trustMs = 1000 } = options;
    this.#connection = connection;
    this.#keys = [`{${prefix}}:log`, `{${prefix}}:log:names`];
    this.#channel = `${prefix}:${connection.database}:log`;
    this.#maxNames = maxNames;
    this.#trustMs = trustMs;
  }

  /** Looks at the clock once per turn: what other processes did can reach this code in a later turn only. */
  readonly position = (): number => {
    if (!this.#isChecked) {
      this.#isChecked = true;
      process.nextTick(this.#checkAgain);
      this.#isTrusted = performance.now() < this.#trustedUntil;
    }
    return this.#isTrusted ? this.#newest : Number.POSITIVE_INFINITY;
  };

  readonly #checkAgain = (): void => {
    this.#isChecked = false;
  };

  /** Begins to listen; otherwise the first use does. Settles when it listens or Redis does not answer. Never throws. */
  open(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Leaves, so that nobody waits for this process. The connection stays open. Never throws. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#forgetTrust();
    if (this.#started === undefined) return;
    await this.#started;
    clearTimeout(this.#timer);
    this.#forgetTrust();
    const [key = ''] = this.#keys;
    await this.#connection.command(['HDEL', key, `r:${this.#id}`]).catch(() => undefined);
    await this.#connection.unsubscribe(this.#channel).catch(() => undefined);
    await this.#connection.unsubscribe(this.#ackChannel(this.#id)).catch(() => undefined);
  }

  async since(position: number, limit = 1000): Promise<LogPage> {
    const most = Math.max(1, Math.ceil(limit));
    const answer = await this.#asking('read the log', sinceScript, [String(position), String(most)]);
    const [newest, isTruncated, ...rows] = answer as [number, number, ...string[]];
    this.#learn(newest);
    if (isTruncated === 1) return { invalidations: [], position: newest, isTruncated: true };
    const invalidations = [];
    for (let index = 0; index + 1 < rows.length; index += 2) {
      invalidations.push({ name: rows[index] ?? '', position: Number(rows[index + 1]) });
    }
    const isWhole = invalidations.length < most;
    const upTo = isWhole ? newest : (invalidations.at(-1)?.position ?? newest);
    return { invalidations, position: upTo, isTruncated: false };
  }

  async latest(names: readonly string[]): Promise<LatestInvalidations> {
    const positions = new Map<string, number>();
    let horizon = 0;
    for (let start = 0; start === 0 || start < names.length; start += GROUP) {
      const group = names.slice(start, start + GROUP);
      const answer = await this.#run('read the log', latestScript, group);
      const [floor, ...found] = answer as [number, ...(string | null)[]];
      horizon = Math.max(horizon, floor);
      for (const [index, name] of group.entries()) {
        const position = found[index];
        if (position !== null && position !== undefined) positions.set(name, Number(position));
      }
    }
    return { positions, horizon };
  }

  append(invalidations: readonly Invalidation[]): Promise<number> {
    return this.#gather(invalidations.map(invalidationName), []);
  }

  /**
   * Adds the invalidation of each key and keeps its entry, if there is one, in a tier on the same connection, with the
   * position as its version: one step and one round trip for both. Throws as {@link append}.
   */
  appendAndKeep(
    tier: RedisTier,
    entries: readonly (readonly [key: string, entry: TierEntry | undefined])[],
  ): Promise<number> {
    const kept = entries.flatMap(([key, entry], index) =>
      entry === undefined ? [] : [[index + 1, tier.written(key, entry)] as const],
    );
    const names = entries.map(([name]) => invalidationName({ kind: 'key', name }));
    return this.#gather(names, kept);
  }

  #gather(names: readonly string[], kept: Appending['kept']): Promise<number> {
    return new Promise((done, failed) => {
      this.#appending.push({ names, kept, done, failed });
      // What others add in the same turn goes along.
      if (this.#appending.length === 1) process.nextTick(() => this.#appendGathered());
    });
  }

  #appendGathered(): void {
    const all = this.#appending;
    this.#appending = [];
    for (let start = 0; start < all.length;) {
      let end = start + 1;
      let size = all[start]?.names.length ?? 0;
      while (end < all.length && size + (all[end]?.names.length ?? 0) <= GROUP) {
        size += all[end]?.names.length ?? 0;
        end += 1;
      }
      void this.#appendGroup(all.slice(start, end));
      start = end;
    }
  }

  async #appendGroup(group: readonly Appending[]): Promise<void> {
    try {
      const names = group.flatMap((each) => each.names);
      const keys: string[] = [];
      const values: (string | Buffer)[] = [];
      let before = 0;
      for (const { names: own, kept } of group) {
        for (const [number, [key, ms, head, rest]] of kept) {
          keys.push(key);
          values.push(String(before + number), ms, head, rest);
        }
        before += own.length;
      }
      const said = [String(this.#maxNames), String(names.length), ...names, ...values];
      const answer = await this.#run('record an invalidation', appendScript, said, keys);
      const [last, unknownMs, ...others] = answer as [number, number, ...(string | number)[]];
      const now = performance.now();
      const readers = new Map<string, number>();
      if (unknownMs > 0) readers.set('', now + unknownMs);
      for (let index = 0; index + 1 < others.length; index += 2) {
        readers.set(String(others[index]), now + Number(others[index + 1]));
      }
      if (readers.size > 0) await this.#acknowledgements.of(last, readers);
      this.#learn(last);
      let position = last - names.length;
      for (const { names: own, done } of group) done((position += own.length));
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }

  async #start(): Promise<void> {
    const listening = [
      this.#connection.subscribe(this.#channel, this.#onPublished),
      this.#connection.subscribe(this.#ackChannel(this.#id), this.#onAcknowledged),
    ];
    await Promise.all([...listening, this.#connection.open().catch(() => undefined)]);
    await this.#beat();
  }

  /** Asks how far the log is, again and again. That renews the trust, and finds what was published in vain. */
  async #beat(): Promise<void> {
    try {
      const before = this.#newest;
      const position = Number(await this.#asking('read the log', beatScript, []));
      // News that came by asking and not by itself: is the line still there?
      if (before > 0 && position > this.#newest) void this.#connection.checkSubscription();
      this.#learn(position);
    } catch {
      // `position` says so soon.
    }
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#beat(), this.#trustMs / 3);
    this.#timer.unref();
  }

  readonly #onPublished = (message: string): void => {
    const [position, writer = ''] = message.split(' ');
    // What this process adds it respects from when it is acknowledged.
    if (writer === this.#id || this.#isClosed) return;
    this.#learn(Number(position));
    if (this.#heard.size === 0) process.nextTick(this.#acknowledge);
    this.#heard.set(writer, Number(position));
  };

  readonly #acknowledge = (): void => {
    const heard = this.#heard;
    this.#heard = new Map();
    for (const [writer, position] of heard) {
      const command = ['PUBLISH', this.#ackChannel(writer), `${position} ${this.#id}`];
      // Unheard, it costs the writer time.
      this.#connection.command(command).catch(() => undefined);
    }
  };

  readonly #onAcknowledged = (message: string): void => {
    const [position, reader = ''] = message.split(' ');
    this.#acknowledgements.heard(reader, Number(position));
  };

  /** Positions never go back: an older message says nothing. */
  #learn(position: number): void {
    if (position > this.#newest) this.#newest = position;
  }

  #forgetTrust(): void {
    this.#trustedUntil = Number.NEGATIVE_INFINITY;
    this.#isTrusted = false;
  }

  /** Runs a script that lets this process trust its answer, from before it was asked. */
  async #asking(doing: string, script: RedisScript, values: readonly string[]): Promise<unknown> {
    // A tenth less than Redis counts on, for clocks that do not run equally fast.
    const until = performance.now() + this.#trustMs * 0.9;
    const answer = await this.#run(doing, script, values);
    if (!this.#isClosed && until > performance.now()) {
      this.#learn(Array.isArray(answer) ? Number(answer[0]) : Number(answer));
      this.#trustedUntil = Math.max(this.#trustedUntil, until);
      this.#isTrusted = true;
    }
    return answer;
  }

  async #run(
    doing: string,
    script: RedisScript,
    values: RedisCommand,
    keys: readonly string[] = [],
  ): Promise<unknown> {
    if (this.#isClosed) throw toCacheError('CACHE_LOG_FAILED', doing, new RedisFailure('the log is closed'));
    void this.open();
    const first = [this.#channel, String(this.#trustMs), String(this.#newest), this.#id];
    try {
      return await this.#connection.script(script, [...this.#keys, ...keys], [...first, ...values]);
    } catch (error) {
      throw toCacheError('CACHE_LOG_FAILED', doing, error);
    }
  }

  #ackChannel(id: string): string {
    return `${this.#channel}:${id}`;
  }
}
