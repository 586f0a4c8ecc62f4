import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { seededRandom } from '../seeded-random.js';
import {
  answerAlone,
  answerForwarded,
  endToEnd,
  type FaultSizes,
  type ServerAnswer,
} from './fault-answers.js';
import { type FaultKind, faultKinds, isForwarded } from './fault-kinds.js';

/** How a proxy misbehaves. */
export interface FaultProxyOptions extends Partial<FaultSizes> {
  /** The real server, without a path: `http://127.0.0.1:3000`. */
  readonly target: string;
  /** The same seed and the same order of requests meet the same faults. */
  readonly seed: number;
  /** The share of requests that meet a fault, 0 to 1; 0 when left out. */
  readonly rate?: number;
  /** The faults drawn from, all equally likely; every kind when left out. */
  readonly faults?: readonly FaultKind[];
  /** How many requests in a row a `status-502-burst` answers; 5 when left out. */
  readonly burst?: number;
}

/** One request that came through. */
export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly fault: FaultKind | undefined;
  /** Whether it was sent on: a write that was may have been applied, whatever the client saw. */
  readonly forwarded: boolean;
  /** What the server answered, once it has; undefined when it was not asked or not reached. */
  readonly status: number | undefined;
}

/** A running proxy. */
export interface FaultProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Every request, in the order of arrival. */
  readonly requests: readonly ProxiedRequest[];
  /** How many requests met each fault, and how many none. */
  readonly counts: Readonly<Record<FaultKind | 'none', number>>;
  setRate(rate: number): void;
  /** Also ends a burst that is going on. */
  setFaults(faults: readonly FaultKind[]): void;
  /** Breaks every connection and stops listening. May be called again. */
  stop(): Promise<void>;
}

/** Starts a proxy on a free loopback port that stands between a client and a real HTTP server, and misbehaves. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const random = seededRandom(options.seed);
  const sizes = { slowMs: options.slowMs ?? 2000, hugeBytes: options.hugeBytes ?? 64 * 1024 * 1024 };
  const agent = new Agent({ keepAlive: true });
  const requests: ProxiedRequest[] = [];
  const counts = Object.fromEntries(['none', ...faultKinds].map((kind) => [kind, 0])) as Record<
    FaultKind | 'none',
    number
  >;
  let rate = options.rate ?? 0;
  let faults = options.faults ?? faultKinds;
  let burst = 0;

  const draw = (): FaultKind | undefined => {
    // Always two numbers for a request, so that a change of rate does not shift those of later requests.
    const [whether, which] = [random(), random()];
    if (burst > 0) {
      burst -= 1;
      return 'status-502-burst';
    }
    if (whether >= rate) return undefined;
    const fault = faults[Math.floor(which * faults.length)];
    if (fault === 'status-502-burst') burst = (options.burst ?? 5) - 1;
    return fault;
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const fault = draw();
    const entry = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      fault,
      forwarded: false,
      status: undefined as number | undefined,
    };
    requests.push(entry);
    counts[fault ?? 'none'] += 1;
    // The body is always taken first, so that a broken connection is the fault's doing and not the upload's.
    const body = await buffer(incoming);
    if (fault !== undefined && !isForwarded(fault)) {
      answerAlone(fault, response, sizes);
      return;
    }
    entry.forwarded = true;
    const answer = await forward(options.target, agent, incoming, body);
    entry.status = answer.status;
    await answerForwarded(fault, answer, response, sizes);
  };

  const server = createServer((incoming, response) => {
    // The target or the client is gone: so is this connection.
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    counts,
    setRate: (value) => {
      rate = value;
    },
    setFaults: (value) => {
      faults = value;
      burst = 0;
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

/** The request as it came, without the headers that belong to one connection; the whole answer. */
async function forward(
  target: string,
  agent: Agent,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<ServerAnswer> {
  const kept = endToEnd(headers);
  for (let attempt = 1; ; attempt += 1) {
    const outgoing = request(new URL(url ?? '/', target), {
      agent,
      method,
      headers: { ...kept, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
    });
    outgoing.on('error', () => undefined); // one after the answer has begun shows in its body
    try {
      outgoing.end(body);
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
    } catch (error) {
      // The server closed an idle connection as we took it: no fault that was asked for. A write may have been applied.
      if (attempt > 1 || !outgoing.reusedSocket || method !== 'GET') throw error;
    }
  }
}
