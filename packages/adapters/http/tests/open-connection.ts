import { afterEach, beforeEach } from '@jest/globals';
import { type Clock, HttpConnection, type HttpOptions } from '../src/index.js';
import { MisbehavingServer } from './misbehaving-server.js';

/** A server for each test, and connections to it that end with it. */
export interface Bench {
  readonly server: MisbehavingServer;
  /** Opens a connection whose pauses are short. */
  open(options?: Partial<HttpOptions>, clock?: Clock): Promise<HttpConnection>;
}

export const TOKEN = 'hunter2-0123456789abcdef';

/** Sets up before each test of the file; call it once at the top. */
export function openBench(): () => Bench {
  let bench: Bench;
  let connections: HttpConnection[];
  beforeEach(async () => {
    const server = new MisbehavingServer();
    const baseUrl = await server.start();
    connections = [];
    bench = {
      server,
      open: async (options = {}, clock?: Clock) => {
        const retry = { baseDelayMs: 1, maxDelayMs: 3, ...options.retry };
        const connection = new HttpConnection(
          { name: 'git', baseUrl, token: TOKEN, ...options, retry },
          clock,
        );
        await connection.open();
        connections.push(connection);
        return connection;
      },
    };
  });
  afterEach(async () => {
    await bench.server.stop();
    await Promise.all(connections.map((each) => each.close()));
  });
  return () => bench;
}

/** The error a call ends with. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<Error & { code: string; details: object; retryable: boolean }> {
  try {
    await work;
  } catch (error) {
    return error as Error & { code: string; details: object; retryable: boolean };
  }
  throw new Error('it did not fail');
}
