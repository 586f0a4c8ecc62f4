import type { HttpResponse } from '@markitect/connections';
import {
  Corrupt,
  Forbidden,
  isMarkitectError,
  type JsonValue,
  type MarkitectError,
  NotFound,
  Unexpected,
} from '@markitect/domain';
import type { ScrapeRequest } from '@markitect/ports';
import { AddressPolicy, refused, REFUSED, shown } from '../address/address-policy.js';
import type { ResolvedWebOptions } from '../web-options.js';
import { noRules, type RobotsRules, robotsRules, unknownRules } from './robots-rules.js';
import { SiteConnections } from './site-connections.js';
import { acceptedEncodings, unpack } from './unpack.js';

/** What a server gave for an address. */
export interface FetchedPage {
  /** Where it was at last, after redirects. */
  readonly url: URL;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

type Leave = Pick<ScrapeRequest, 'permit' | 'holdBack' | 'signal'>;

/** The longest pause that a server is granted; who asks for more is not asked again in this run. */
const MAX_PAUSE_MS = 300_000;
/** The pause after a first failure; each further one doubles it. */
const RETRY_PAUSE_MS = 1000;
/** So many redirects of a robots.txt are followed (RFC 9309, 2.3.1.2). */
const ROBOTS_REDIRECTS = 5;
const ACCEPT = 'text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.1';

/**
 * One run over the web. Each request has a permit of its host's, an address that was checked, and the leave of the
 * host's robots.txt, which is asked for once in a run.
 */
export class WebSession {
  readonly #options: ResolvedWebOptions;
  readonly #leave: Leave;
  readonly #policy: AddressPolicy;
  readonly #sites: SiteConnections;
  readonly #robots = new Map<string, Promise<RobotsRules>>();
  /** What asking for leave ended with: no failure of a page. */
  #refusal: { readonly reason: unknown } | undefined;

  constructor(options: ResolvedWebOptions, leave: Leave) {
    this.#options = options;
    this.#leave = leave;
    this.#policy = new AddressPolicy(options.allowPrivate, options.resolve);
    this.#sites = new SiteConnections(options, this.#policy);
  }

  /**
   * The page at an address. Throws Forbidden `WEB_ADDRESS_REFUSED`, `WEB_ROBOTS_DISALLOWED`; NotFound
   * `WEB_PAGE_NOT_FOUND`; Corrupt `WEB_REDIRECT_INVALID`; what `HttpClient` throws; the reason of the signal.
   */
  async fetch(address: URL): Promise<FetchedPage> {
    const { url, response } = await this.#follow(address, this.#options.maxRedirects, async (next) => {
      const rules = await this.#rulesOf(next);
      if (rules.failure !== undefined) throw rules.failure;
      if (!rules.isAllowed(next)) {
        throw new Forbidden(
          'WEB_ROBOTS_DISALLOWED',
          `the robots.txt of ${next.host} disallows ${shown(next)}`,
        );
      }
      return rules.crawlDelayMs;
    });
    const { status, headers } = response;
    if (status < 200 || status >= 300) {
      throw new NotFound('WEB_PAGE_NOT_FOUND', `${shown(url)}: the server answered ${status}`, {
        details: { status },
      });
    }
    return { url, contentType: headers['content-type'] ?? '', bytes: await this.#body(response) };
  }

  /** Throws what ends the whole run: the reason of the signal, or what asking for leave ended with. */
  throwIfOver(): void {
    this.#leave.signal.throwIfAborted();
    if (this.#refusal !== undefined) throw this.#refusal.reason;
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.#sites.close();
  }

  #rulesOf({ origin }: URL): Promise<RobotsRules> {
    const known = this.#robots.get(origin);
    if (known !== undefined) return known;
    const rules = this.#askRobots(origin);
    this.#robots.set(origin, rules);
    return rules;
  }

  /** RFC 9309, 2.3.1: what is not there allows everything, what cannot be asked allows nothing. */
  async #askRobots(origin: string): Promise<RobotsRules> {
    try {
      const { response } = await this.#follow(new URL('/robots.txt', origin), ROBOTS_REDIRECTS, () =>
        Promise.resolve(0),
      );
      if (response.status < 200 || response.status >= 300) return noRules;
      return robotsRules(origin, await this.#body(response), this.#options.userAgent);
    } catch (error) {
      this.throwIfOver();
      if (!isMarkitectError(error)) throw error;
      return error.code === 'WEB_REDIRECT_INVALID' ? noRules : unknownRules(error);
    }
  }

  /**
   * Follows redirects by hand, so that each address is checked.
   *
   * @param enter throws when an address may not be asked; else answers how long to wait after it, in milliseconds
   */
  async #follow(address: URL, maxRedirects: number, enter: (url: URL) => Promise<number>) {
    const seen = new Set<string>();
    for (let url = address; ;) {
      this.#policy.check(url);
      if (seen.has(url.href)) throw wrongRedirect(address, 'leads back to itself');
      if (seen.size > maxRedirects) throw wrongRedirect(address, `has more than ${maxRedirects} redirects`);
      seen.add(url.href);
      const response = await this.#ask(url, await enter(url));
      const { location } = response.headers;
      if (![301, 302, 303, 307, 308].includes(response.status)) return { url, response };
      if (location === undefined || !URL.canParse(location, url.href)) {
        throw wrongRedirect(address, 'is redirected to no address');
      }
      url = new URL(location, url);
      url.hash = '';
    }
  }

  /** One request, and some more where the server failed. */
  async #ask(url: URL, crawlDelayMs: number): Promise<HttpResponse> {
    const limit = `web:${url.hostname}`.slice(0, 200);
    for (let attempt = 1; ; attempt += 1) {
      await this.#getLeave(({ permit }) => permit(limit));
      if (crawlDelayMs > 0) await this.#holdBack(limit, crawlDelayMs);
      try {
        return await this.#send(url);
      } catch (error) {
        this.throwIfOver();
        const failure = this.#translate(url, error);
        const asked = retryAfterOf(failure);
        const pauseMs = asked ?? RETRY_PAUSE_MS * 2 ** (attempt - 1);
        if (!failure.retryable) throw failure;
        // What the server itself asks for holds for every page of it, whether this one is asked for again or not.
        if (asked !== undefined || attempt < this.#options.attempts) {
          await this.#holdBack(limit, pauseMs);
        }
        if (attempt >= this.#options.attempts || pauseMs > MAX_PAUSE_MS) throw failure;
      }
    }
  }

  #holdBack(limit: string, forMs: number): Promise<void> {
    return this.#getLeave(({ holdBack }) => holdBack(limit, Math.min(forMs, MAX_PAUSE_MS)));
  }

  async #getLeave(ask: (leave: Leave) => Promise<void>): Promise<void> {
    this.throwIfOver();
    try {
      await ask(this.#leave);
    } catch (reason) {
      this.#refusal = { reason };
      throw reason;
    }
  }

  async #send(url: URL): Promise<HttpResponse> {
    const site = await this.#sites.get(url);
    return site.request({
      method: 'GET',
      path: url.pathname.slice(1).replace(/[^\w\-.~!$&'()*+,;=:@%/]/g, encodeURIComponent),
      rawQuery: url.search.slice(1),
      headers: { accept: ACCEPT, 'accept-encoding': acceptedEncodings },
      expect: 'bytes',
      share: false,
      signal: this.#leave.signal,
    });
  }

  #body({ bytes = new Uint8Array(), headers }: HttpResponse): Promise<Uint8Array> {
    return unpack(bytes, headers['content-encoding'] ?? '', this.#options.maxPageBytes);
  }

  /** The one translation of what connections throw: a name whose addresses were refused is told as that. */
  #translate(url: URL, error: unknown): MarkitectError {
    if (!isMarkitectError(error)) {
      const what = error instanceof Error ? error.name : typeof error;
      return new Unexpected('UNEXPECTED', `${shown(url)}: failed with a ${what}`);
    }
    if (error.details['vendorCode'] === REFUSED) {
      return refused(url, 'is the name of an address in a private network or on this machine');
    }
    return error;
  }
}

function retryAfterOf(error: MarkitectError): number | undefined {
  const asked: JsonValue | undefined = error.details['retryAfterMs'];
  const isServers = error.kind === 'RateLimited' || error.code === 'HTTP_SERVER_FAILED';
  return isServers && typeof asked === 'number' ? asked : undefined;
}

function wrongRedirect(address: URL, reason: string): Corrupt {
  return new Corrupt('WEB_REDIRECT_INVALID', `${shown(address)} ${reason}`);
}
