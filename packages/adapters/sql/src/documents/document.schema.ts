import type { EntitySchemaOptions } from 'typeorm';

/** A table as TypeORM's `EntitySchema` takes it; plain data, so that reading it does not load TypeORM. */
export type TableSchema<Row> = Pick<
  EntitySchemaOptions<Row>,
  'name' | 'tableName' | 'columns' | 'indices' | 'foreignKeys'
>;

type ForeignKey = NonNullable<TableSchema<unknown>['foreignKeys']>[number];

/** A row of `documents`. Columns ending in JSON hold text made by `JSON.stringify`. */
export interface DocumentRow {
  id: number;
  path: string;
  link_key: string;
  title: string;
  /** JSON: the tags as written. */
  tags: string;
  hash: string;
  bytes: number;
  revision: number;
  created_at: string;
  updated_at: string;
  source: string | null;
  /** JSON. */
  front_matter: string;
  /** JSON. */
  headings: string;
  /** JSON. */
  anchors: string;
  content: string;
  /** The headings' texts, one per line: what a search weighs above the text. */
  heading_text: string;
  text: string;
}

/** A row of `document_tags`: one tag of one document, in lower case. */
export interface DocumentTagRow {
  document_id: number;
  tag: string;
}

/** A row of `document_links`: one link as written and where it leads. */
export interface DocumentLinkRow {
  document_id: number;
  /** Its place among the document's links, from 0. */
  position: number;
  href: string;
  text: string;
  line: number;
  kind: 'external' | 'asset' | 'document';
  /** The key of a document link, the path of an asset link. */
  target: string | null;
  fragment: string | null;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;

/** The table of documents. The large columns come last: what lies before them is read without touching them. */
export const documentTable: TableSchema<DocumentRow> = {
  name: 'DocumentRow',
  tableName: 'documents',
  columns: {
    id: { ...integer, primary: true, primaryKeyConstraintName: 'documents_pk' },
    path: text,
    link_key: text,
    title: text,
    tags: text,
    hash: text,
    bytes: integer,
    revision: integer,
    created_at: text,
    updated_at: text,
    source: { ...text, nullable: true },
    front_matter: text,
    headings: text,
    anchors: text,
    content: text,
    heading_text: text,
    text,
  },
  indices: [
    { name: 'documents_by_path', columns: ['path'], unique: true },
    { name: 'documents_by_title', columns: ['title', 'path'] },
    { name: 'documents_by_updated_at', columns: ['updated_at', 'path'] },
    { name: 'documents_by_bytes', columns: ['bytes', 'path'] },
    { name: 'documents_by_link_key', columns: ['link_key'] },
    { name: 'documents_by_source', columns: ['source'] },
    { name: 'documents_by_hash', columns: ['hash'] },
  ],
};

const referenceToDocument = (name: string): ForeignKey => ({
  name,
  target: 'DocumentRow',
  columnNames: ['document_id'],
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

/** The table that finds documents by tag. */
export const documentTagTable: TableSchema<DocumentTagRow> = {
  name: 'DocumentTagRow',
  tableName: 'document_tags',
  columns: {
    document_id: { ...integer, primary: true, primaryKeyConstraintName: 'document_tags_pk' },
    tag: { ...text, primary: true, primaryKeyConstraintName: 'document_tags_pk' },
  },
  indices: [{ name: 'document_tags_by_tag', columns: ['tag', 'document_id'] }],
  foreignKeys: [referenceToDocument('document_tags_of_document')],
};

/** The table of links, found by the document they start from and by the one they lead to. */
export const documentLinkTable: TableSchema<DocumentLinkRow> = {
  name: 'DocumentLinkRow',
  tableName: 'document_links',
  columns: {
    document_id: { ...integer, primary: true, primaryKeyConstraintName: 'document_links_pk' },
    position: { ...integer, primary: true, primaryKeyConstraintName: 'document_links_pk' },
    href: text,
    text,
    line: integer,
    kind: text,
    target: { ...text, nullable: true },
    fragment: { ...text, nullable: true },
  },
  indices: [{ name: 'document_links_by_target', columns: ['target', 'document_id'] }],
  foreignKeys: [referenceToDocument('document_links_of_document')],
};
