import type { LookupFunction } from 'node:net';
import { isAbsolute } from 'node:path';
import { Invalid } from '@markitect/domain';

/** How often, and how soon, a failed request is sent again. */
export interface HttpRetryOptions {
  /** How often one request is sent at most, the first time included, 1 to 20. Default 4; 1 never repeats. */
  readonly attempts?: number;
  /** What repeats and hedges together may add to the requests, as a share from 0 to 1. Default 0.2. */
  readonly budgetRatio?: number;
  /** Repeats allowed in each second whatever the share says, so that few requests can be repeated too. Default 2. */
  readonly budgetPerSecond?: number;
  /** About how long the first pause is, in milliseconds; later ones grow, all of them jitter. Default 100. */
  readonly baseDelayMs?: number;
  /** The longest pause of our own choice, in milliseconds. Default 5000. */
  readonly maxDelayMs?: number;
  /** The longest pause a server may ask for with `Retry-After`; a longer one fails at once. Default 30000. */
  readonly maxRetryAfterMs?: number;
}

/** When nothing more is sent to a server that fails. */
export interface HttpBreakerOptions {
  /** The share of failed attempts that opens the breaker, between 0 and 1. Default 0.5. */
  readonly threshold?: number;
  /** The time over which the share is counted, in milliseconds, at least 1000. Default 10000. */
  readonly windowMs?: number;
  /** With fewer attempts than this in the window it does not open. Default 20. */
  readonly minimumAttempts?: number;
  /** How long nothing is sent before one attempt probes whether the server is back, in milliseconds. Default 5000. */
  readonly openMs?: number;
  /**
   * An attempt that is given up (a deadline, a signal) counts as a failure of the server when it has waited for its
   * answer this long, in milliseconds; a shorter wait proves nothing. Default 1000.
   */
  readonly slowMs?: number;
  /**
   * How long a probe that only reads may take to be connected and to be answered with a head, in milliseconds, where that
   * is less than other attempts may: in a black hole it would keep all others waiting. Every fourth in a row has all the
   * time there is, so that a server that is only slow is found to be back. Default 2000.
   */
  readonly probeMs?: number;
}

/** Requests that may be sent: a token bucket for the host. */
export interface HttpRateLimit {
  readonly perSecond: number;
  /** How many may be sent at once after a rest. Default: as many as in one second, at least 1. */
  readonly burst?: number;
}

/** PEM files, absolute paths, read when the connection is opened. */
export interface HttpTlsOptions {
  /** Authorities that are trusted beside those of Node. */
  readonly caFile?: string;
  /** The certificate this client shows, with {@link keyFile}. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** How to connect to one HTTP server. Only the name and the address have no default. */
export interface HttpOptions {
  /** Unique among the connections of a program, e.g. `gitea`. */
  readonly name: string;
  /** `http:` or `https:`, with the path all requests are below, without user, query and fragment. */
  readonly baseUrl: string;
  /** Sent as `Authorization: token …` to this server and nowhere else. A function is asked before each attempt. */
  readonly token?: string | (() => Promise<string>);
  /** Sockets to the server, which is also how many attempts run at the same time, 1 to 1024. Default 64. */
  readonly connections?: number;
  /** How many attempts may wait for a socket before the next is refused with `HTTP_OVERLOADED`. Default 1000. */
  readonly maxWaiting?: number;
  /** The most milliseconds from a call to its answer, all waiting and repeating included. Default 30000. */
  readonly deadlineMs?: number;
  /** The most milliseconds for the connection, TLS included. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** The most milliseconds from the sending of a request to the head of its answer. Default 10000. */
  readonly headersTimeoutMs?: number;
  /** The most milliseconds between two pieces of a body. Default 10000. */
  readonly bodyTimeoutMs?: number;
  /** How long an idle socket is kept, in milliseconds, unless the server says otherwise. Default 15000. */
  readonly keepAliveMs?: number;
  /** The largest answer taken, in bytes. Default 33554432 (32 MiB). */
  readonly maxResponseBytes?: number;
  readonly tls?: HttpTlsOptions;
  /** The URL of a proxy, with user and password if it wants them. Default: none; the environment is not asked. */
  readonly proxy?: string;
  readonly retry?: HttpRetryOptions;
  readonly breaker?: HttpBreakerOptions;
  /** Default: no limit of ours. */
  readonly rateLimit?: HttpRateLimit;
  /** After how many milliseconds without an answer a GET is sent a second time. Default: never. */
  readonly hedgeAfterMs?: number;
  /** What `health` asks for, below the base URL. Default: the base URL itself. */
  readonly healthPath?: string;
  /** How long `health` waits, in milliseconds. Default 2000. */
  readonly healthTimeoutMs?: number;
  /** Default `markitect`. */
  readonly userAgent?: string;
  /**
   * What is asked for the addresses of the server's name before each connection, which goes to one of them and nowhere
   * else. Not asked when the base URL has an address for a name, nor with a proxy. Default: that of Node.
   */
  readonly lookup?: LookupFunction;
}

/** The options with every default filled in. */
export interface ResolvedHttpOptions
  extends
    Required<
      Omit<
        HttpOptions,
        'token' | 'lookup' | 'proxy' | 'rateLimit' | 'hedgeAfterMs' | 'retry' | 'breaker' | 'baseUrl'
      >
    >,
    Pick<HttpOptions, 'token' | 'lookup'> {
  readonly baseUrl: URL;
  readonly proxy: URL | undefined;
  readonly hedgeAfterMs: number | undefined;
  readonly rateLimit: Required<HttpRateLimit> | undefined;
  readonly retry: Required<HttpRetryOptions>;
  readonly breaker: Required<HttpBreakerOptions>;
}

const DAY_MS = 86_400_000;
/** The least and the most of each number, and whether it is a whole one. */
const ranges: Readonly<Record<string, readonly [number, number, 'whole' | 'any']>> = {
  connections: [1, 1024, 'whole'],
  maxWaiting: [0, 1_000_000, 'whole'],
  deadlineMs: [1, DAY_MS, 'whole'],
  connectTimeoutMs: [1, DAY_MS, 'whole'],
  headersTimeoutMs: [1, DAY_MS, 'whole'],
  bodyTimeoutMs: [1, DAY_MS, 'whole'],
  keepAliveMs: [1, DAY_MS, 'whole'],
  maxResponseBytes: [1, 2 ** 29, 'whole'],
  hedgeAfterMs: [1, DAY_MS, 'whole'],
  healthTimeoutMs: [1, DAY_MS, 'whole'],
  'retry.attempts': [1, 20, 'whole'],
  'retry.budgetRatio': [0, 1, 'any'],
  'retry.budgetPerSecond': [0, 1000, 'any'],
  'retry.baseDelayMs': [1, DAY_MS, 'whole'],
  'retry.maxDelayMs': [1, DAY_MS, 'whole'],
  'retry.maxRetryAfterMs': [0, DAY_MS, 'whole'],
  'breaker.threshold': [0.01, 0.99, 'any'],
  'breaker.windowMs': [1000, DAY_MS, 'whole'],
  'breaker.minimumAttempts': [1, 1_000_000, 'whole'],
  'breaker.openMs': [1, DAY_MS, 'whole'],
  'breaker.slowMs': [1, DAY_MS, 'whole'],
  'breaker.probeMs': [1, DAY_MS, 'whole'],
  'rateLimit.perSecond': [0.001, 1_000_000, 'any'],
  'rateLimit.burst': [1, 1_000_000, 'whole'],
};

/** Fills in the defaults. Throws Invalid `CONFIG_INVALID` naming the option that is wrong, never its value. */
export function resolveHttpOptions(options: HttpOptions): ResolvedHttpOptions {
  const resolved: ResolvedHttpOptions = {
    connections: 64,
    maxWaiting: 1000,
    deadlineMs: 30_000,
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 10_000,
    bodyTimeoutMs: 10_000,
    keepAliveMs: 15_000,
    maxResponseBytes: 33_554_432,
    healthPath: '',
    healthTimeoutMs: 2_000,
    userAgent: 'markitect',
    tls: {},
    ...withoutUndefined(options),
    hedgeAfterMs: options.hedgeAfterMs,
    baseUrl: baseUrl(options.baseUrl),
    proxy: options.proxy === undefined ? undefined : proxyUrl(options.proxy),
    retry: {
      attempts: 4,
      budgetRatio: 0.2,
      budgetPerSecond: 2,
      baseDelayMs: 100,
      maxDelayMs: 5_000,
      maxRetryAfterMs: 30_000,
      ...withoutUndefined(options.retry ?? {}),
    },
    breaker: {
      threshold: 0.5,
      windowMs: 10_000,
      minimumAttempts: 20,
      openMs: 5_000,
      slowMs: 1_000,
      probeMs: 2_000,
      ...withoutUndefined(options.breaker ?? {}),
    },
    rateLimit: options.rateLimit && {
      burst: Math.max(1, Math.floor(options.rateLimit.perSecond)),
      ...withoutUndefined(options.rateLimit),
    },
  };
  checkNumbers('', resolved);
  for (const group of ['retry', 'breaker', 'rateLimit'] as const)
    checkNumbers(`${group}.`, resolved[group] ?? {});
  checkTexts(resolved);
  return resolved;
}

/** Whether a token can stand in a header: visible ASCII, so that it cannot smuggle in another one. */
export function isToken(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

function checkNumbers(prefix: string, group: object): void {
  for (const [name, value] of Object.entries(group) as [string, unknown][]) {
    const range = ranges[prefix + name];
    if (range === undefined || value === undefined) continue;
    const [least, most, sort] = range;
    const fits = typeof value === 'number' && value >= least && value <= most;
    if (!fits || (sort === 'whole' && !Number.isInteger(value))) {
      throw invalid(
        prefix + name,
        `must be a ${sort === 'whole' ? 'whole number' : 'number'} from ${least} to ${most}`,
      );
    }
  }
}

function checkTexts({ name, token, tls, userAgent, healthPath }: ResolvedHttpOptions): void {
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) throw invalid('name', 'must be a short word');
  if (typeof token === 'string' && !isToken(token)) {
    throw invalid('token', 'must consist of visible ASCII characters');
  }
  if (!/^[\x20-\x7e]+$/.test(userAgent))
    throw invalid('userAgent', 'must consist of visible ASCII characters');
  if (!/^[\w\-./~%]*$/.test(healthPath) || healthPath.startsWith('/')) {
    throw invalid('healthPath', 'must be an encoded path without a leading slash');
  }
  for (const [file, path] of Object.entries(tls) as [string, string | undefined][]) {
    if (path !== undefined && !isAbsolute(path)) throw invalid(`tls.${file}`, 'must be an absolute path');
  }
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    throw invalid('tls.keyFile', 'and tls.certFile belong together');
  }
}

function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('baseUrl', 'must be an http or https URL without user, query and fragment');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function proxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('proxy', 'must be an http or https URL');
  }
  return url;
}

/** A value that is there but undefined must not take the place of a default. */
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function invalid(field: string, rule: string): Invalid {
  return new Invalid('CONFIG_INVALID', `the HTTP option ${field} ${rule}`, { details: { field } });
}
