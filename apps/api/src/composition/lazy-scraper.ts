import type { Scraper } from '@markitect/ports';

/** A scraper that is loaded when it is first asked for: most commands ask for none. */
export function lazyScraper(load: () => Promise<Scraper>): Scraper {
  let loading: Promise<Scraper> | undefined;
  const loaded = () => (loading ??= load());
  return {
    check: async (target) => (await loaded()).check(target),
    scrape: async function* (request) {
      yield* (await loaded()).scrape(request);
    },
  };
}
