import { createHash } from 'node:crypto';
import {
  type ContentHash,
  type DocumentDraft,
  type DocumentLink,
  type DocumentPath,
  parseDocumentPath,
  resolveLink,
  tagsOf,
  titleOf,
} from '@markitect/domain';

/** What a test says of a draft; the rest is made up, always in the same way. */
export type DraftOverrides = Omit<Partial<DocumentDraft>, 'path' | 'links'> & {
  /** Default `guides/start.md`. */
  readonly path?: string;
  /** Links as they are written, or whole ones. */
  readonly links?: readonly (string | DocumentLink)[];
};

/**
 * A draft of a document for tests. Title and tags come from the front matter as in production. Content that is not
 * given is written from all other fields, so that drafts which differ in anything but source and time have
 * different hashes. Throws Invalid `DOCUMENT_PATH_INVALID`.
 */
export function documentDraft(overrides: DraftOverrides = {}): DocumentDraft {
  const { path: written = 'guides/start.md', links: hrefs = [], source, ...given } = overrides;
  const path = parseDocumentPath(written);
  const frontMatter = given.frontMatter ?? {};
  const headings = given.headings ?? [];
  const facts = {
    path,
    frontMatter,
    headings,
    title: given.title ?? titleOf(path, frontMatter, headings),
    tags: given.tags ?? tagsOf(frontMatter),
    anchors: given.anchors ?? [],
    links: hrefs.map((link, index) =>
      typeof link === 'string' ? documentLink(path, link, index + 1) : link,
    ),
    text: given.text ?? given.content ?? 'Where to begin.',
  };
  const content = given.content ?? `<!-- ${JSON.stringify(facts)} -->\n\n${facts.text}\n`;
  return {
    ...facts,
    content,
    hash: given.hash ?? contentHash(content),
    bytes: given.bytes ?? Buffer.byteLength(content),
    savedAt: given.savedAt ?? '2026-01-01T00:00:00.000Z',
    ...(source === undefined ? {} : { source }),
  };
}

/** A link in the document `from`, its target resolved as in production. */
export function documentLink(from: DocumentPath, href: string, line = 1, text = `to ${href}`): DocumentLink {
  return { href, text, line, target: resolveLink(from, href) };
}

/** The SHA-256 of a text or of bytes. */
export function contentHash(content: string | Uint8Array): ContentHash {
  return createHash('sha256').update(content).digest('hex') as ContentHash;
}
