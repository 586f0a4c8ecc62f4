import type { createClient } from '@keyv/redis';
import { RedisFailure } from './redis-error.js';
import type { ResolvedRedisOptions } from './redis-options.js';

type Client = ReturnType<typeof newClient>;

/** Told of what arrives on a channel. */
export type RedisListener = (message: string) => void;

/** Loads the driver: before a time that is only for connecting begins. */
export async function loadRedisDriver(): Promise<void> {
  await import('@keyv/redis');
}

/**
 * One socket to Redis that is made again whenever it is lost. Nothing is queued while it is. The driver is loaded with
 * the first connection: it takes longer than everything else that a command without Redis loads.
 */
export class RedisWire {
  readonly #options: ResolvedRedisOptions;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Map<string, RedisListener>();
  #client: Client | undefined;
  #isClosed = false;
  #connected: Promise<void> | undefined;
  /** How often the connection was lost. */
  losses = 0;

  constructor(options: ResolvedRedisOptions, onError: (error: unknown) => void) {
    this.#options = options;
    this.#onError = onError;
  }

  get isReady(): boolean {
    return this.#client?.isReady === true;
  }

  /** Throws RedisFailure before there was a connection. */
  get client(): Client {
    if (this.#client === undefined) throw new RedisFailure('it is not connected');
    return this.#client;
  }

  /** Settles when it is connected for the first time; goes on trying until it is closed. */
  connect(): Promise<void> {
    this.#connected ??= this.#connect();
    return this.#connected;
  }

  /** Listens from the next connection on, and at once when there is one. */
  async subscribe(channel: string, listener: RedisListener): Promise<void> {
    this.#listeners.set(channel, listener);
    if (this.isReady) await this.client.subscribe(channel, listener);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#listeners.delete(channel);
    if (this.isReady) await this.client.unsubscribe(channel);
  }

  /** Whether a client is the one in use and believes that it is connected. */
  isStill(client: Client): boolean {
    return this.#client === client && client.isReady;
  }

  /** Gives up on a socket that does not answer any more, and makes another. */
  restart(): void {
    const old = this.#client;
    this.#connected = this.#connect();
    // It ends only by being closed or given up in its turn.
    this.#connected.catch(() => undefined);
    this.losses += 1;
    end(old);
  }

  /** Lets go at once: whoever asked something waits for the answer before. */
  close(): void {
    this.#isClosed = true;
    end(this.#client);
  }

  async #connect(): Promise<void> {
    const driver = await import('@keyv/redis');
    if (this.#isClosed) return;
    const client = newClient(driver.createClient, this.#options);
    client.on('error', this.#onError);
    client.on('reconnecting', () => (this.losses += 1));
    this.#client = client;
    await client.connect();
    // The driver listens again by itself after a loss; a new client has to be told.
    for (const [channel, listener] of this.#listeners) await client.subscribe(channel, listener);
  }
}

function end(client: Client | undefined): void {
  if (client?.isOpen === true) client.destroy();
}

function newClient(create: typeof createClient, options: ResolvedRedisOptions) {
  const { host, port, tls, ca, username, password, database, connectTimeoutMs, maxReconnectMs } = options;
  const reconnectStrategy = (retries: number): number => {
    const longest = Math.min(maxReconnectMs, 25 * 2 ** Math.min(retries, 20));
    return Math.round(longest * (0.5 + Math.random() / 2));
  };
  const socket = { host, port, connectTimeout: connectTimeoutMs, reconnectStrategy };
  return create({
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    socket: tls ? { ...socket, tls: true, ...(ca !== undefined && { ca }) } : socket,
  });
}
