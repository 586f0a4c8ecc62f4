import { MAX_PAGE_LIMIT, type Page, type PageRequest } from '@markitect/domain';

/**
 * The items of pages that are fetched as they are asked for; with `ahead` the next page is fetched while the items of
 * the present one are taken. Two pages are in memory at most.
 */
export async function* streamPages<T>(
  fetch: (page: PageRequest) => Promise<Page<T>>,
  ahead: boolean,
): AsyncGenerator<T, void, undefined> {
  let page = await fetch({ limit: MAX_PAGE_LIMIT });
  for (;;) {
    const { items, nextCursor: cursor } = page;
    const following = cursor === undefined ? undefined : { limit: MAX_PAGE_LIMIT, cursor };
    const next = ahead && following !== undefined ? fetch(following) : undefined;
    // Whoever stops early does not learn of it; whoever goes on does.
    const settled = next?.catch(() => undefined);
    try {
      for (const item of items) yield item;
    } finally {
      await settled;
    }
    if (following === undefined) return;
    page = await (next ?? fetch(following));
  }
}
