import { createClient } from '@keyv/redis';
import type { ResolvedRedisOptions } from './redis-options.js';

type Client = ReturnType<typeof newClient>;

/** Told of what arrives on a channel. */
export type RedisListener = (message: string) => void;

/** One socket to Redis that is made again whenever it is lost. Nothing is queued while it is. */
export class RedisWire {
  readonly #options: ResolvedRedisOptions;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Map<string, RedisListener>();
  #client: Client;
  #connected: Promise<void> | undefined;
  /** How often the connection was lost. */
  losses = 0;

  constructor(options: ResolvedRedisOptions, onError: (error: unknown) => void) {
    this.#options = options;
    this.#onError = onError;
    this.#client = this.#make();
  }

  get isReady(): boolean {
    return this.#client.isReady;
  }

  get client(): Client {
    return this.#client;
  }

  /** Settles when it is connected for the first time; goes on trying until it is closed. */
  connect(): Promise<void> {
    this.#connected ??= this.#connect(this.#client);
    return this.#connected;
  }

  /** Listens from the next connection on, and at once when there is one. */
  async subscribe(channel: string, listener: RedisListener): Promise<void> {
    this.#listeners.set(channel, listener);
    if (this.isReady) await this.#client.subscribe(channel, listener);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#listeners.delete(channel);
    if (this.isReady) await this.#client.unsubscribe(channel);
  }

  /** Whether a client is the one in use and believes that it is connected. */
  isStill(client: Client): boolean {
    return this.#client === client && client.isReady;
  }

  /** Gives up on a socket that does not answer any more, and makes another. */
  restart(): void {
    const old = this.#client;
    this.#client = this.#make();
    this.#connected = this.#connect(this.#client);
    // It ends only by being closed or given up in its turn.
    this.#connected.catch(() => undefined);
    this.losses += 1;
    end(old);
  }

  /** Lets go at once: whoever asked something waits for the answer before. */
  close(): void {
    end(this.#client);
  }

  #make(): Client {
    const client = newClient(this.#options);
    client.on('error', this.#onError);
    client.on('reconnecting', () => (this.losses += 1));
    return client;
  }

  async #connect(client: Client): Promise<void> {
    await client.connect();
    // The driver listens again by itself after a loss; a new client has to be told.
    for (const [channel, listener] of this.#listeners) await client.subscribe(channel, listener);
  }
}

function end(client: Client): void {
  if (client.isOpen) client.destroy();
}

function newClient(options: ResolvedRedisOptions) {
  const { host, port, tls, ca, username, password, database, connectTimeoutMs, maxReconnectMs } = options;
  const reconnectStrategy = (retries: number): number => {
    const longest = Math.min(maxReconnectMs, 25 * 2 ** Math.min(retries, 20));
    return Math.round(longest * (0.5 + Math.random() / 2));
  };
  const socket = { host, port, connectTimeout: connectTimeoutMs, reconnectStrategy };
  return createClient({
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    socket: tls ? { ...socket, tls: true, ...(ca !== undefined && { ca }) } : socket,
  });
}
