import { setTimeout as sleep } from 'node:timers/promises';
import type { CutoverLogEntry } from '@markitect/domain';
import type { CutoverStateStore } from '@markitect/ports';

/** What of the log is followed. */
export interface FollowOptions {
  /** Only lines of this component. Default: of all. */
  readonly component?: string;
  /** The number of the last line that is known. Default: the newest there is when it begins. */
  readonly after?: number;
  readonly signal: AbortSignal;
}

/** How often the log is looked at, in milliseconds. */
const LOOK_EVERY_MS = 500;
const LINES = 50;

/** The lines of the log as they come, the oldest first, until the signal aborts. Throws what the store throws. */
export async function* followLog(
  store: Pick<CutoverStateStore, 'log'>,
  { component, after, signal }: FollowOptions,
): AsyncGenerator<CutoverLogEntry> {
  const of = component === undefined ? {} : { component };
  let last = after ?? (await store.log({ ...of, limit: 1 })).items[0]?.id ?? 0;
  while (!signal.aborted) {
    for (const entry of await linesAfter(store, of, last)) {
      last = entry.id;
      yield entry;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** All lines after one, however many have come. */
async function linesAfter(
  store: Pick<CutoverStateStore, 'log'>,
  of: { readonly component?: string },
  last: number,
): Promise<readonly CutoverLogEntry[]> {
  const found: CutoverLogEntry[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.log({ ...of, limit: LINES, ...(cursor === undefined ? {} : { cursor }) });
    const news = page.items.filter(({ id }) => id > last);
    found.push(...news);
    if (news.length < page.items.length || page.nextCursor === undefined) return found.reverse();
    cursor = page.nextCursor;
  }
}
