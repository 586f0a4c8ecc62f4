import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestSite, type TestPage, type TestSite } from '@markitect/testing';
import { openScraper, run } from './open-web.js';

let site: TestSite;
beforeEach(async () => {
  site = await startTestSite();
});
afterEach(() => site.stop());

const text = (body: string, more: Partial<TestPage> = {}): TestPage => ({
  headers: { 'content-type': 'text/plain' },
  body,
  ...more,
});
const asked = (path: string) => site.requests.filter((each) => each.path === path).length;
const PAGE = '/pages/borrowing.html';

describe('robots.txt', () => {
  it('is asked for once in a run, before anything else, by a scraper that says who it is', async () => {
    await run(
      openScraper({ userAgent: 'Testbot/1.0 (+https://example.org/bot)' }),
      `${site.origin}/sitemap.xml`,
    );
    expect(site.requests[0]?.path).toBe('/robots.txt');
    expect(asked('/robots.txt')).toBe(1);
    expect(new Set(site.requests.map(({ headers }) => headers['user-agent']))).toEqual(
      new Set(['Testbot/1.0 (+https://example.org/bot)']),
    );
  });

  it('holds by the name of the scraper, whatever it says of its version', async () => {
    const unwanted = openScraper({ userAgent: 'Unwanted/2.1 (x)' });
    await expect(run(unwanted, site.origin + PAGE)).rejects.toMatchObject({ code: 'WEB_ROBOTS_DISALLOWED' });
    expect(asked(PAGE)).toBe(0);
    expect((await run(openScraper({ userAgent: 'Wanted' }), site.origin + PAGE)).found).toHaveLength(1);
  });

  it.each<[string, string, boolean]>([
    ['nothing', '', true],
    ['an empty rule', 'User-agent: *\nDisallow:', true],
    ['everything', 'User-agent: *\nDisallow: /', false],
    ['the longest rule', 'User-agent: *\nDisallow: /\nAllow: /pages/', true],
    ['wildcards', 'User-agent: *\nDisallow: /*.html$', false],
    ['a byte order mark', '\ufeffUser-agent: *\nDisallow: /', false],
    ['groups of several names', 'User-agent: a\nUser-agent: markitect\nDisallow: /', false],
  ])('is understood: %s', async (_what, body, isAllowed) => {
    site.set('/robots.txt', text(body));
    const work = run(openScraper(), site.origin + PAGE);
    if (isAllowed) expect((await work).found).toHaveLength(1);
    else await expect(work).rejects.toMatchObject({ code: 'WEB_ROBOTS_DISALLOWED' });
  });

  it.each([404, 403, 410])('allows everything where it is answered with %d', async (status) => {
    site.set('/robots.txt', text('User-agent: *\nDisallow: /', { status }));
    expect((await run(openScraper(), site.origin + PAGE)).found).toHaveLength(1);
  });

  it.each([500, 503, 429])('allows nothing where it is answered with %d', async (status) => {
    site.set('/robots.txt', text('', { status }));
    const failure = await run(openScraper(), site.origin + PAGE).catch((error: unknown) => error);
    expect(failure).toMatchObject({ retryable: true });
    expect(asked(PAGE)).toBe(0);
  });

  it('allows nothing where its server does not answer', async () => {
    const { port } = site;
    await site.stop();
    const failure = { code: 'HTTP_UNREACHABLE', retryable: true };
    await expect(run(openScraper(), `http://127.0.0.1:${port}${PAGE}`)).rejects.toMatchObject(failure);
  });

  it('is followed where it is elsewhere, and holds for the site that was asked', async () => {
    const redirect = (location: string): TestPage => ({ status: 301, headers: { location }, body: '' });
    site.set('/robots.txt', redirect('/elsewhere/robots.txt'));
    site.set('/elsewhere/robots.txt', text('User-agent: *\nDisallow: /pages/'));
    await expect(run(openScraper(), site.origin + PAGE)).rejects.toMatchObject({
      code: 'WEB_ROBOTS_DISALLOWED',
    });
    site.set('/robots.txt', redirect('/robots.txt'));
    expect((await run(openScraper(), site.origin + PAGE)).found).toHaveLength(1);
  });

  it('is asked of each site that a page is redirected to', async () => {
    const other = await startTestSite({ host: '127.0.0.2' });
    try {
      other.set('/robots.txt', text('User-agent: *\nDisallow: /pages/'));
      const target = `${site.origin}/redirect/to?${encodeURIComponent(other.origin + PAGE)}`;
      await expect(run(openScraper(), target)).rejects.toMatchObject({ code: 'WEB_ROBOTS_DISALLOWED' });
      expect(other.requests.map(({ path }) => path)).toEqual(['/robots.txt']);
    } finally {
      await other.stop();
    }
  });

  it('is waited for between two requests as long as it asks', async () => {
    site.set('/robots.txt', text('User-agent: *\nCrawl-delay: 2.5'));
    const { holds, permits } = await run(openScraper(), `${site.origin}/list.txt`);
    expect(permits).toHaveLength(8);
    expect(holds).toEqual(Array.from({ length: 7 }, () => ['web:127.0.0.1', 2500]));
  });
});

describe('a server that has enough', () => {
  it('is left alone as long as it says, then asked again', async () => {
    const { holds, found } = await run(openScraper(), `${site.origin}/busy`);
    expect(holds).toEqual([['web:127.0.0.1', 1000]]);
    expect(found).toHaveLength(1);
  });

  it('is asked three times at most, with pauses, and a permit each time', async () => {
    const run1 = await run(openScraper(), `${site.origin}/list.txt`).then(() =>
      run(openScraper(), `${site.origin}/limited`).catch((error: unknown) => error),
    );
    expect(run1).toMatchObject({ code: 'HTTP_RATE_LIMITED', details: { retryAfterMs: 7000 } });
    expect(asked('/limited')).toBe(3);
    const { holds, permits, found } = await run(openScraper(), `${site.origin}/flaky`);
    expect(holds.map(([, forMs]) => forMs)).toEqual([1000, 2000]);
    expect(permits).toHaveLength(4);
    expect(found).toHaveLength(1);
  });

  it('is not waited for longer than five minutes', async () => {
    site.set('/later', text('', { status: 503, headers: { 'retry-after': '86400' } }));
    const holds: number[] = [];
    const work = run(openScraper(), `${site.origin}/later`, {
      holdBack: async (_name, forMs) => void holds.push(forMs),
    });
    await expect(work).rejects.toMatchObject({ code: 'HTTP_SERVER_FAILED' });
    expect(holds).toEqual([300_000]);
    expect(asked('/later')).toBe(1);
  });
});
