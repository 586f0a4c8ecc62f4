import {
  type DocumentLinks,
  type DocumentPath,
  fragmentArrives,
  type Heading,
  type IncomingLink,
  linkedPath,
  type OutgoingLink,
} from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';

interface OwnRow {
  readonly id: number;
  readonly link_key: string;
}

interface LinkRow {
  readonly href: string;
  readonly text: string;
  readonly line: number;
  readonly kind: OutgoingLink['kind'];
  readonly target: string | null;
  readonly fragment: string | null;
}

interface IncomingRow extends LinkRow {
  readonly path: DocumentPath;
}

/** A document that a link may mean. */
interface Candidate {
  readonly path: DocumentPath;
  readonly linkKey: string;
  /** What can be linked to in it; empty when nobody asks. */
  readonly fragments: readonly string[];
}

/**
 * The links of a document and to it; `undefined` when there is no such document. `reader` must stand in a
 * snapshot, so that links are judged against the state they were read in.
 */
export async function documentLinks(
  reader: SqlReader,
  path: DocumentPath,
): Promise<DocumentLinks | undefined> {
  const [own] = await reader.all<OwnRow>('SELECT id, link_key FROM documents WHERE path = ?', [path]);
  if (own === undefined) return undefined;
  const links = await reader.all<LinkRow>(
    `SELECT href, text, line, kind, target, fragment FROM document_links WHERE document_id = ? ORDER BY position`,
    [own.id],
  );
  const incoming = await reader.all<IncomingRow>(
    `SELECT d.path, l.href, l.text, l.line, l.kind, l.target, l.fragment
     FROM document_links l JOIN documents d ON d.id = l.document_id
     WHERE l.target = ? AND l.kind = 'document' AND l.document_id <> ?
     ORDER BY d.path, l.line, l.position`,
    [own.link_key, own.id],
  );
  const candidates = await candidatesOf(reader, own, links);
  return {
    outgoing: links.map((link) => judged(link, path, candidates)),
    incoming: incoming
      .filter((link) => meant(link, link.path, candidates)?.path === path)
      .map(({ path: from, text, line, fragment }): IncomingLink => ({
        path: from,
        text,
        line,
        ...(fragment !== null && { fragment }),
      })),
  };
}

/** Every document that one of the links, or a link to this document, may mean; in the order of paths. */
async function candidatesOf(
  reader: SqlReader,
  own: OwnRow,
  links: readonly LinkRow[],
): Promise<readonly Candidate[]> {
  const keys = new Set([own.link_key]);
  const keysWithFragment = new Set<string>();
  for (const { kind, target, fragment } of links) {
    if (kind !== 'document' || target === null) continue;
    keys.add(target);
    if (fragment !== null) keysWithFragment.add(target);
  }
  const rows = await reader.all<{
    path: DocumentPath;
    link_key: string;
    headings: string | null;
    anchors: string | null;
  }>(
    `SELECT path, link_key, iif(asked, headings, NULL) AS headings, iif(asked, anchors, NULL) AS anchors
     FROM (SELECT *, link_key IN (SELECT value FROM json_each(?)) AS asked FROM documents
           WHERE link_key IN (SELECT value FROM json_each(?)))
     ORDER BY path`,
    [JSON.stringify([...keysWithFragment]), JSON.stringify([...keys])],
  );
  return rows.map(({ path, link_key, headings, anchors }) => ({
    path,
    linkKey: link_key,
    fragments: headings === null || anchors === null ? [] : fragmentsOf(headings, anchors),
  }));
}

function fragmentsOf(headings: string, anchors: string): readonly string[] {
  const slugs = (JSON.parse(headings) as Heading[]).map((heading) => heading.slug);
  return [...slugs, ...(JSON.parse(anchors) as string[])];
}

function meant(link: LinkRow, from: DocumentPath, candidates: readonly Candidate[]): Candidate | undefined {
  const fitting = candidates.filter((candidate) => candidate.linkKey === link.target);
  const chosen = linkedPath(
    fitting.map(({ path }) => path),
    from,
    link.href,
  );
  return fitting.find(({ path }) => path === chosen);
}

function judged(link: LinkRow, from: DocumentPath, candidates: readonly Candidate[]): OutgoingLink {
  const { href, text, line, kind } = link;
  if (kind !== 'document') return { href, text, line, kind, state: 'unchecked' };
  const fragment = link.fragment === null ? {} : { fragment: link.fragment };
  const target = meant(link, from, candidates);
  if (target === undefined) return { href, text, line, kind, state: 'missing-document', ...fragment };
  const arrives = fragmentArrives(link.fragment ?? undefined, target.fragments);
  const state = arrives ? 'ok' : 'missing-fragment';
  return { href, text, line, kind, state, path: target.path, ...fragment };
}
