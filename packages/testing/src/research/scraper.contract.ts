import { describe, expect, it } from '@jest/globals';
import type { FoundResult, JsonValue } from '@markitect/domain';
import type { ScrapeEvent, ScrapeRequest, Scraper } from '@markitect/ports';

/** A scraper over a source that has answers. */
export interface OpenedScraper {
  readonly scraper: Scraper;
  /** What its permits' names begin with. */
  readonly name: string;
  readonly target?: string;
  /** In the words of a person; at least three things answer it. */
  readonly question: string;
  /** Targets it cannot work with. */
  readonly badTargets: readonly string[];
  close(): Promise<void>;
}

export type OpenScraper = () => Promise<OpenedScraper>;

interface Run {
  readonly events: readonly ScrapeEvent[];
  readonly found: readonly FoundResult[];
  readonly permits: readonly string[];
}

/** What every Scraper promises. `open` gives one for each test; the source is the same each time. */
export function describeScraperContract(name: string, open: OpenScraper): void {
  const test = (title: string, body: (opened: OpenedScraper) => Promise<void>) =>
    it(title, async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        await opened.close();
      }
    });

  describe(`${name} keeps the Scraper contract`, () => {
    test('finds what answers a question put in words', async (opened) => {
      const { found, events } = await run(opened);
      expect(found.length).toBeGreaterThanOrEqual(3);
      for (const result of found) {
        for (const field of ['reference', 'title', 'snippet', 'location', 'fingerprint'] as const) {
          expect({ field, text: result[field] }).toEqual({ field, text: expect.stringMatching(/\S/) });
        }
        expect(Number.isFinite(result.score)).toBe(true);
      }
      expect(new Set(found.map(({ reference }) => reference)).size).toBe(found.length);
      expect(events.some(({ kind }) => kind === 'checkpoint')).toBe(true);
    });

    test('finds the same when it is asked again', async (opened) => {
      expect((await run(opened)).found).toEqual((await run(opened)).found);
    });

    test('finds nothing where nothing answers', async (opened) => {
      expect((await run(opened, { question: 'xylophonic zwieback' })).found).toEqual([]);
    });

    test('finds no more than it is asked for', async (opened) => {
      for (const maxResults of [1, 2]) {
        expect((await run(opened, { maxResults })).found).toHaveLength(maxResults);
      }
    });

    test('has leave before it asks', async (opened) => {
      const { permits } = await run(opened);
      expect(permits.length).toBeGreaterThan(0);
      for (const permit of permits) expect(permit).toMatch(new RegExp(`^${opened.name}(:|$)`));
      const reason = new Error('no leave');
      const order: string[] = [];
      const refused = run(opened, { permit: () => Promise.reject(reason) }, (event) =>
        order.push(event.kind),
      );
      await expect(refused).rejects.toBe(reason);
      expect(order).not.toContain('found');
    });

    test('ends with the reason of its signal', async (opened) => {
      const reason = new Error('enough');
      await expect(run(opened, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const controller = new AbortController();
      const permit = () => {
        controller.abort(reason);
        return Promise.resolve();
      };
      await expect(run(opened, { signal: controller.signal, permit })).rejects.toBe(reason);
    });

    test('may be left at any event', async (opened) => {
      for await (const event of opened.scraper.scrape(request(opened))) {
        if (event.kind === 'checkpoint') break;
      }
      expect((await run(opened)).found.length).toBeGreaterThanOrEqual(3);
    });

    const goesOn = async (opened: OpenedScraper, maxResults: number): Promise<void> => {
      const { found, events } = await run(opened, { maxResults });
      const sorted = (results: Iterable<FoundResult>) =>
        [...results].map(({ reference, score }) => `${reference} ${score}`).sort();
      const told = new Map<string, FoundResult>();
      const places: { checkpoint: JsonValue; told: FoundResult[] }[] = [];
      for (const event of events) {
        if (event.kind === 'found') told.set(event.result.reference, event.result);
        if (event.kind === 'checkpoint') {
          const checkpoint = JSON.parse(JSON.stringify(event.checkpoint)) as JsonValue;
          expect(checkpoint).toEqual(event.checkpoint);
          places.push({ checkpoint, told: [...told.values()] });
        }
      }
      for (const place of places) {
        const rest = await run(opened, { maxResults, checkpoint: place.checkpoint });
        const all = new Map([...place.told, ...rest.found].map((result) => [result.reference, result]));
        expect(sorted(all.values())).toEqual(sorted(found));
        expect(rest.found.length).toBeLessThanOrEqual(found.length);
      }
    };
    test('goes on from each of its checkpoints', (opened) => goesOn(opened, 100));
    test('goes on from each of its checkpoints when it is asked for little', (opened) => goesOn(opened, 2));

    test('refuses a question without words', async (opened) => {
      await expect(run(opened, { question: ' ?! ' })).rejects.toMatchObject({ code: 'SEARCH_QUERY_INVALID' });
    });

    test('refuses a target that it cannot work with before it asks anybody', async (opened) => {
      await expect(opened.scraper.check(opened.target)).resolves.toBeUndefined();
      expect(opened.badTargets.length).toBeGreaterThan(0);
      for (const target of opened.badTargets) {
        const invalid = { code: 'SEARCH_SOURCE_INVALID' };
        await expect(opened.scraper.check(target)).rejects.toMatchObject(invalid);
        await expect(
          run(opened, { target, permit: () => Promise.reject(new Error('asked')) }),
        ).rejects.toMatchObject(invalid);
      }
    });
  });
}

function request(opened: OpenedScraper, more: Partial<ScrapeRequest> = {}): ScrapeRequest {
  return {
    question: opened.question,
    ...(opened.target === undefined ? {} : { target: opened.target }),
    maxResults: 100,
    permit: () => Promise.resolve(),
    holdBack: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...more,
  };
}

async function run(
  opened: OpenedScraper,
  more: Partial<ScrapeRequest> = {},
  onEvent?: (event: ScrapeEvent) => void,
): Promise<Run> {
  const events: ScrapeEvent[] = [];
  const permits: string[] = [];
  const permit = (name: string) => {
    permits.push(name);
    return Promise.resolve();
  };
  for await (const event of opened.scraper.scrape(request(opened, { permit, ...more }))) {
    onEvent?.(event);
    events.push(event);
  }
  const found = events.flatMap((event) => (event.kind === 'found' ? [event.result] : []));
  return { events, found, permits };
}
