import type { JsonObject, JsonValue } from '../json.js';
import type { Heading } from './document.js';
import { type DocumentPath, documentName } from './document-path.js';

/** The title of a document: front matter `title`, else its first heading of the least depth, else its file name. */
export function titleOf(path: DocumentPath, frontMatter: JsonObject, headings: readonly Heading[]): string {
  const written = frontMatter['title'];
  if (typeof written === 'string' && written.trim() !== '') return written.trim();
  if (typeof written === 'number') return String(written);
  const top = headings.reduce<Heading | undefined>(
    (best, heading) =>
      heading.text !== '' && (best === undefined || heading.depth < best.depth) ? heading : best,
    undefined,
  );
  return top?.text ?? documentName(path);
}

/**
 * The tags of a document: front matter `tags`, a list or one text with commas. Trimmed, a leading `#` dropped,
 * without repetition, in the order written.
 */
export function tagsOf(frontMatter: JsonObject): readonly string[] {
  const written = frontMatter['tags'];
  const raw: readonly JsonValue[] = Array.isArray(written)
    ? (written as readonly JsonValue[])
    : typeof written === 'string'
      ? written.split(',')
      : [];
  const tags = raw
    .filter((tag) => typeof tag === 'string' || typeof tag === 'number')
    .map((tag) => String(tag).trim().replace(/^#/, ''))
    .filter((tag) => tag !== '');
  return [...new Set(tags)];
}
