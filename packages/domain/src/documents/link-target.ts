import { type DocumentPath, markdownExtension } from './document-path.js';

/**
 * Where a link leads.
 * - `external`: another site or protocol; never judged.
 * - `document`: a place in this store. `key` is compared with {@link linkKey} of the stored paths.
 * - `asset`: a file that is not a document (an image, a source file); never judged.
 */
export type LinkTarget =
  | { readonly kind: 'external' }
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'document'; readonly key: string; readonly fragment?: string };

/** A link out of a document, and whether it arrives. */
export interface OutgoingLink {
  readonly href: string;
  readonly text: string;
  readonly line: number;
  readonly kind: LinkTarget['kind'];
  /**
   * `ok`: the document (and the fragment, where one is named) exists. `missing-document`, `missing-fragment`:
   * it does not. `unchecked`: external and asset links.
   */
  readonly state: 'ok' | 'missing-document' | 'missing-fragment' | 'unchecked';
  /**
   * The document it leads to, when there is one; where several have the link's key, the one {@link linkedPath}
   * chooses.
   */
  readonly path?: DocumentPath;
  readonly fragment?: string;
}

/** A link from another document to this one. */
export interface IncomingLink {
  readonly path: DocumentPath;
  readonly text: string;
  readonly line: number;
  readonly fragment?: string;
}

/** All links of a document, in reading order; the incoming ones by path, then line. */
export interface DocumentLinks {
  readonly outgoing: readonly OutgoingLink[];
  readonly incoming: readonly IncomingLink[];
}

/**
 * The name under which links find a document: its path without Markdown or HTML extension, and without a
 * closing `index` or `readme`. Sites made from Markdown link to `start.html`, `start` or `guides/` and mean
 * `start.md` and `guides/README.md`; all of these have one key. Case is folded.
 */
export function linkKey(path: string): string {
  const bare = path.normalize('NFC').toLowerCase().replace(pageExtension, '');
  return bare === 'index' || bare === 'readme' ? '' : bare.replace(/\/(?:index|readme)$/, '');
}

/** Behind a name: a file called `.md` is no page without a name. */
/**
 * The document that a link written as `href` in `from` means, of those that have its key: the one of the file name as
 * written, else `from` itself, else the first by path. `candidates` are in the order of paths.
 */
export function linkedPath(
  candidates: readonly DocumentPath[],
  from: DocumentPath,
  href: string,
): DocumentPath | undefined {
  if (candidates.length <= 1) return candidates[0];
  const written = decode(href.replace(/[?#].*$/s, ''));
  const name = written.slice(written.lastIndexOf('/') + 1);
  const named = candidates.find((path) => path.slice(path.lastIndexOf('/') + 1) === name);
  return named ?? candidates.find((path) => path === from) ?? candidates[0];
}

/**
 * Whether a fragment names one of these places, case folded. An empty one and `top` are the beginning of any page, as
 * they are for browsers.
 */
export function fragmentArrives(fragment: string | undefined, places: Iterable<string>): boolean {
  const sought = fragment?.toLowerCase() ?? '';
  if (sought === '' || sought === 'top') return true;
  for (const place of places) if (place.toLowerCase() === sought) return true;
  return false;
}

const pageExtension = /(?<=[^/])\.(?:md|markdown|mdx|html?)$/i;

/**
 * Resolves a link as written in the document `from`. Relative links are resolved from the document's folder;
 * one that starts with `/` from the top of the store. A link that climbs above the top is an asset: nothing in
 * the store can answer it.
 */
export function resolveLink(from: DocumentPath, href: string): LinkTarget {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) return { kind: 'external' };
  const hash = href.indexOf('#');
  const fragment = hash < 0 ? '' : decode(href.slice(hash + 1));
  const written = decode((hash < 0 ? href : href.slice(0, hash)).replace(/\?.*$/s, ''));
  const withFragment = fragment === '' ? {} : { fragment };
  if (written === '') return { kind: 'document', key: linkKey(from), ...withFragment };
  const path = resolvePath(from, written);
  if (path === undefined) return { kind: 'asset', path: written };
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isPage = pageExtension.test(name) || markdownExtension.test(name) || !name.includes('.');
  return isPage ? { kind: 'document', key: linkKey(path), ...withFragment } : { kind: 'asset', path };
}

function resolvePath(from: DocumentPath, written: string): string | undefined {
  const parts = written.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
