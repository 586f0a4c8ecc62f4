import type { AddressPolicy } from '../address/address-policy.js';
import type { ResolvedWebOptions, SiteConnection } from '../web-options.js';

/** More sites than these at a time are not kept connected. */
const MAX_SITES = 16;

/** The connections of one run, one for each site. */
export class SiteConnections {
  readonly #options: ResolvedWebOptions;
  readonly #policy: AddressPolicy;
  /** The one used last is the last. */
  readonly #sites = new Map<string, SiteConnection>();

  constructor(options: ResolvedWebOptions, policy: AddressPolicy) {
    this.#options = options;
    this.#policy = policy;
  }

  async get({ origin }: URL): Promise<SiteConnection> {
    const known = this.#sites.get(origin);
    const site = known ?? this.#connect(origin);
    this.#sites.delete(origin);
    this.#sites.set(origin, site);
    if (known === undefined) await site.open();
    const [oldest] = this.#sites;
    if (this.#sites.size > MAX_SITES && oldest !== undefined) {
      this.#sites.delete(oldest[0]);
      await oldest[1].close();
    }
    return site;
  }

  async close(): Promise<void> {
    const sites = [...this.#sites.values()];
    this.#sites.clear();
    await Promise.all(sites.map((site) => site.close()));
  }

  #connect(origin: string): SiteConnection {
    const { connect, userAgent, timeoutMs, maxPageBytes } = this.#options;
    return connect({
      name: 'web',
      baseUrl: origin,
      userAgent,
      lookup: this.#policy.lookup,
      connections: 2,
      deadlineMs: timeoutMs,
      connectTimeoutMs: timeoutMs,
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      maxResponseBytes: maxPageBytes,
      // What is sent again needs a permit of its own, and pages that fail say nothing of their neighbours.
      retry: { attempts: 1 },
      breaker: { minimumAttempts: 1_000_000 },
    });
  }
}
