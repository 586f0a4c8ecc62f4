import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultKind } from './fault-kinds.js';

/** How slow and how huge. */
export interface FaultSizes {
  /** Milliseconds that `slow-headers` and `slow-body` take longer; 2,000 when left out. */
  readonly slowMs: number;
  /** Bytes of a `huge-body`, sent as fast as they are taken; 64 MiB when left out. */
  readonly hugeBytes: number;
}

/** What the real server said. */
export interface ServerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const statuses: Partial<Record<FaultKind, number>> = {
  'status-500': 500,
  'status-502-burst': 502,
  'status-503': 503,
  'status-429': 429,
  'status-429-retry-after': 429,
};

/** Answers, or does not, a request that the server never sees. */
export function answerAlone(fault: FaultKind, response: ServerResponse, sizes: FaultSizes): void {
  const status = statuses[fault];
  if (status !== undefined) {
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(fault === 'status-429-retry-after' ? { 'retry-after': '1' } : {}),
    });
    response.end(JSON.stringify({ message: `injected ${fault}` }));
  } else if (fault === 'reset-before') {
    reset(response);
  } else if (fault === 'wrong-content-type') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!DOCTYPE html><html><body><h1>Back soon</h1></body></html>');
  } else if (fault === 'huge-body') {
    void sendHuge(response, sizes.hugeBytes);
  }
  // A black hole: the connection stays open, and silent.
}

/** Passes on what the server said, damaged as the fault has it. */
export async function answerForwarded(
  fault: FaultKind | undefined,
  answer: ServerAnswer,
  response: ServerResponse,
  { slowMs }: FaultSizes,
): Promise<void> {
  const { status, headers, body } = answer;
  const kept = endToEnd(headers);
  const half = body.subarray(0, Math.floor(body.length / 2));
  const head = (length: number) =>
    response.writeHead(status, { ...kept, ...(status === 204 ? {} : { 'content-length': length }) });
  switch (fault) {
    case 'reset-after':
      reset(response);
      return;
    case 'truncated-json':
      head(body.length);
      response.write(half, () => reset(response));
      if (half.length === 0) reset(response);
      return;
    case 'cut-json':
      head(half.length).end(half);
      return;
    case 'slow-headers':
      await pause(slowMs);
      break;
    case 'slow-body':
      head(body.length).flushHeaders();
      await drip(response, body, slowMs);
      return;
    default:
  }
  head(body.length).end(body);
}

/** Ten drops, evenly over the time. Stops when the client has gone. */
async function drip(response: ServerResponse, body: Buffer, slowMs: number): Promise<void> {
  const drop = Math.max(1, Math.ceil(body.length / 10));
  for (let at = 0; at < body.length && !response.destroyed; at += drop) {
    response.write(body.subarray(at, at + drop));
    await pause(slowMs / 10);
  }
  response.end();
}

async function sendHuge(response: ServerResponse, bytes: number): Promise<void> {
  response.on('error', () => undefined);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes });
  const piece = Buffer.alloc(64 * 1024, ' ');
  response.write('[');
  for (let left = bytes - 2; left > 0 && !response.destroyed; left -= piece.length) {
    const room = response.write(left < piece.length ? piece.subarray(0, left) : piece);
    if (!room) await drained(response);
  }
  response.end(']');
}

/** When there is room again, or nobody left to send to. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** A TCP reset, not an orderly end. */
function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/** Headers without those that belong to one connection. */
export function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
