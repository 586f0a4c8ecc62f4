import { convert, type HtmlToTextOptions } from 'html-to-text';
import { limitDepth } from './limit-depth.js';

/** What a page of HTML says. */
export interface HtmlPage {
  readonly title: string;
  readonly text: string;
  /** As written. */
  readonly canonical: string | undefined;
}

/** Deeper elements are left out: the text is gathered by recursion. */
const MAX_DEPTH = 600;
/** Where a head is looked for, in characters. */
const HEAD_LENGTH = 100_000;

const limits = { maxDepth: MAX_DEPTH, maxInputLength: undefined, ellipsis: '' };

const content: HtmlToTextOptions = {
  wordwrap: false,
  limits,
  baseElements: { selectors: ['main', '[role="main"]', 'article'], returnDomByDefault: true },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'block' },
    ...['tr', 'td', 'th'].map((selector) => ({ selector, format: 'block' })),
    ...[
      'head',
      'title',
      'nav',
      'footer',
      'aside',
      'form',
      'script',
      'style',
      'noscript',
      'template',
      'svg',
      'img',
      'iframe',
    ].map((selector) => ({ selector, format: 'skip' })),
    { selector: '[hidden]', format: 'skip' },
    { selector: '[aria-hidden="true"]', format: 'skip' },
  ],
};

const heading: HtmlToTextOptions = {
  wordwrap: false,
  limits: { ...limits, maxBaseElements: 1 },
  baseElements: { selectors: ['title'], returnDomByDefault: false },
};

const firstHeading: HtmlToTextOptions = {
  ...heading,
  baseElements: { selectors: ['h1'], returnDomByDefault: false },
  selectors: [{ selector: 'h1', format: 'inline' }],
};

const canonicalLink: HtmlToTextOptions = {
  ...heading,
  baseElements: { selectors: ['link[rel~="canonical"]'], returnDomByDefault: false },
  formatters: {
    address: (element, _walk, builder) => {
      // The package's types say nothing of elements.
      const { attribs } = element as { readonly attribs?: Readonly<Record<string, string>> };
      builder.addLiteral(attribs?.['href'] ?? '');
    },
  },
  selectors: [{ selector: 'link', format: 'address' }],
};

/** Reads a page. Of its text what is around the content is left out. Never throws: what cannot be read is empty. */
export function readHtmlPage(written: string): HtmlPage {
  const html = limitDepth(written);
  const head = html.slice(0, HEAD_LENGTH);
  const canonical = read(head, canonicalLink);
  return {
    title: oneLine(read(head, heading)) || oneLine(read(html, firstHeading)),
    text: read(html, content),
    canonical: canonical === '' ? undefined : canonical,
  };
}

function read(html: string, options: HtmlToTextOptions): string {
  try {
    return convert(html, options).trim();
  } catch {
    return '';
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 300).trim();
}
