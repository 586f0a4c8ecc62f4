import { documentLinkRows, documentRow, documentTagRows } from '@markitect/adapter-sql';
import type { ContentHash, DocumentDraft, DocumentPath } from '@markitect/domain';
import type { SaveResult } from '@markitect/ports';
import type { SqlValue } from '../engine/sqlite-handle.js';
import type { SqlExecutor } from '../engine/sql-executor.js';

/** What a write has to know of a document that is stored. */
export interface StoredDocument {
  readonly id: number;
  readonly path: DocumentPath;
  readonly hash: ContentHash;
  readonly revision: number;
  readonly createdAt: string;
  readonly source: string | null;
}

/** The stored documents among some paths, and the highest id of all documents. */
export interface StoredState {
  readonly documents: ReadonlyMap<DocumentPath, StoredDocument>;
  readonly lastId: number;
}

/** A draft that is to be written, and the document it replaces. */
export interface Change {
  readonly draft: DocumentDraft;
  readonly stored: StoredDocument | undefined;
}

/** Reads what is stored at these paths now. */
export async function storedState(
  transaction: SqlExecutor,
  paths: readonly DocumentPath[],
): Promise<StoredState> {
  const rows = await transaction.all<{ documents: string; last_id: number }>(
    `SELECT (SELECT max(id) FROM documents) AS last_id, json_group_array(json_object('id', d.id, 'path', d.path,
       'hash', d.hash, 'revision', d.revision, 'createdAt', d.created_at, 'source', d.source)) AS documents
     FROM documents d WHERE d.path IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(paths)],
  );
  const documents = JSON.parse(rows[0]?.documents ?? '[]') as StoredDocument[];
  return {
    documents: new Map(documents.map((each) => [each.path, each])),
    lastId: rows[0]?.last_id ?? 0,
  };
}

/** Whether a draft says nothing that is not stored already. */
export function isUnchanged(draft: DocumentDraft, stored: StoredDocument | undefined): boolean {
  return stored?.hash === draft.hash && (draft.source === undefined || stored.source === draft.source);
}

/** What saving a draft over a stored document does. */
export function saveResult(draft: DocumentDraft, stored: StoredDocument | undefined): SaveResult {
  const { path, hash } = draft;
  if (stored === undefined) return { path, outcome: 'created', revision: 1, hash };
  return isUnchanged(draft, stored)
    ? { path, outcome: 'unchanged', revision: stored.revision, hash }
    : { path, outcome: 'updated', revision: stored.revision + 1, hash };
}

/**
 * Writes changed documents of different paths with their tags and links, several rows with each statement. New
 * documents get the ids after `lastId`: the transaction holds the write lock, so nobody else takes them.
 */
export async function writeChanges(
  transaction: SqlExecutor,
  changes: readonly Change[],
  lastId: number,
): Promise<void> {
  let nextId = lastId + 1;
  const withIds = changes.map((change) => ({ ...change, id: change.stored?.id ?? nextId++ }));
  for (const chunk of chunks(withIds)) {
    const parameters = chunk.flatMap(({ draft, stored, id }): SqlValue[] => {
      const row = documentRow(draft, id, stored);
      return columns.map((column) => row[column]);
    });
    await transaction.run(upsert(chunk.length), parameters);
  }
  const replaced = withIds.filter(({ stored }) => stored !== undefined).map(({ id }) => id);
  if (replaced.length > 0) await removeTagsAndLinks(transaction, replaced);
  const tags = withIds.flatMap(({ draft, id }) => documentTagRows(draft, id));
  if (tags.length > 0) {
    await transaction.run(
      `INSERT INTO document_tags(document_id, tag) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
      [JSON.stringify(tags.map((row) => [row.document_id, row.tag]))],
    );
  }
  const links = withIds.flatMap(({ draft, id }) => documentLinkRows(draft, id));
  if (links.length > 0) {
    await transaction.run(insertLinks, [JSON.stringify(links.map((row) => linkColumns.map((c) => row[c])))]);
  }
}

/** Removes documents with everything that belongs to them. */
export async function removeDocuments(transaction: SqlExecutor, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  // Foreign keys may be switched off, and ids are used again.
  await removeTagsAndLinks(transaction, ids);
  await transaction.run('DELETE FROM documents WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ]);
}

async function removeTagsAndLinks(transaction: SqlExecutor, ids: readonly number[]): Promise<void> {
  const list = [JSON.stringify(ids)];
  await transaction.run(
    'DELETE FROM document_tags WHERE document_id IN (SELECT value FROM json_each(?))',
    list,
  );
  await transaction.run(
    'DELETE FROM document_links WHERE document_id IN (SELECT value FROM json_each(?))',
    list,
  );
}

const columns = [
  'id',
  'path',
  'link_key',
  'title',
  'tags',
  'hash',
  'bytes',
  'revision',
  'created_at',
  'updated_at',
  'source',
  'front_matter',
  'headings',
  'anchors',
  'content',
  'heading_text',
  'text',
] as const;

/** What an update may change. SQLite rewrites the indexes of every column it is told to set, changed or not. */
const changeable = columns.filter((column) => !['id', 'path', 'link_key', 'created_at'].includes(column));

const linkColumns = [
  'document_id',
  'position',
  'href',
  'text',
  'line',
  'kind',
  'target',
  'fragment',
] as const;

const insertLinks = `INSERT INTO document_links(${linkColumns.join(', ')})
  SELECT ${linkColumns.map((_, index) => `value ->> ${index}`).join(', ')} FROM json_each(?)`;

const upserts = new Map<number, string>();

function upsert(rows: number): string {
  const known = upserts.get(rows);
  if (known !== undefined) return known;
  const row = `(${columns.map(() => '?').join(', ')})`;
  const sql = `INSERT INTO documents(${columns.join(', ')}) VALUES ${Array<string>(rows).fill(row).join(', ')}
    ON CONFLICT(id) DO UPDATE SET ${changeable.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  upserts.set(rows, sql);
  return sql;
}

/** Rows for one statement; few different numbers, so that few statements are prepared. */
const CHUNK_SIZES = [64, 16, 4, 1] as const;

/** The bytes of documents that one statement may carry, unless it carries only one. */
const CHUNK_BYTES = 8 * 1024 * 1024;

function* chunks<T extends Change>(changes: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < changes.length;) {
    const size = CHUNK_SIZES.find((each) => fits(changes.slice(start, start + each), each)) ?? 1;
    yield changes.slice(start, start + size);
    start += size;
  }
}

function fits(changes: readonly Change[], size: number): boolean {
  if (changes.length < size) return false;
  return size === 1 || changes.reduce((sum, { draft }) => sum + draft.bytes, 0) <= CHUNK_BYTES;
}
