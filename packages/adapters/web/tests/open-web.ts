import type { LookupFunction } from 'node:net';
import { HttpConnection } from '@markitect/adapter-http';
import type { FoundResult, JsonValue, ScrapingProblem } from '@markitect/domain';
import type { ScrapeEvent, ScrapeRequest, Scraper } from '@markitect/ports';
import { type ResolveHost, WebScraper, type WebScraperOptions } from '../src/index.js';

/** A public address by which tests call the loopback, once everything about it was checked. */
export const PUBLIC = '93.184.216.34';

/** Names, and what they mean: a function may change its mind. */
export type Names = Readonly<Record<string, readonly string[] | (() => readonly string[])>>;

export function resolverOf(names: Names): ResolveHost {
  return (hostname) => {
    const known = names[hostname];
    const addresses = (typeof known === 'function' ? known() : known) ?? [];
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
}

/** A scraper that may ask this machine. */
export function openScraper(options: Partial<WebScraperOptions> = {}): WebScraper {
  return new WebScraper({ connect: (site) => new HttpConnection(site), allowPrivate: true, ...options });
}

/**
 * A scraper that may not, for which `site.test` is a site of the public internet. Behind the lookup that it hands out,
 * where nothing is decided any more, the public address becomes the loopback; each address a socket goes to is noted.
 */
export function openGuardedScraper(names: Names = {}, connected: string[] = []): WebScraper {
  return openScraper({
    allowPrivate: false,
    resolve: resolverOf({ 'site.test': [PUBLIC], ...names }),
    connect: (site) => new HttpConnection({ ...site, lookup: rerouted(site.lookup, connected) }),
  });
}

function rerouted(lookup: LookupFunction, connected: string[]): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, address, family) => {
      const route = (each: string) => {
        connected.push(each);
        return each === PUBLIC ? '127.0.0.1' : each;
      };
      if (error !== null) callback(error, address, family);
      else if (typeof address === 'string') callback(null, route(address), family);
      else
        callback(
          null,
          address.map((each) => ({ ...each, address: route(each.address) })),
        );
    });
}

/** What a run came to. */
export interface Run {
  readonly events: readonly ScrapeEvent[];
  readonly found: readonly FoundResult[];
  readonly problems: readonly ScrapingProblem[];
  readonly permits: readonly string[];
  readonly holds: readonly (readonly [name: string, forMs: number])[];
}

export async function run(
  scraper: Scraper,
  target: string,
  more: Partial<ScrapeRequest> & { readonly checkpoint?: JsonValue } = {},
): Promise<Run> {
  const events: ScrapeEvent[] = [];
  const permits: string[] = [];
  const holds: [string, number][] = [];
  const request: ScrapeRequest = {
    question: 'How does the borrow checker work?',
    target,
    maxResults: 100,
    permit: async (name) => void permits.push(name),
    holdBack: async (name, forMs) => void holds.push([name, forMs]),
    signal: new AbortController().signal,
    ...more,
  };
  for await (const event of scraper.scrape(request)) events.push(event);
  return {
    events,
    found: events.flatMap((event) => (event.kind === 'found' ? [event.result] : [])),
    problems: events.flatMap((event) => (event.kind === 'problem' ? [event.problem] : [])),
    permits,
    holds,
  };
}
