import type { ServerResponse } from 'node:http';

/** Aborted when the connection closes before the answer is out: the client has left, or shutdown has cut it off. */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
