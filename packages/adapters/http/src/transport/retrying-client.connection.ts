import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import axiosRetry from 'axios-retry';
import type { Answer } from '../attempt/answer.js';
import { AttemptFailure } from '../attempt/attempt-failure.js';
import type { Exchange } from '../attempt/exchange.js';

/** What repeats: everything else about an exchange is decided elsewhere. */
export interface RetryingClientOptions {
  readonly attempts: number;
  /** Makes one attempt; throws its {@link AttemptFailure}. */
  readonly attempt: (exchange: Exchange) => Promise<Answer>;
  /** Whether it is made again, `exchange.delayMs` milliseconds later. */
  readonly shouldRepeat: (exchange: Exchange, failure: AttemptFailure) => boolean | Promise<boolean>;
}

/** Sends an exchange as often as it takes. Throws the last {@link AttemptFailure}, or anything once cancelled. */
export type RetryingClient = (exchange: Exchange) => Promise<Answer>;

const noHeaders = new AxiosHeaders();

/**
 * axios and axios-retry over our own adapter. This is the only place where anything is repeated: what is below it (the
 * dispatcher) and above it (the connection) sends an exchange once, so that no two retries multiply. The request
 * itself travels in the exchange and not in axios's config: merging and copying headers is what axios spends its time
 * on, and what its errors show.
 */
export function retryingClient({ attempts, attempt, shouldRepeat }: RetryingClientOptions): RetryingClient {
  const instance = axios.create();
  // What is not there is not merged into each request.
  const defaults: Record<string, unknown> = instance.defaults;
  for (const name of Object.keys(defaults)) Reflect.deleteProperty(defaults, name);
  Object.assign(defaults, { maxRedirects: 0, adapter });

  async function adapter(config: InternalAxiosRequestConfig) {
    try {
      const data = await attempt(config.data as Exchange);
      return { data, status: data.response.status, statusText: '', headers: noHeaders, config };
    } catch (error) {
      if (error instanceof AttemptFailure) error.config = config;
      throw error;
    }
  }

  axiosRetry(instance, {
    retries: attempts - 1,
    retryCondition: (error: unknown) =>
      error instanceof AttemptFailure && shouldRepeat((error.config as { data: Exchange }).data, error),
    retryDelay: (_count, error: unknown) =>
      error instanceof AttemptFailure ? (error.config as { data: Exchange }).data.delayMs : 0,
  });

  return async (exchange) => {
    const { data } = await instance.request<Answer>({ data: exchange, signal: exchange });
    return data;
  };
}
