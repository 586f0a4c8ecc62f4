import {
  type ContentHash,
  type DocumentDraft,
  type DocumentPath,
  Invalid,
  type Precondition,
  requirePrecondition,
} from '@markitect/domain';
import type { DocumentFingerprint, SaveResult } from '@markitect/ports';
import type { Outcome } from '../engine/group-commit.js';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';
import { fingerprintOf, type FingerprintRow } from './document-pages.js';
import {
  type Change,
  isUnchanged,
  removeDocuments,
  saveResult,
  storedState,
  writeChanges,
} from './document-writes.js';

/** A write that may share its commit with others. */
export type WriteRequest =
  | { readonly kind: 'save'; readonly draft: DocumentDraft; readonly expected: Precondition | undefined }
  | { readonly kind: 'remove'; readonly path: DocumentPath; readonly expected: Precondition | undefined };

/** What became of it: `undefined` when there was nothing to remove. */
export type WriteResult = SaveResult | 'removed' | undefined;

/** The path that a write is about. */
export const pathOf = (request: WriteRequest): DocumentPath =>
  request.kind === 'save' ? request.draft.path : request.path;

/** Writes requests for different paths, each of which may fail by its precondition without the others noticing. */
export async function writeGroup(
  transaction: SqlExecutor,
  requests: readonly WriteRequest[],
): Promise<Outcome<WriteResult>[]> {
  const state = await storedState(transaction, requests.map(pathOf));
  const changes: Change[] = [];
  const removed: number[] = [];
  const outcomes = requests.map((request): Outcome<WriteResult> => {
    const path = pathOf(request);
    const stored = state.documents.get(path);
    try {
      requirePrecondition(path, request.expected, stored);
    } catch (error) {
      return { error };
    }
    if (request.kind === 'save') {
      if (!isUnchanged(request.draft, stored)) changes.push({ draft: request.draft, stored });
      return { value: saveResult(request.draft, stored) };
    }
    if (stored === undefined) return { value: undefined };
    removed.push(stored.id);
    return { value: 'removed' };
  });
  await removeDocuments(transaction, removed);
  await writeChanges(transaction, changes, state.lastId);
  return outcomes;
}

/** Writes drafts for different paths: see {@link requireDifferentPaths}. */
export async function saveDocuments(
  transaction: SqlExecutor,
  drafts: readonly DocumentDraft[],
): Promise<readonly SaveResult[]> {
  const state = await storedState(
    transaction,
    drafts.map((draft) => draft.path),
  );
  const all = drafts.map((draft): Change => ({ draft, stored: state.documents.get(draft.path) }));
  const changes = all.filter(({ draft, stored }) => !isUnchanged(draft, stored));
  await writeChanges(transaction, changes, state.lastId);
  return all.map(({ draft, stored }) => saveResult(draft, stored));
}

/** Throws Invalid `REQUEST_INVALID` when two drafts have the same path. */
export function requireDifferentPaths(drafts: readonly DocumentDraft[]): void {
  const paths = drafts.map((draft) => draft.path);
  if (new Set(paths).size === paths.length) return;
  throw new Invalid('REQUEST_INVALID', 'two of the documents to save have the same path', {
    details: { field: 'drafts' },
  });
}

/** Removes the documents at these paths and answers how many there were. */
export async function removeDocumentsAt(
  transaction: SqlExecutor,
  paths: readonly DocumentPath[],
): Promise<number> {
  const { documents } = await storedState(transaction, paths);
  await removeDocuments(
    transaction,
    [...documents.values()].map(({ id }) => id),
  );
  return documents.size;
}

/** Of these paths, those that are stored. */
export async function documentFingerprints(
  reader: SqlReader,
  paths: readonly DocumentPath[],
): Promise<readonly DocumentFingerprint[]> {
  const rows = await reader.all<FingerprintRow>(
    'SELECT path, hash, source FROM documents WHERE path IN (SELECT value FROM json_each(?))',
    [JSON.stringify(paths)],
  );
  return rows.map(fingerprintOf);
}

/** Of these hashes, those that some stored document has. */
export async function knownDocumentHashes(
  reader: SqlReader,
  hashes: readonly ContentHash[],
): Promise<ReadonlySet<ContentHash>> {
  const rows = await reader.all<{ hash: ContentHash }>(
    'SELECT DISTINCT hash FROM documents WHERE hash IN (SELECT value FROM json_each(?))',
    [JSON.stringify(hashes)],
  );
  return new Set(rows.map(({ hash }) => hash));
}
