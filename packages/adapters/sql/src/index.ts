export { documentLinkRows, documentRow, documentTagRows, foldTag } from './documents/document.mapper.js';
export type { StoredState } from './documents/document.mapper.js';
export { documentLinkTable, documentTable, documentTagTable } from './documents/document.schema.js';
export type {
  DocumentLinkRow,
  DocumentRow,
  DocumentTagRow,
  TableSchema,
} from './documents/document.schema.js';
