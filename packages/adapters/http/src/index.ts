export type { Clock } from './clock.js';
export { HttpConnection } from './http.connection.js';
export type {
  HttpBreakerOptions,
  HttpOptions,
  HttpRateLimit,
  HttpRetryOptions,
  HttpTlsOptions,
} from './http-options.js';
