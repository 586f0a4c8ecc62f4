import type { Document, DocumentSummary } from '@markitect/domain';

/*
 * sqlite3 builds row objects slowly, column by column. One JSON array for each document, parsed here, costs half as
 * much; only the content stays a column of its own, since escaping it would cost more than the column does. Stored
 * JSON travels as text within: SQLite's own JSON functions refuse what is nested deeply.
 */

const summaryColumns = [
  'path',
  'title',
  'tags',
  'hash',
  'bytes',
  'revision',
  'created_at',
  'updated_at',
  'source',
] as const;

type SummaryTuple = readonly [
  path: DocumentSummary['path'],
  title: string,
  tags: string,
  hash: DocumentSummary['hash'],
  bytes: number,
  revision: number,
  createdAt: string,
  updatedAt: string,
  source: string | null,
];

type DocumentTuple = readonly [...SummaryTuple, frontMatter: string, headings: string];

/** What {@link documentColumns} reads. */
export interface DocumentJsonRow {
  readonly content: string;
  readonly facts: string;
}

/** SQL: the columns of a {@link DocumentJsonRow} of the table `documents`. */
export const documentColumns = `content, json_array(${summaryColumns.join(', ')}, front_matter, headings) AS facts`;

/** The document of a row. */
export function documentOf(row: DocumentJsonRow): Document {
  const facts = JSON.parse(row.facts) as DocumentTuple;
  const document = summaryOf(facts) as { -readonly [Field in keyof Document]: Document[Field] };
  document.content = row.content;
  document.frontMatter = JSON.parse(facts[9]) as Document['frontMatter'];
  document.headings = JSON.parse(facts[10]) as Document['headings'];
  return document;
}

/** SQL: the columns that {@link summaryPage} needs of the table `documents`. */
export const summarySelection = summaryColumns.join(', ');

/** SQL: the rows of an ordered query of {@link summarySelection} as one row for {@link summariesOf}. */
export function summaryPage(orderedQuery: string): string {
  return `SELECT json_group_array(json_array(${summarySelection})) AS page FROM (${orderedQuery})`;
}

/** The summaries of a page. */
export function summariesOf(rows: readonly { readonly page: string }[]): DocumentSummary[] {
  return (JSON.parse(rows[0]?.page ?? '[]') as SummaryTuple[]).map(summaryOf);
}

/** Written out twice: spreading one object into another takes longer than all the rest of a page. */
function summaryOf(facts: SummaryTuple | DocumentTuple): DocumentSummary {
  const [path, title, , hash, bytes, revision, createdAt, updatedAt, source] = facts;
  const tags = facts[2] === '[]' ? [] : (JSON.parse(facts[2]) as string[]);
  return source === null
    ? { path, title, tags, hash, bytes, revision, createdAt, updatedAt }
    : { path, title, tags, hash, bytes, revision, createdAt, updatedAt, source };
}
