import { NotSupported } from '@markitect/domain';
import { shown } from '../address/address-policy.js';
import type { FetchedPage } from '../fetch/web-session.js';
import { decodeText } from './decode-text.js';
import { readHtmlPage } from './html-page.js';
import { readTextAddresses } from './text-addresses.js';
import { isAddressesXml, readAddressesXml } from './xml-addresses.js';

/** A page that says something. */
export interface PageContent {
  readonly kind: 'page';
  /** What it is called by, wherever it was fetched from. */
  readonly url: URL;
  readonly title: string;
  readonly text: string;
}

/** A list, sitemap or feed of pages. */
export interface ListContent {
  readonly kind: 'list';
  readonly pages: readonly string[];
  readonly sitemaps: readonly string[];
}

/** Types that are text, and those that say nothing. */
const textType = /^(?:text\/[\w.+-]+|application\/(?:[\w.-]+\+)?(?:xml|xhtml)|application\/octet-stream|)$/;

/**
 * Reads what was fetched: by its type and, where that says little or is wrong, by its content. Throws NotSupported
 * `WEB_CONTENT_UNSUPPORTED`.
 */
export function readContent({ url, contentType, bytes }: FetchedPage): PageContent | ListContent {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const isPacked = /^application\/(?:x-)?gzip$/.test(type);
  const text = isPacked || textType.test(type) ? decodeText(bytes, contentType) : '\0';
  if (isAddressesXml(text)) {
    const addresses = readAddressesXml(text);
    if (addresses !== undefined) return { kind: 'list', ...addresses };
    throw unsupported(url, 'is no XML that can be read');
  }
  if (/html/.test(type) || looksLikeHtml(text)) {
    const { title, text: said, canonical } = readHtmlPage(text);
    const home = canonicalOf(url, canonical);
    return { kind: 'page', url: home, title: title === '' ? home.href : title, text: said };
  }
  if (text.slice(0, 2048).includes('\0') || /xml/.test(type))
    throw unsupported(url, `is of the type ${type}`);
  const pages = readTextAddresses(text, type === 'text/csv');
  if (pages !== undefined) return { kind: 'list', pages, sitemaps: [] };
  return { kind: 'page', url, title: titleOfText(text, url), text };
}

function looksLikeHtml(text: string): boolean {
  return /^\s*(?:<!--(?:[^-]|-[^-])*-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i.test(
    text.slice(0, 4096),
  );
}

/** What a page says it is called by; a site can say so of its own pages only. */
function canonicalOf(url: URL, canonical: string | undefined): URL {
  if (canonical === undefined || !URL.canParse(canonical, url.href)) return url;
  const home = new URL(canonical, url);
  home.hash = '';
  const isOwn = home.hostname === url.hostname && /^https?:$/.test(home.protocol);
  return isOwn && home.username === '' && home.password === '' ? home : url;
}

/** The first line of a text, or the first heading of Markdown. */
function titleOfText(text: string, url: URL): string {
  const start = text.slice(0, 10_000);
  const line = /^#{1,6}\s+(.+)$/m.exec(start)?.[1] ?? /\S.*/.exec(start)?.[0] ?? '';
  return line.trim().slice(0, 120) || url.href;
}

function unsupported(url: URL, reason: string): NotSupported {
  return new NotSupported('WEB_CONTENT_UNSUPPORTED', `${shown(url)} ${reason}`);
}
