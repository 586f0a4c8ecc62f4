import type { OpenApi } from './open-api.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Sends a request below `/v1` and answers with what came back, its JSON parsed. */
export async function ask(
  { app }: Pick<OpenApi, 'app'>,
  method: Method,
  path: string,
  payload?: object | string,
  headers: Record<string, string> = {},
) {
  const answer = await app.inject({
    method,
    url: `/v1${path}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  const body = (answer.body === '' ? {} : answer.json<unknown>()) as Record<string, unknown>;
  return { status: answer.statusCode, headers: answer.headers, body };
}
