import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@markitect/domain';
import {
  articlePaths,
  describeScraperContract,
  everythingAnswers,
  everythingQuestion,
  startTestSite,
  type TestSite,
} from '@markitect/testing';
import { openScraper, run } from './open-web.js';

describeScraperContract('WebScraper', async () => {
  const site = await startTestSite();
  return {
    scraper: openScraper(),
    name: 'web',
    target: `${site.origin}/sitemap.xml`,
    question: 'How does the borrow checker work?',
    badTargets: [
      '',
      'borrow',
      'ftp://example.org/',
      'file:///etc/passwd',
      'http://user:word@example.org/',
      'http://',
    ],
    close: () => site.stop(),
  };
});

describe('the web scraper', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await startTestSite({ slowMs: 5 });
  });
  afterAll(() => site.stop());

  const paths = (results: readonly { reference: string }[]) =>
    results.map(({ reference }) => reference.replace(site.origin, '')).sort();
  const askedFor = (path: string) => site.requests.filter((each) => each.path === path).length;

  it.each(['/sitemap.xml', '/sitemap-index.xml', '/list.txt', '/list.csv', '/feed.rss', '/feed.atom'])(
    'reads the pages that %s leads to',
    async (path) => {
      const { found, events } = await run(openScraper(), site.origin + path);
      expect(paths(found)).toEqual(articlePaths.slice(0, 3).sort());
      const progress = events.flatMap((event) => (event.kind === 'progress' ? [event] : []));
      expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)?.total });
    },
  );

  it.each(['/pages/borrowing.html', '/notes.txt'])('reads %s as a page, with one request', async (path) => {
    const before = askedFor(path);
    const { found, permits } = await run(openScraper(), site.origin + path);
    expect(paths(found)).toEqual([path]);
    expect(askedFor(path) - before).toBe(1);
    expect(permits).toEqual(['web:127.0.0.1', 'web:127.0.0.1']);
  });

  it('takes of a page its title and what it says, without what is around', async () => {
    const { found } = await run(openScraper(), `${site.origin}/pages/borrowing.html`);
    expect(found[0]).toMatchObject({ title: 'References and borrowing - Test site' });
    expect(found[0]?.snippet).toContain('The borrow checker refuses a reference');
    expect(found[0]?.snippet).not.toMatch(/Navigation|Imprint|scripted|</);
    expect(found[0]?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds what can be had of a site that has everything, and says what cannot', async () => {
    const scraper = openScraper({ timeoutMs: 2000, maxPageBytes: 1024 * 1024 });
    const { found, problems } = await run(scraper, `${site.origin}/everything.xml`, {
      question: everythingQuestion,
    });
    expect(paths(found)).toEqual(everythingAnswers);
    expect(
      Object.fromEntries(problems.map(({ reference, code }) => [new URL(reference).pathname, code])),
    ).toEqual({
      '/redirect/loop': 'WEB_REDIRECT_INVALID',
      '/redirect/private': 'HTTP_UNREACHABLE',
      '/broken': 'HTTP_SERVER_FAILED',
      '/huge': 'HTTP_RESPONSE_TOO_LARGE',
      '/huge-declared': 'HTTP_RESPONSE_TOO_LARGE',
      '/bomb': 'HTTP_RESPONSE_TOO_LARGE',
      '/cut': 'HTTP_RESPONSE_INVALID',
      '/gone': 'WEB_PAGE_NOT_FOUND',
      '/image.png': 'WEB_CONTENT_UNSUPPORTED',
      '/private/page.html': 'WEB_ROBOTS_DISALLOWED',
    });
    for (const { snippet, reference } of found) {
      if (/charset\/(w|utf)/.test(reference)) expect(snippet).toContain('Größe, 5 €');
      if (/shift|utf-16|wrong-latin/.test(reference)) expect(snippet).toContain('日本語');
    }
    expect(askedFor('/private/page.html')).toBe(0);
    expect(askedFor('/broken')).toBe(3);
  });

  it('tells the best of many, the best first', async () => {
    const all = await run(openScraper(), `${site.origin}/sitemap.xml`);
    const byScore = [...all.found].sort((a, b) => b.score - a.score);
    const best = await run(openScraper(), `${site.origin}/sitemap.xml`, { maxResults: 2 });
    expect(best.found).toEqual(byScore.slice(0, 2));
  });

  it('reads no page again that stands before its checkpoint, even where the list has grown', async () => {
    const list = (...names: string[]) => ({
      headers: { 'content-type': 'text/plain' },
      body: names.map((name) => `${site.origin}/pages/${name}.html`).join('\n'),
    });
    site.set('/growing.txt', list('borrowing', 'ownership', 'lifetimes'));
    const first = await run(openScraper(), `${site.origin}/growing.txt`);
    const checkpoints = first.events.flatMap((event) =>
      event.kind === 'checkpoint' ? [event.checkpoint] : [],
    );
    site.set('/growing.txt', list('slices', 'borrowing', 'ownership', 'lifetimes'));
    const before = askedFor('/pages/ownership.html');
    const rest = await run(openScraper(), `${site.origin}/growing.txt`, { checkpoint: checkpoints[1]! });
    expect(paths(rest.found)).toEqual(['/pages/lifetimes.html']);
    expect(askedFor('/pages/ownership.html')).toBe(before);
  });

  it.each([null, 'x', 7, [], { done: 'x' }, { done: 0, held: [{ reference: 1 }] }])(
    'begins anew with a checkpoint that is none: %j',
    async (checkpoint) => {
      const { found } = await run(openScraper(), `${site.origin}/sitemap.xml`, { checkpoint });
      expect(found).toHaveLength(3);
    },
  );

  it('reads no more pages than it may', async () => {
    const { events } = await run(openScraper({ maxPages: 2 }), `${site.origin}/sitemap.xml`);
    expect(events.filter(({ kind }) => kind === 'checkpoint')).toHaveLength(2);
  });

  it.each([
    ['/gone', 'WEB_PAGE_NOT_FOUND'],
    ['/broken', 'HTTP_SERVER_FAILED'],
    ['/image.png', 'WEB_CONTENT_UNSUPPORTED'],
    ['/private/page.html', 'WEB_ROBOTS_DISALLOWED'],
    ['/entities.xml', 'WEB_CONTENT_UNSUPPORTED'],
    ['/redirect/chain/9', 'WEB_REDIRECT_INVALID'],
    ['/redirect/to?http%3A%2F%2F', 'WEB_REDIRECT_INVALID'],
  ])('fails when its target %s cannot be had', async (path, code) => {
    await expect(run(openScraper(), site.origin + path)).rejects.toMatchObject({ code });
  });

  it('gives up a page that does not go on', async () => {
    const scraper = openScraper({ timeoutMs: 50, attempts: 1 });
    await expect(run(scraper, `${site.origin}/stalled`)).rejects.toMatchObject({ kind: 'Timeout' });
  });

  it('stops a page under way with the reason of its signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const stalled = run(openScraper(), `${site.origin}/stalled`, { signal: controller.signal });
    const isAsked = () => site.requests.filter(({ path }) => path === '/stalled').length > 1;
    while (!isAsked()) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(reason);
    await expect(stalled).rejects.toBe(reason);
  });

  it('does not take a failure of the permits for one of the site', async () => {
    const failure = new Unavailable('DATABASE_UNAVAILABLE', 'the database is gone');
    let left = 3;
    const permit = () => (left-- > 0 ? Promise.resolve() : Promise.reject(failure));
    for (left of [0, 1, 3])
      await expect(run(openScraper(), `${site.origin}/sitemap.xml`, { permit })).rejects.toBe(failure);
  });

  it('finds by the name that the page has for itself, but not by one of another site', async () => {
    const head = (address: string) => ({
      body: `<title>x</title><link rel='stylesheet canonical' href="${address}"><body>borrow checker`,
    });
    site.set('/called.html', head('/other?a=1&amp;b=2#part'));
    site.set('/stolen.html', head('https://example.org/famous'));
    const called = await run(openScraper(), `${site.origin}/called.html`);
    expect(paths(called.found)).toEqual(['/other?a=1&b=2']);
    const stolen = await run(openScraper(), `${site.origin}/stolen.html`);
    expect(paths(stolen.found)).toEqual(['/stolen.html']);
  });

  it('asks for addresses as they are written', async () => {
    const written = '/odd%20path/%E6%97%A5;x=(1)|[2]?q=a+b&r=%26&s={"t":[1]}&&=';
    site.set('/odd.txt', { headers: { 'content-type': 'text/plain' }, body: `${site.origin}${written}` });
    await run(openScraper(), `${site.origin}/odd.txt`);
    expect(site.requests.at(-1)?.path).toBe(
      '/odd%20path/%E6%97%A5;x=(1)%7C%5B2%5D?q=a+b&r=%26&s={%22t%22:[1]}&&=',
    );
  });
});
