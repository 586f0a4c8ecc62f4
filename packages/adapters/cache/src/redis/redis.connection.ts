import type { Connection, ConnectionHealth, ConnectionStats } from '@markitect/connections';
import { Unavailable } from '@markitect/domain';
import { redisReason, RedisFailure, toCacheError } from './redis-error.js';
import { type RedisOptions, type ResolvedRedisOptions, resolveRedisOptions } from './redis-options.js';
import type { RedisScript } from './redis-script.js';
import { loadRedisDriver, type RedisListener, RedisWire } from './redis-wire.connection.js';

/** One command as the server takes it. */
export type RedisCommand = readonly (string | Buffer)[];

/** The type of answers that hold bytes, `$` in the protocol. */
const BULK = '$'.charCodeAt(0) as 36;

/**
 * A connection to one Redis: one socket for commands, one for what is published. Both are made when first needed and
 * made again, with back-off and jitter, when they are lost. While they are, everything fails at once; nothing is
 * queued. When the server stops answering, one call waits for the timeout, the others fail at once until it answers.
 * Neither errors nor `inspect` nor numbers show the password.
 */
export class RedisConnection implements Connection {
  readonly name: string;
  readonly kind = 'redis';
  readonly #options: ResolvedRedisOptions;
  readonly #commands: RedisWire;
  readonly #subscription: RedisWire;
  readonly #counters = { commands: 0, failures: 0, timeouts: 0, messages: 0 };
  #lastError: unknown;
  #opening: Promise<void> | undefined;
  #isSubscribed = false;
  #isOpening = false;
  #onRefused: (() => void) | undefined;
  #isClosed = false;
  #stall: Promise<void> | undefined;
  #running = 0;
  #onIdle: (() => void) | undefined;

  /** Throws Invalid `CONFIG_INVALID`. Connects to nothing yet. */
  constructor(options: RedisOptions) {
    this.#options = resolveRedisOptions(options);
    this.name = this.#options.name;
    const onError = (error: unknown): void => {
      this.#lastError = error;
      this.#onRefused?.();
    };
    this.#commands = new RedisWire(this.#options, onError);
    this.#subscription = new RedisWire(this.#options, onError);
  }

  /** The number of the database: channels are shared by all of them, so their names have to tell them apart. */
  get database(): number {
    return this.#options.database;
  }

  /**
   * Connects, or has tried to, once and at most for `connectTimeoutMs`. A server that is away is no error here: it is tried again in the
   * background, and `health` says so. Throws Unavailable `CONNECTION_CLOSED` after {@link close}.
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#closed();
    this.#opening ??= this.#open();
    await this.#opening;
  }

  /** Refuses new commands, waits for those under way, each at most its timeout, then closes the sockets for good. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    while (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#commands.close();
    this.#subscription.close();
  }

  async health(): Promise<ConnectionHealth> {
    if (this.#opening === undefined || this.#isClosed) return { status: 'closed', latencyMs: 0 };
    const start = performance.now();
    try {
      await this.command(['PING']);
      return { status: 'up', latencyMs: performance.now() - start };
    } catch (error) {
      const latencyMs = performance.now() - start;
      return { status: 'down', latencyMs, error: toCacheError('CACHE_TIER_FAILED', 'answer', error) };
    }
  }

  stats(): ConnectionStats {
    const state = (wire: RedisWire): string => (wire.isReady ? 'ready' : 'down');
    const isOpen = this.#opening !== undefined && !this.#isClosed;
    return {
      open: isOpen,
      leases: {},
      counters: {
        ...this.#counters,
        reconnects: this.#commands.losses + this.#subscription.losses,
      },
      states: isOpen
        ? {
            commands: this.#stall === undefined ? state(this.#commands) : 'stalled',
            subscription: this.#isSubscribed ? state(this.#subscription) : 'unused',
          }
        : {},
    };
  }

  /** One command. `bytes`: what it answers comes as Buffers. Throws RedisFailure, or Unavailable `CONNECTION_CLOSED`. */
  command(command: RedisCommand, { bytes = false } = {}): Promise<unknown> {
    this.#counters.commands += 1;
    return this.#guarded((wire) => wire.client.sendCommand([...command], bytes ? asBytes : {}));
  }

  /** Runs a script, which the server is given when it does not have it. */
  script(script: RedisScript, keys: readonly string[], values: RedisCommand): Promise<unknown> {
    this.#counters.commands += 1;
    const rest = [String(keys.length), ...keys, ...values];
    return this.#guarded(async (wire) => {
      try {
        return await wire.client.sendCommand(['EVALSHA', script.digest, ...rest]);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return wire.client.sendCommand(['EVAL', script.source, ...rest]);
      }
    });
  }

  /** Listens to a channel, now or as soon as Redis is there, and again after each loss. Never throws. */
  async subscribe(channel: string, listener: RedisListener): Promise<void> {
    const counting: RedisListener = (message) => {
      this.#counters.messages += 1;
      listener(message);
    };
    this.#isSubscribed = true;
    await loadRedisDriver();
    // Connecting comes first, so that what it is told to listen to is not told to it twice.
    await this.#within(this.#subscription.connect());
    await this.#within(this.#subscription.subscribe(channel, counting));
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#within(this.#subscription.unsubscribe(channel));
  }

  /** Makes the socket for what is published anew when it does not answer. */
  async checkSubscription(): Promise<void> {
    const wire = this.#subscription;
    if (!wire.isReady || this.#isClosed) return;
    await this.#checkAnswers(wire);
  }

  async #open(): Promise<void> {
    this.#isOpening = true;
    await loadRedisDriver();
    const refused = new Promise<void>((resolve) => (this.#onRefused = resolve));
    await Promise.race([this.#within(this.#commands.connect()), refused]);
    this.#onRefused = undefined;
    this.#isOpening = false;
  }

  async #guarded<T>(work: (wire: RedisWire) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw this.#closed();
    this.#running += 1;
    let timer: NodeJS.Timeout | undefined;
    try {
      if (this.#opening === undefined || this.#isOpening) await this.open();
      if (!this.#commands.isReady) throw new RedisFailure(this.#whyDown());
      if (this.#stall !== undefined) throw new RedisFailure('it has stopped answering');
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(this.#late()), this.#options.commandTimeoutMs);
      });
      return await Promise.race([work(this.#commands), late]);
    } catch (error) {
      this.#counters.failures += 1;
      if (error instanceof RedisFailure || error instanceof Unavailable) throw error;
      throw new RedisFailure(redisReason(error, this.#options.password));
    } finally {
      clearTimeout(timer);
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle?.();
    }
  }

  #late(): RedisFailure {
    this.#counters.timeouts += 1;
    this.#stall ??= this.#probe().finally(() => (this.#stall = undefined));
    return new RedisFailure(`it did not answer in ${this.#options.commandTimeoutMs} ms`);
  }

  /** Settles when the server answers again, or its socket was given up. */
  async #probe(): Promise<void> {
    await this.#checkAnswers(this.#commands);
  }

  /** Gives up on a socket that is said to be there and does not answer. */
  async #checkAnswers(wire: RedisWire): Promise<void> {
    const { client } = wire;
    if (await this.#within(client.ping(), this.#options.commandTimeoutMs * 2)) return;
    if (wire.isStill(client)) wire.restart();
  }

  /** Whether something worked in time. Never throws. */
  async #within(work: Promise<unknown>, ms = this.#options.connectTimeoutMs): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
    const done = work.then(
      () => true,
      (error: unknown) => {
        this.#lastError = error;
        return false;
      },
    );
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #whyDown(): string {
    const reason =
      this.#lastError === undefined ? '' : `: ${redisReason(this.#lastError, this.#options.password)}`;
    return `${this.#options.host}:${this.#options.port} is not connected${reason}`;
  }

  #closed(): Unavailable {
    return new Unavailable('CONNECTION_CLOSED', `the connection "${this.name}" is closed`);
  }
}

const asBytes = { typeMapping: { [BULK]: Buffer } };
