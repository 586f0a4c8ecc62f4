import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server has been sent. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How a server treats one request. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** Answers well. */
export const json =
  (body: unknown = { ok: true }, status = 200, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Answers with a body of any kind. */
export const raw =
  (body: string | Buffer, headers: Record<string, string>, status = 200): Behaviour =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** Closes the socket without an answer. */
export const reset: Behaviour = (response) => void response.destroy();

/** Says nothing, for ever. */
export const silence: Behaviour = () => undefined;

/** Begins a JSON answer and breaks it off. */
export const cutShort: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"a":');
  setImmediate(() => response.destroy());
};

/** A server on a loopback port that treats each request as it is told: one after the other, the last one for ever. */
export class MisbehavingServer {
  readonly seen: Seen[] = [];
  readonly #server: Server;
  #behaviours: Behaviour[] = [json()];

  constructor(server: Server = createServer()) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.port}/api/v1`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The behaviours from now on; the last one stays. */
  will(...behaviours: Behaviour[]): void {
    this.#behaviours = behaviours;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => '');
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, url, headers, body });
    const behaviour = this.#behaviours.length > 1 ? this.#behaviours.shift() : this.#behaviours[0];
    await behaviour?.(response, request);
  }
}
