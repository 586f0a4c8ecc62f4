import {
  type DocumentDraft,
  type DocumentPath,
  resolveLink,
  tagsOf,
  type Timestamp,
  titleOf,
} from '@markitect/domain';
import type { ParsedMarkdown } from '@markitect/ports';
import type { MarkdownText } from './markdown-text.js';

/** Everything a draft is made of. */
export interface DraftParts {
  readonly path: DocumentPath;
  readonly text: MarkdownText;
  readonly parsed: ParsedMarkdown;
  readonly source?: string;
  readonly savedAt: Timestamp;
}

/** Derives what is stored of a document from its text. */
export function draftDocument({ path, text, parsed, source, savedAt }: DraftParts): DocumentDraft {
  return {
    path,
    title: titleOf(path, parsed.frontMatter, parsed.headings),
    tags: tagsOf(parsed.frontMatter),
    hash: text.hash,
    bytes: text.bytes,
    content: text.content,
    frontMatter: parsed.frontMatter,
    headings: parsed.headings,
    anchors: parsed.anchors,
    links: parsed.links.map((link) => ({ ...link, target: resolveLink(path, link.href) })),
    text: parsed.text,
    savedAt,
    ...(source === undefined ? {} : { source }),
  };
}
