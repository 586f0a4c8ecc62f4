import { describe, expect, it } from '@jest/globals';
import type { Page, PageRequest } from '@markitect/domain';
import { streamPages } from './stream-pages.js';

/** Pages of three items each; counts how many have been asked for. */
function pages(count: number) {
  const asked: number[] = [];
  const fetch = async ({ cursor = '0' }: PageRequest): Promise<Page<string>> => {
    await Promise.resolve();
    const page = Number(cursor);
    asked.push(page);
    const items = [0, 1, 2].map((item) => `${page}.${item}`);
    return page + 1 < count ? { items, nextCursor: String(page + 1) } : { items };
  };
  return { asked, fetch };
}

describe('a sequence of pages', () => {
  it.each([true, false])('gives every item once, in order (ahead: %p)', async (ahead) => {
    const { asked, fetch } = pages(4);
    const seen: string[] = [];
    for await (const item of streamPages(fetch, ahead)) seen.push(item);
    expect(seen).toEqual([0, 1, 2, 3].flatMap((page) => [0, 1, 2].map((item) => `${page}.${item}`)));
    expect(asked).toEqual([0, 1, 2, 3]);
  });

  it.each([
    [true, [0, 1]],
    [false, [0]],
  ])('asks for no more than is needed next (ahead: %p)', async (ahead, wanted) => {
    const { asked, fetch } = pages(100);
    const items = streamPages(fetch, ahead);
    expect(asked).toEqual([]);
    await items.next();
    // However long the reader takes.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(wanted);
    await items.next();
    await items.return();
    expect(asked).toEqual(wanted);
  });

  it('tells whoever goes on that a page could not be had, and nobody who has stopped', async () => {
    const { fetch } = pages(3);
    const failing = (request: PageRequest): Promise<Page<string>> =>
      request.cursor === '1' ? Promise.reject(new Error('gone')) : fetch(request);
    for (const ahead of [true, false]) {
      const seen: string[] = [];
      const all = (async () => {
        for await (const item of streamPages(failing, ahead)) seen.push(item);
      })();
      await expect(all).rejects.toThrow('gone');
      expect(seen).toEqual(['0.0', '0.1', '0.2']);
      for await (const item of streamPages(failing, ahead)) if (item === '0.1') break;
    }
  });
});
