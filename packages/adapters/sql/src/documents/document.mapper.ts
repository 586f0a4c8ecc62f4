import { type DocumentDraft, type DocumentSummary, linkKey } from '@markitect/domain';
import type { DocumentLinkRow, DocumentRow, DocumentTagRow } from './document.schema.js';

/** What of the stored state a save goes on from. */
export type StoredState = Pick<DocumentSummary, 'revision' | 'createdAt'>;

/** The row of a draft. `stored`: the document it replaces, whose revision it follows and whose birth it keeps. */
export function documentRow(draft: DocumentDraft, id: number, stored?: StoredState): DocumentRow {
  return {
    id,
    path: draft.path,
    link_key: linkKey(draft.path),
    title: draft.title,
    tags: JSON.stringify(draft.tags),
    hash: draft.hash,
    bytes: draft.bytes,
    revision: (stored?.revision ?? 0) + 1,
    created_at: stored?.createdAt ?? draft.savedAt,
    updated_at: draft.savedAt,
    source: draft.source ?? null,
    front_matter: JSON.stringify(draft.frontMatter),
    headings: JSON.stringify(draft.headings),
    anchors: JSON.stringify(draft.anchors),
    content: draft.content,
    heading_text: draft.headings.map((heading) => heading.text).join('\n'),
    text: draft.text,
  };
}

/** How tags are compared: without regard to case. */
export function foldTag(tag: string): string {
  return tag.normalize('NFC').toLowerCase();
}

/** The rows of a draft's tags; tags that differ only in case are one. */
export function documentTagRows(draft: DocumentDraft, documentId: number): DocumentTagRow[] {
  return [...new Set(draft.tags.map(foldTag))].map((tag) => ({ document_id: documentId, tag }));
}

/** The rows of a draft's links. */
export function documentLinkRows(draft: DocumentDraft, documentId: number): DocumentLinkRow[] {
  return draft.links.map(({ href, text, line, target }, position) => ({
    document_id: documentId,
    position,
    href,
    text,
    line,
    kind: target.kind,
    target: target.kind === 'document' ? target.key : target.kind === 'asset' ? target.path : null,
    fragment: target.kind === 'document' ? (target.fragment ?? null) : null,
  }));
}
