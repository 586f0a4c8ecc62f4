import { gzipSync } from 'node:zlib';

/** What a page of the test site is answered with. */
export interface TestPage {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const articles: Readonly<Record<string, readonly [title: string, text: string]>> = {
  '/pages/borrowing.html': [
    'References and borrowing',
    'The borrow checker refuses a reference that outlives its value. To borrow is to use without owning.',
  ],
  '/pages/ownership.html': [
    'What is ownership?',
    'Each value has an owner. When the owner goes out of scope the value is dropped. Moves end what the borrow checker allows.',
  ],
  '/pages/lifetimes.html': [
    'Validating references with lifetimes',
    'A lifetime is how long a reference is valid; the borrow checker compares them.',
  ],
  '/pages/slices.html': ['The slice type', 'A slice is a view into a sequence, without owning it.'],
  '/pages/closures.html': ['Closures', 'Closures capture their environment: they move it or look at it.'],
  '/pages/threads.html': ['Threads', 'Threads run at the same time; channels carry values between them.'],
};

/** Pages of HTML in UTF-8, about Rust: the first three say something about the borrow checker. */
export const articlePaths = Object.keys(articles);

export function html(title: string, text: string, head = '', charset = '<meta charset="utf-8">'): string {
  return `<!doctype html><html lang="en"><head>${charset}<title>${title} - Test site</title>${head}</head><body>
<header><nav><a href="/">Home</a> Navigation that nobody asked for</nav></header>
<main><h1>${title}</h1><p>${text}</p><script>var ignored = 'scripted';</script></main>
<footer>Imprint of the site</footer></body></html>`;
}

const page = (body: string | Buffer, type = 'text/html; charset=utf-8'): TestPage => ({
  headers: { 'content-type': type },
  body,
});
const xml = (body: string | Buffer, type = 'application/xml'): TestPage => page(body, type);
const cell = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function urlset(origin: string, paths: readonly string[]): string {
  const urls = paths.map((path) => `<url><loc>${cell(origin + path)}</loc><priority>0.5</priority></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- A comment. --><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join('\n')}</urlset>`;
}

/** What can be found, what cannot be had, and what is the same again: everything that a scraper may meet. */
export const everythingPaths: readonly string[] = [
  ...articlePaths,
  ...['/slow', '/flaky', '/busy', '/packed', '/redirect/chain/3', '/redirect/loop', '/redirect/private'],
  ...['/broken', '/huge', '/huge-declared', '/bomb', '/cut', '/gone', '/image.png', '/private/page.html'],
  ...['/duplicates/a.html', '/duplicates/b.html?session=1&page=2'],
  ...['/charset/windows-1252.html', '/charset/shift-jis.html', '/charset/utf-16.html'],
  ...['/charset/wrong-utf-8.html', '/charset/wrong-latin.html'],
];

/** A question, and the paths of the pages of {@link everythingPaths} that answer it, each by its canonical address. */
export const everythingQuestion = 'How does the borrow checker work?';
export const everythingAnswers: readonly string[] = [
  ...articlePaths.slice(0, 3),
  ...['/slow', '/flaky', '/busy', '/packed'],
  ...['/charset/windows-1252.html', '/charset/shift-jis.html', '/charset/utf-16.html'],
  ...['/charset/wrong-utf-8.html', '/charset/wrong-latin.html'],
].sort();

const latin = (text: string): Buffer => Buffer.from(text.replaceAll('€', '\u0080'), 'latin1');
const japanese = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea]);

function inShiftJis(before: string, after: string): Buffer {
  return Buffer.concat([Buffer.from(before), japanese, Buffer.from(after)]);
}

/** 64 MiB packed: the same member again and again, as gzip allows. */
function bomb(): Buffer {
  const member = gzipSync(Buffer.alloc(1024 * 1024, 'borrow checker '));
  return Buffer.concat(Array.from({ length: 64 }, () => member));
}

/** The pages that are the same each time. */
export function fixedPages(origin: string): Readonly<Record<string, TestPage>> {
  const borrowed = 'The borrow checker, once more:';
  const [jpStart = '', jpEnd = ''] = html(
    'Shift JIS',
    `${borrowed} |.`,
    '',
    '<meta charset="Shift_JIS">',
  ).split('|');
  const item = (path: string) => `<item><title>An item</title><link>${cell(origin + path)}</link></item>`;
  const entry = (path: string) =>
    `<entry><title>An entry</title><link rel="self" href="${origin}/self"/><link href="${path}"/></entry>`;
  const duplicate = html(
    'The same again',
    'The borrow checker, said twice.',
    '<link rel="canonical" href="/pages/borrowing.html">',
  );
  return {
    ...Object.fromEntries(
      Object.entries(articles).map(([path, [title, text]]) => [path, page(html(title, text))]),
    ),
    '/sitemap.xml': xml(urlset(origin, articlePaths)),
    '/everything.xml': xml(urlset(origin, everythingPaths)),
    '/sitemap-index.xml': xml(
      `<sitemapindex>${['/sitemap-a.xml', '/sitemap-b.xml.gz', '/gone', '/sitemap-index.xml']
        .map((path) => `<sitemap><loc>${origin}${path}</loc></sitemap>`)
        .join('')}</sitemapindex>`,
    ),
    '/sitemap-a.xml': xml(urlset(origin, articlePaths.slice(0, 3)), 'text/html'),
    '/sitemap-b.xml.gz': xml(gzipSync(urlset(origin, articlePaths.slice(2))), 'application/gzip'),
    '/entities.xml': xml(
      `<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>${origin}/&b;</loc></url></urlset>`,
    ),
    '/list.txt': page(
      `# The articles\n\n${articlePaths.map((path) => `${origin}${path}#part`).join('\r\n')}\nftp://example.org/\n`,
      'text/plain',
    ),
    '/list.csv': page(
      `title,address\n${articlePaths.map((path) => `"An, article","${origin}${path}"`).join('\n')}\n`,
      'text/csv',
    ),
    '/feed.rss': xml(
      `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title><link>${origin}/</link><atom:link href="${origin}/feed.rss" rel="self"/>${articlePaths.map(item).join('')}</channel></rss>`,
      'application/rss+xml',
    ),
    '/feed.atom': xml(
      `<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>${articlePaths.map(entry).join('')}</feed>`,
      'application/atom+xml',
    ),
    '/notes.txt': page(
      'Notes\nThe borrow checker in plain text.\nIt is no list.',
      'text/plain; charset=utf-8',
    ),
    '/duplicates/a.html': page(duplicate),
    '/duplicates/b.html': page(duplicate),
    '/private/page.html': page(html('Private', 'The borrow checker is not for you.')),
    '/secret': page(html('Secret', 'The borrow checker of the inner network.')),
    '/image.png': {
      headers: { 'content-type': 'image/png' },
      body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]),
    },
    '/packed': {
      headers: { 'content-type': 'text/html', 'content-encoding': 'gzip' },
      body: gzipSync(html('Packed', 'The borrow checker, packed.')),
    },
    '/bomb': {
      headers: { 'content-type': 'text/html', 'content-encoding': 'gzip' },
      body: bomb(),
    },
    '/charset/windows-1252.html': page(
      latin(html('Größe', `${borrowed} Größe, 5 €.`, '', '')),
      'text/html; charset=iso-8859-1',
    ),
    '/charset/shift-jis.html': page(inShiftJis(jpStart, jpEnd), 'text/html'),
    '/charset/utf-16.html': page(
      Buffer.from(`\ufeff${html('Größe', `${borrowed} Größe, 5 €, 日本語.`, '', '')}`, 'utf16le'),
      'text/html',
    ),
    '/charset/wrong-utf-8.html': page(latin(html('Größe', `${borrowed} Größe, 5 €.`))),
    '/charset/wrong-latin.html': page(
      html('Größe', `${borrowed} Größe, 5 €, 日本語.`, '', '<meta charset="iso-8859-1">'),
      'text/html; charset=iso-8859-1',
    ),
  };
}
