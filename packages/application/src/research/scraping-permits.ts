import type { RateLimitRepository } from '@markitect/ports';
import { awaitPermit } from './await-permit.js';
import { limitsOf, type RateRules } from './rate-rules.js';

/** A source that asks for a longer rest gets this one, and is asked again then. */
const MAX_HOLD_BACK_MS = 5 * 60_000;

/** Leave to ask sources, within rates that all processes share. */
export class ScrapingPermits {
  readonly #limits: RateLimitRepository;
  readonly #rules: RateRules;
  readonly #now: () => number;
  /** The names whose limits are in the database as the rules say. */
  readonly #known = new Map<string, Promise<void>>();

  constructor(limits: RateLimitRepository, rules: RateRules, now: () => number = Date.now) {
    this.#limits = limits;
    this.#rules = rules;
    this.#now = now;
  }

  /**
   * Settles when `name` may be asked once. Throws the signal's reason, RateLimited `RATE_LIMIT_EXCEEDED` when that is
   * more than a quarter of an hour away, and the errors of a database.
   */
  async take(name: string, signal: AbortSignal): Promise<void> {
    // The part before the whole: a permit of the whole must not lie idle while one of a part is waited for.
    for (const { name: each } of limitsOf(this.#rules, name)) {
      await this.#know(each, name);
      await awaitPermit(this.#limits, each, { signal, now: this.#now });
    }
    signal.throwIfAborted();
  }

  /** Lets nobody ask `name` for a while, of any process. */
  async holdBack(name: string, forMs: number): Promise<void> {
    const [limit] = limitsOf(this.#rules, name);
    // Without a limit there is nothing to hold back by; the scraper's own patience has to do.
    if (limit === undefined || !(forMs > 0)) return;
    await this.#know(limit.name, name);
    const until = this.#now() + Math.min(forMs, MAX_HOLD_BACK_MS);
    await this.#limits.holdBack(limit.name, new Date(until).toISOString());
  }

  /** Brings the limit in the database in line with the rules, once in this process. */
  #know(name: string, asked: string): Promise<void> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const learning = this.#learn(name, asked).catch((error: unknown) => {
      this.#known.delete(name);
      throw error;
    });
    this.#known.set(name, learning);
    return learning;
  }

  async #learn(name: string, asked: string): Promise<void> {
    const wanted = limitsOf(this.#rules, asked).find((each) => each.name === name);
    if (wanted === undefined) return;
    const found = await this.#limits.check(name);
    if (found?.perSecond === wanted.perSecond && found.burst === wanted.burst) return;
    await this.#limits.update(wanted);
  }
}
