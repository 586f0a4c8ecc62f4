import { XMLParser } from 'fast-xml-parser';

/** What a sitemap or feed leads to, as written. */
export interface Addresses {
  readonly pages: readonly string[];
  /** Further sitemaps. */
  readonly sitemaps: readonly string[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  maxNestedTags: 50,
  // Only those of XML and HTML, and characters by number: what a document defines itself could multiply.
  processEntities: { enabled: true, maxEntityCount: 0 },
  htmlEntities: true,
});

/** The names of what is read here. */
const rootPattern =
  /^(?:\s|<\?[^>]*\?>|<!--(?:[^-]|-[^-])*-->|<!(?!--)[^>]*>)*<(?:\w+:)?(urlset|sitemapindex|rss|feed|rdf)[\s/>]/i;

/** Whether a text is, by its first element, a sitemap or a feed. */
export function isAddressesXml(text: string): boolean {
  return rootPattern.test(text.slice(0, 20_000));
}

/** Reads a sitemap (index), RSS 0.9 to 2.0 or Atom. `undefined`: it cannot be read. */
export function readAddressesXml(text: string): Addresses | undefined {
  let root: unknown;
  try {
    root = parser.parse(text);
  } catch {
    return undefined;
  }
  const urls = within(root, 'urlset', 'url').map((each) => textOf(child(each, 'loc')));
  const sitemaps = within(root, 'sitemapindex', 'sitemap').map((each) => textOf(child(each, 'loc')));
  const items = [...within(root, 'rss', 'channel', 'item'), ...within(root, 'RDF', 'item')].map(
    addressOfItem,
  );
  const entries = within(root, 'feed', 'entry').map(addressOfEntry);
  return { pages: [...urls, ...items, ...entries].filter(isGiven), sitemaps: sitemaps.filter(isGiven) };
}

function addressOfItem(item: unknown): string {
  const [link = ''] = list(child(item, 'link')).map(textOf).filter(isGiven);
  const [guid] = list(child(item, 'guid'));
  if (link !== '' || child(guid, '@isPermaLink') === 'false') return link;
  return /^https?:/.test(textOf(guid)) ? textOf(guid) : '';
}

function addressOfEntry(entry: unknown): string {
  const links = list(child(entry, 'link'));
  const rel = (link: unknown) => child(link, '@rel') ?? 'alternate';
  return textOf(
    child(
      links.find((link) => rel(link) === 'alternate'),
      '@href',
    ),
  );
}

/** All elements at a path, whether there is one or are several of each. */
function within(root: unknown, ...path: readonly string[]): readonly unknown[] {
  return path.reduce<readonly unknown[]>(
    (nodes, name) => nodes.flatMap((node) => list(child(node, name))),
    [root],
  );
}

function child(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return undefined;
  return (node as Record<string, unknown>)[name];
}

function list(node: unknown): readonly unknown[] {
  if (node === undefined) return [];
  return Array.isArray(node) ? (node as readonly unknown[]) : [node];
}

/** Of an element with attributes the text is a child. */
function textOf(node: unknown): string {
  const text = typeof node === 'object' ? child(node, '#text') : node;
  return typeof text === 'string' ? text.trim() : '';
}

function isGiven(text: string): boolean {
  return text !== '';
}
