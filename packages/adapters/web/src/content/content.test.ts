import { describe, expect, it } from '@jest/globals';
import { decodeText } from './decode-text.js';
import { readHtmlPage } from './html-page.js';
import { limitDepth } from './limit-depth.js';
import { readContent } from './read-content.js';
import { readTextAddresses } from './text-addresses.js';
import { isAddressesXml, readAddressesXml } from './xml-addresses.js';

const bytes = (...items: (string | number[])[]): Uint8Array =>
  Buffer.concat(items.map((item) => (typeof item === 'string' ? Buffer.from(item) : Buffer.from(item))));

describe('the charset of a page', () => {
  const sjis = [0x93, 0xfa, 0x96, 0x7b];
  it.each<[string, Uint8Array, string, string]>([
    ['is UTF-8 when nothing is said', bytes('Größe €'), '', 'Größe €'],
    [
      'is windows-1252 when nothing is said and it is no UTF-8',
      bytes('Gr', [0xf6], 'e ', [0x80]),
      '',
      'Gröe €',
    ],
    ['is that of the header', bytes(sjis), 'text/html; charset="Shift_JIS"', '日本'],
    [
      'is that of the header before that of the page',
      bytes('<meta charset=koi8-r>', sjis),
      'text/html;charset=sjis',
      '<meta charset=koi8-r>日本',
    ],
    [
      'is that of the page',
      bytes('<meta charset="shift_jis">', sjis),
      'text/html',
      '<meta charset="shift_jis">日本',
    ],
    [
      'is that of http-equiv',
      bytes('<META HTTP-EQUIV=x content="text/html; charset=x-sjis">', sjis),
      '',
      '<META HTTP-EQUIV=x content="text/html; charset=x-sjis">日本',
    ],
    [
      'is that of an XML declaration',
      bytes('<?xml version="1.0" encoding="Shift_JIS"?>', sjis),
      'text/xml',
      '<?xml version="1.0" encoding="Shift_JIS"?>日本',
    ],
    [
      'is that of the byte order mark before all',
      bytes([0xef, 0xbb, 0xbf], 'é'),
      'text/html; charset=shift_jis',
      'é',
    ],
    ['is UTF-16 of either end', bytes([0xfe, 0xff, 0x65, 0xe5]), '', '日'],
    ['is UTF-16 by the header', bytes([0xe5, 0x65]), 'text/plain; charset=utf-16', '日'],
    [
      'is not UTF-16 by what could be read',
      bytes('<meta charset="utf-16">é'),
      '',
      '<meta charset="utf-16">é',
    ],
    ['is not what does not exist', bytes('é'), 'text/html; charset=none-such', 'é'],
    [
      'is not an encoding of the library that is no charset',
      bytes('aGVsbG8='),
      'text/html; charset=base64',
      'aGVsbG8=',
    ],
  ])('%s', (_what, page, contentType, text) => {
    expect(decodeText(page, contentType)).toBe(text);
  });
});

describe('the text of a page', () => {
  it('is its content, in the order of reading, without markup', () => {
    const { title, text } = readHtmlPage(
      '<title>A &amp; B\n  c</title><nav>no</nav><h1>Head</h1><p>One <a href="/x">link</a>.<table><tr><td>cell<td>two</table>' +
        '<div hidden>no</div><div aria-hidden="true">no</div><style>no</style><form>no</form><!-- no -->',
    );
    expect(title).toBe('A & B c');
    expect(text.replace(/\s+/g, ' ')).toBe('Head One link. cell two');
  });

  it('is called by its first heading when it has no title', () => {
    expect(readHtmlPage('<h1>Head <em>of</em> it</h1><h1>Other</h1>').title).toBe('Head of it');
    expect(readHtmlPage('').title).toBe('');
  });

  it.each([
    ['nested elements', '<div>'.repeat(100_000) + 'deep' + '</div>'.repeat(100_000)],
    ['open elements', '<b><i><p>'.repeat(50_000)],
    ['angle brackets', '<'.repeat(300_000)],
    ['attributes', `<p ${'a="b" '.repeat(100_000)}>`],
    ['comments', '<!--'.repeat(100_000)],
    ['list', '<ul><li>'.repeat(30_000)],
    ['tables', '<table><tr><td>'.repeat(30_000)],
  ])('is read whatever is thrown at it: %s', (_what, hostile) => {
    const page = readHtmlPage(`<title>Still here</title><body>${hostile}`);
    expect(page.title).toBe('Still here');
  });
});

describe('a page of elements in elements', () => {
  it('is cut off where they are too many, and whole where they only follow each other', () => {
    expect(limitDepth('<div>'.repeat(100_000))).toBe('<div>'.repeat(500));
    for (const page of ['<div>x</div>', '<p>x', '<br>', '<tr><td>x', '</b>']) {
      expect(limitDepth(page.repeat(2000))).toBe(page.repeat(2000));
    }
  });
});

describe('lists of addresses', () => {
  it.each<[string, string, boolean, string[] | undefined]>([
    [
      'lines',
      'https://a/1\r\nhttps://a/2;x,y\n\n# no\n  http://b/  ',
      false,
      ['https://a/1', 'https://a/2;x,y', 'http://b/'],
    ],
    ['lines with titles', 'https://a/1, One\nTwo\thttps://a/2', false, ['https://a/1', 'https://a/2']],
    ['cells', 'name;url\n"x; y";https://a/1\nz;"https://a/2,b"', true, ['https://a/1', 'https://a/2,b']],
    ['a text with an address', 'See\nhttps://a/1\nand more\nof it', false, undefined],
    ['a text', 'no\naddress', false, undefined],
    ['nothing', '', false, undefined],
    ['a line without end', `https://a/,${'\t'.repeat(1_000_000)}x`, true, undefined],
  ])('are told from text: %s', (_what, text, isCsv, expected) => {
    expect(readTextAddresses(text, isCsv)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['<rss><channel><item><link>http://a/1</link></item></channel></rss>', ['http://a/1']],
    ['<rss><channel><item><guid>http://a/1</guid></item></channel></rss>', ['http://a/1']],
    ['<rss><channel><item><guid isPermaLink="false">http://a/1</guid></item></channel></rss>', []],
    ['<rss><channel><item><guid>tag:1</guid></item></channel></rss>', []],
    [
      '<rss><channel><item><link><![CDATA[ http://a/1?b&c ]]></link></item></channel></rss>',
      ['http://a/1?b&c'],
    ],
    [
      '<rdf:RDF xmlns:rdf="x"><item rdf:about="y"><link>http://a/1?b&amp;c</link></item></rdf:RDF>',
      ['http://a/1?b&c'],
    ],
    ['<feed><entry><link rel="self" href="no"/><link rel="alternate" href="/1"/></entry></feed>', ['/1']],
    ['<a:feed xmlns:a="x"><a:entry><a:link href="/1&#x26;2"/></a:entry></a:feed>', ['/1&2']],
    [
      '<urlset><url><loc> http://a/1 </loc><image:image><image:loc>no</image:loc></image:image></url><url/></urlset>',
      ['http://a/1'],
    ],
    ['<urlset/>', []],
    ['<urlset><url><__proto__><loc>x</loc></__proto__><constructor/><loc>y</loc></url></urlset>', []],
  ])('are read from %s', (xml, pages) => {
    expect(isAddressesXml(`\ufeff<?xml version="1.0"?><!DOCTYPE x><!-- c - d -->\n${xml}`)).toBe(true);
    expect(readAddressesXml(xml)?.pages ?? []).toEqual(pages);
  });

  it.each(['<html><urlset>', 'urlset', '<!-- <urlset> -->', '<!-- a -->'.repeat(5000), '<!a>'.repeat(8000)])(
    'are not seen in %.40j',
    (text) => {
      expect(isAddressesXml(text)).toBe(false);
    },
  );

  it('are not read from XML that multiplies', () => {
    const level = (name: string, of: string) => `<!ENTITY ${name} "${`&${of};`.repeat(10)}">`;
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const entities = names.map((name, index) => level(name, names[index - 1] ?? 'amp')).join('');
    const read = readAddressesXml(
      `<!DOCTYPE urlset [${entities}]><urlset><url><loc>&i;</loc></url></urlset>`,
    );
    expect(JSON.stringify(read ?? {}).length).toBeLessThan(100);
    expect(readAddressesXml(`<urlset>${'<url>'.repeat(10_000)}`)?.pages ?? []).toEqual([]);
  });
});

describe('what a page is', () => {
  const url = new URL('https://example.org/x');
  it.each<[string, string, string]>([
    ['text/html', 'anything', 'page'],
    ['', '<!-- c --><!DOCTYPE html><p>x', 'page'],
    ['text/plain', '<html><p>x', 'page'],
    ['application/xhtml+xml', '<?xml version="1.0"?><html><p>x</p></html>', 'page'],
    ['text/plain', 'words', 'page'],
    ['text/markdown', '# words', 'page'],
    ['application/octet-stream', 'words', 'page'],
    ['text/html', '<urlset><url><loc>https://a/</loc></url></urlset>', 'list'],
    ['text/plain', 'https://a/', 'list'],
  ])('is told by %j and %j', (contentType, body, kind) => {
    expect(readContent({ url, contentType, bytes: bytes(body) }).kind).toBe(kind);
  });

  it.each([
    ['application/pdf', '%PDF-1.7'],
    ['image/svg+xml', '<svg/>'],
    ['application/json', '{}'],
    ['video/mp4', 'x'],
    ['application/octet-stream', 'a\0b'],
    ['', 'a\0b'],
    ['application/xml', '<other/>'],
  ])('is nothing that can be read: %j', (contentType, body) => {
    expect(() => readContent({ url, contentType, bytes: bytes(body) })).toThrow(
      expect.objectContaining({ code: 'WEB_CONTENT_UNSUPPORTED' }),
    );
  });

  it('has the first heading of Markdown, or the first line, for a title', () => {
    const titleOf = (body: string) => {
      const content = readContent({ url, contentType: 'text/plain', bytes: bytes(body) });
      return content.kind === 'page' ? content.title : undefined;
    };
    expect(titleOf('\nfirst\n## Heading\n')).toBe('Heading');
    expect(titleOf('\n first line \nsecond')).toBe('first line');
    expect(titleOf('')).toBe(url.href);
  });
});
