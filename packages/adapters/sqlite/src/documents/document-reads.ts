import type { Document, DocumentPath } from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';
import { documentColumns, type DocumentJsonRow, documentOf } from './document-json.js';

const oneQuery = `SELECT ${documentColumns} FROM documents WHERE path = ?`;
const manyQuery = `SELECT path, ${documentColumns}
  FROM documents WHERE path IN (SELECT value FROM json_each(?))`;

/** The document at a path, or `undefined`. */
export async function readDocument(reader: SqlReader, path: DocumentPath): Promise<Document | undefined> {
  const [row] = await reader.all<DocumentJsonRow>(oneQuery, [path]);
  return row && documentOf(row);
}

/** Those of the documents at these paths that there are. */
export async function readDocuments(
  reader: SqlReader,
  paths: readonly DocumentPath[],
): Promise<ReadonlyMap<DocumentPath, Document>> {
  const rows = await reader.all<DocumentJsonRow & { path: DocumentPath }>(manyQuery, [JSON.stringify(paths)]);
  return new Map(rows.map((row) => [row.path, documentOf(row)]));
}
