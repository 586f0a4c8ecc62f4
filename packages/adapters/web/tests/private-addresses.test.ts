import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestSite, type TestSite } from '@markitect/testing';
import { openGuardedScraper, PUBLIC, run } from './open-web.js';

/** The site of the public internet, and one of the inner network that nobody may reach. */
let site: TestSite;
let inner: TestSite;
beforeAll(async () => {
  inner = await startTestSite({ host: '127.0.0.1' });
  site = await startTestSite({ name: 'site.test' });
});
afterAll(() => Promise.all([site.stop(), inner.stop()]));
beforeEach(() => {
  (inner.requests as unknown[]).length = 0;
});

const refused = { code: 'WEB_ADDRESS_REFUSED' };

/** Ways to write an address of this machine or a private network. */
const disguises = (port: number): string[] => [
  `http://127.0.0.1:${port}/secret`,
  `http://127.1:${port}/secret`,
  `http://0x7f.1:${port}/secret`,
  `http://0177.0.0.1:${port}/secret`,
  `http://2130706433:${port}/secret`,
  `http://127.0.0.1.:${port}/secret`,
  `http://①②⑦.⓪.⓪.①:${port}/secret`,
  `http://0:${port}/secret`,
  `http://[::1]:${port}/secret`,
  `http://[::]:${port}/secret`,
  `http://[::ffff:127.0.0.1]:${port}/secret`,
  `http://[::ffff:7f00:1]:${port}/secret`,
  `http://[::127.0.0.1]:${port}/secret`,
  `http://[64:ff9b::127.0.0.1]:${port}/secret`,
  `http://[2002:7f00:1::]:${port}/secret`,
  `http://[fe80::1]:${port}/secret`,
  `http://[fd00::1]:${port}/secret`,
  `http://site.test@127.0.0.1:${port}/secret`,
  `http://site.test:80@127.0.0.1:${port}/secret`,
  `http://127.0.0.1:${port}\\@site.test/secret`,
  'http://10.1.2.3/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
];

describe('an address that is private', () => {
  it.each(disguises(1))('is not asked as the target %s', async (address) => {
    const target = address.replace(':1/', `:${inner.port}/`);
    const connected: string[] = [];
    const work = run(openGuardedScraper({}, connected), target);
    await expect(work).rejects.toMatchObject({
      code: expect.stringMatching(/^(WEB_ADDRESS_REFUSED|SEARCH_SOURCE_INVALID)$/),
    });
    expect(connected).toEqual([]);
    expect(inner.requests).toEqual([]);
  });

  it('is not asked wherever a list or a redirect leads', async () => {
    const addresses = disguises(inner.port);
    const lines = addresses.flatMap((address) => [
      address,
      `${site.origin}/redirect/to?${encodeURIComponent(address)}`,
    ]);
    site.set('/disguises.txt', { headers: { 'content-type': 'text/plain' }, body: lines.join('\n') });
    const connected: string[] = [];
    const { found, problems } = await run(openGuardedScraper({}, connected), `${site.origin}/disguises.txt`);
    expect(found).toEqual([]);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['WEB_ADDRESS_REFUSED']));
    expect(problems.length).toBeGreaterThan(addresses.length);
    expect(new Set(connected)).toEqual(new Set([PUBLIC]));
    expect(inner.requests).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['the loopback', ['127.0.0.1']],
    ['the loopback of IPv6', ['::1']],
    ['IPv4 in IPv6', ['::ffff:127.0.0.1']],
    ['one of several', [PUBLIC, '127.0.0.1']],
    ['a private network', ['192.168.0.7']],
    ['no address', ['localhost']],
  ])('is not asked by a name that means %s', async (_what, addresses) => {
    const connected: string[] = [];
    const scraper = openGuardedScraper({ 'inner.test': addresses }, connected);
    await expect(run(scraper, `http://inner.test:${inner.port}/secret`)).rejects.toMatchObject(refused);
    expect(connected).toEqual([]);
    expect(inner.requests).toEqual([]);
  });

  it('is not asked by a name of this machine', async () => {
    for (const name of ['localhost', 'localhost.', 'LOCALHOST']) {
      const scraper = openGuardedScraper({ localhost: ['127.0.0.1'], 'localhost.': ['127.0.0.1'] });
      await expect(run(scraper, `http://${name}:${inner.port}/secret`)).rejects.toMatchObject(refused);
    }
    expect(inner.requests).toEqual([]);
  });

  it('is not asked by a name that changes its meaning between the check and the connection', async () => {
    let looks = 0;
    const connected: string[] = [];
    const rebinding = () => (looks++ === 0 ? [PUBLIC] : ['127.0.0.1']);
    const scraper = openGuardedScraper({ 'rebinding.test': rebinding }, connected);
    const target = `http://rebinding.test:${site.port}/redirect/to?${encodeURIComponent(`http://rebinding.test:${inner.port}/secret`)}`;
    await expect(run(scraper, target)).rejects.toMatchObject(refused);
    // Each socket went to an address of the very look at the name that was checked.
    expect(new Set(connected)).toEqual(new Set([PUBLIC]));
    expect(inner.requests).toEqual([]);
  });

  it('is not asked for the robots.txt of a site that redirects it there', async () => {
    const evil = await startTestSite();
    try {
      evil.set('/robots.txt', {
        status: 302,
        headers: { location: `http://127.0.0.1:${inner.port}/robots.txt` },
        body: '',
      });
      await expect(
        run(openGuardedScraper(), `http://site.test:${evil.port}/pages/borrowing.html`),
      ).rejects.toMatchObject(refused);
      expect(inner.requests).toEqual([]);
    } finally {
      await evil.stop();
    }
  });

  it.each([
    'file:///etc/passwd',
    'ftp://site.test/',
    'gopher://site.test/',
    'data:text/html,borrow',
    'javascript:1',
  ])('nor is one of another kind, to which a page is redirected: %s', async (address) => {
    const target = `${site.origin}/redirect/to?${encodeURIComponent(address)}`;
    await expect(run(openGuardedScraper(), target)).rejects.toMatchObject(refused);
  });

  it('does not show a password that stands in an address', async () => {
    const target = `${site.origin}/redirect/to?${encodeURIComponent('http://ada:hunter2@site.test/')}`;
    const error = (await run(openGuardedScraper(), target).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject(refused);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('hunter2');
  });
});

it('reads a site of the public internet', async () => {
  const connected: string[] = [];
  const { found } = await run(openGuardedScraper({}, connected), `${site.origin}/sitemap.xml`);
  expect(found).toHaveLength(3);
  expect(new Set(connected)).toEqual(new Set([PUBLIC]));
});
