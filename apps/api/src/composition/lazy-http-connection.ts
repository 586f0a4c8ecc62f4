import type { HttpConnection, HttpOptions } from '@markitect/adapter-http';
import type {
  Connection,
  ConnectionHealth,
  ConnectionStats,
  HttpClient,
  HttpRequest,
  HttpResponse,
} from '@markitect/connections';

/**
 * An HTTP connection whose library is loaded with the first request: a command that needs none starts sooner. `opener`
 * is asked to open it then; the connection manager does so, and knows from then on that it has to be closed.
 */
export class LazyHttpConnection implements Connection, HttpClient {
  readonly name: string;
  readonly kind = 'http';
  readonly #options: HttpOptions;
  readonly #opener: (name: string) => Promise<void>;
  #connection: HttpConnection | undefined;
  #opening: Promise<HttpConnection> | undefined;

  constructor(options: HttpOptions, opener: (name: string) => Promise<void>) {
    this.name = options.name;
    this.#options = options;
    this.#opener = opener;
  }

  /** Throws Invalid `CONFIG_INVALID` for options and files that are wrong. */
  async open(): Promise<void> {
    this.#opening ??= this.#load();
    try {
      this.#connection = await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  async health(): Promise<ConnectionHealth> {
    return this.#connection?.health() ?? { status: 'closed', latencyMs: 0 };
  }

  stats(): ConnectionStats {
    return this.#connection?.stats() ?? { open: false, leases: {} };
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    if (this.#connection !== undefined) return this.#connection.request(request);
    await this.#opener(this.name);
    return this.request(request);
  }

  async #load(): Promise<HttpConnection> {
    const { HttpConnection } = await import('@markitect/adapter-http');
    const connection = new HttpConnection(this.#options);
    await connection.open();
    return connection;
  }
}
