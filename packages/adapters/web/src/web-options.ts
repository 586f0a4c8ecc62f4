import type { LookupFunction } from 'node:net';
import type { Connection, HttpClient } from '@markitect/connections';
import type { ResolveHost } from './address/address-policy.js';

/** How a site is connected to; what `HttpConnection` of `@markitect/adapter-http` takes. */
export interface SiteConnectionOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly userAgent: string;
  /** Has to be asked for each socket that is opened, and its answer has to be where the socket goes. */
  readonly lookup: LookupFunction;
  readonly connections: number;
  readonly deadlineMs: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly retry: { readonly attempts: number };
  readonly breaker: { readonly minimumAttempts: number };
}

/** A connection to one site. */
export type SiteConnection = HttpClient & Pick<Connection, 'open' | 'close'>;

/** What a {@link WebScraper} needs and may do. */
export interface WebScraperOptions {
  /** Makes a connection: `(site) => new HttpConnection(site)`. */
  readonly connect: (site: SiteConnectionOptions) => SiteConnection;
  /** Whether addresses in private networks and on this machine may be asked. Default: no. */
  readonly allowPrivate?: boolean;
  /** Who asks, and where to complain. What stands before the first `/` is looked for in robots.txt. */
  readonly userAgent?: string;
  /** The largest page taken, in bytes, packed and unpacked. Default 2 MiB. */
  readonly maxPageBytes?: number;
  /** The most milliseconds for one answer. Default 15000. */
  readonly timeoutMs?: number;
  /** The most pages read for one question. Default 500. */
  readonly maxPages?: number;
  /** The most redirects followed for one page. Default 5. */
  readonly maxRedirects?: number;
  /** How often a page is asked for when the server fails, 1 or more. Default 3. */
  readonly attempts?: number;
  /** Looks up names. Default: as the system does. */
  readonly resolve?: ResolveHost;
}

/** The options with every default filled in. */
export type ResolvedWebOptions = Required<Omit<WebScraperOptions, 'resolve'>> &
  Pick<WebScraperOptions, 'resolve'>;

/** Fills in the defaults. */
export function resolveWebOptions(options: WebScraperOptions): ResolvedWebOptions {
  return {
    allowPrivate: false,
    userAgent: 'MarkiTect/0.1 (research)',
    maxPageBytes: 2 * 1024 * 1024,
    timeoutMs: 15_000,
    maxPages: 500,
    maxRedirects: 5,
    attempts: 3,
    ...options,
  };
}
