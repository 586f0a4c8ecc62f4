import type { FoundResult, JsonObject, JsonValue, Page, PageRequest, SnippetPart } from '@markitect/domain';
import type { ScrapeEvent, ScrapeRequest } from '@markitect/ports';

/** Results asked for at a time: so much is lost when an attempt is cut off. */
const PAGE_LIMIT = 50;

interface Place {
  /** How many results were told. */
  readonly told: number;
  /** Absent: at the beginning. */
  readonly cursor?: string;
  /** There is nothing after it. */
  readonly isEnd: boolean;
}

/** The results of a search that comes in pages, the best first: a permit for each page, a checkpoint after it. */
export async function* scrapePages(
  { permit, signal, maxResults, checkpoint }: ScrapeRequest,
  name: string,
  fetch: (page: PageRequest) => Promise<Page<FoundResult>>,
): AsyncGenerator<ScrapeEvent, void, undefined> {
  let place = placeOf(checkpoint);
  while (!place.isEnd && place.told < maxResults) {
    signal.throwIfAborted();
    await permit(name);
    signal.throwIfAborted();
    const { items, nextCursor } = await fetch({
      limit: Math.min(PAGE_LIMIT, maxResults - place.told),
      ...(place.cursor === undefined ? {} : { cursor: place.cursor }),
    });
    for (const result of items) yield { kind: 'found', result };
    const told = place.told + items.length;
    place = {
      told,
      isEnd: nextCursor === undefined,
      ...(nextCursor === undefined ? {} : { cursor: nextCursor }),
    };
    yield { kind: 'progress', done: told, ...(place.isEnd || told >= maxResults ? { total: told } : {}) };
    yield { kind: 'checkpoint', checkpoint: { ...place } };
  }
}

/** A snippet as one line of plain text; where there is none, what stands for it. */
export function plainSnippet(parts: readonly SnippetPart[], otherwise: string): string {
  const text = parts
    .map((part) => part.text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? otherwise : text;
}

/** What is not a checkpoint of ours is the beginning. */
function placeOf(checkpoint: JsonValue | undefined): Place {
  const isObject = typeof checkpoint === 'object' && checkpoint !== null && !Array.isArray(checkpoint);
  const { told, cursor, isEnd } = isObject ? (checkpoint as JsonObject) : {};
  if (typeof told !== 'number') return { told: 0, isEnd: false };
  return { told, isEnd: isEnd === true, ...(typeof cursor === 'string' ? { cursor } : {}) };
}
