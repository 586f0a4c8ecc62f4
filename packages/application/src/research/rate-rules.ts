import { Invalid, type RateLimit, rateLimit } from '@markitect/domain';

/** The rates that scrapers keep to, by the names that {@link parseRateRules} reads. */
export type RateRules = ReadonlyMap<string, number>;

/**
 * Reads rules such as `web=20` (all of a scraper together), `web:*=2` (each part of it, e.g. each site, by itself) and
 * `web:example.org=0.5` (one part), in requests per second. Throws Invalid `CONFIG_INVALID`.
 */
export function parseRateRules(rules: readonly string[]): RateRules {
  return new Map(
    rules.map((rule) => {
      const [, name, rate] = /^([a-z][a-z0-9-]*(?::[^=\s]+)?)=(\d+(?:\.\d+)?)$/.exec(rule) ?? [];
      if (name === undefined || rate === undefined || !(Number(rate) >= 0.001 && Number(rate) <= 100_000)) {
        throw new Invalid(
          'CONFIG_INVALID',
          `research.rates: ${JSON.stringify(rule)} is no rate; write web=20, web:*=2 or web:example.org=0.5`,
          { details: { field: 'research.rates', rule } },
        );
      }
      return [name, Number(rate)] as const;
    }),
  );
}

/** The limits that hold for what a scraper asks leave for: that of the part, and that of the scraper. */
export function limitsOf(rules: RateRules, name: string): readonly RateLimit[] {
  const [scraper = name] = name.split(':', 1);
  const own = name === scraper ? undefined : (rules.get(name) ?? rules.get(`${scraper}:*`));
  const all = rules.get(scraper);
  return [
    ...(own === undefined ? [] : [limit(name, own)]),
    ...(all === undefined ? [] : [limit(scraper, all)]),
  ];
}

function limit(name: string, perSecond: number): RateLimit {
  // One at a time: what a burst would save at the start is not worth being taken for an attack.
  return rateLimit({ name, perSecond, burst: 1 });
}
