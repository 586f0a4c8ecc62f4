import { issueOf } from '@markitect/adapter-sql';
import { type JsonValue, type Page, pageLimit } from '@markitect/domain';
import { decodeCursor, encodeCursor, type IssueHit, type IssueSearch } from '@markitect/ports';
import { matchExpression } from '../documents/document-search.js';
import { firstStem } from '../documents/excerpt.js';
import { hitSnippet, snippetColumns, type SnippetRow } from '../documents/snippet.js';
import type { SqlReader } from '../engine/sql-executor.js';
import { issueColumns, type StoredIssue } from './issue-reads.js';

interface HitRow extends SnippetRow, StoredIssue {
  readonly number: number;
  readonly rank: number;
}

/** What fits best of an issue; of one with long texts what was written first. */
const snippetOfIssue = snippetColumns({
  index: 'issue_search',
  column: -1,
  text: `(i.body || char(10) || i.comment_text)`,
  row: 'page.id',
});

/**
 * One page of the issues that meet the terms, best first. Every match of every tracker is ranked for every page;
 * snippets are made for the issues of the page only. The cross joins keep SQLite from looking every issue of the tracker
 * up in the index.
 */
export async function searchIssues(
  reader: SqlReader,
  source: string,
  search: IssueSearch,
): Promise<Page<IssueHit>> {
  const limit = pageLimit(search);
  const { terms, state, cursor } = search;
  const match = matchExpression(terms, search.match);
  const sequence = ['issue-search', source, match, state ?? null];
  const place = cursor === undefined ? undefined : decodeCursor<Place>(cursor, sequence, isPlace);
  const rows = await reader.all<HitRow>(
    `WITH ranked AS MATERIALIZED (
       SELECT s.rowid AS id, bm25(issue_search, 10.0, 2.0, 1.0) AS rank, i.number
       FROM issue_search s CROSS JOIN issues i ON i.id = s.rowid
       WHERE issue_search MATCH ? AND i.source = ? ${state === undefined ? '' : 'AND i.state = ?'}
     ), page AS MATERIALIZED (
       SELECT * FROM ranked ${place === undefined ? '' : 'WHERE (rank, number) > (?, ?)'}
       ORDER BY rank, number LIMIT ?
     )
     SELECT page.rank, page.number, ${issueColumns}, ${snippetOfIssue}
     FROM page CROSS JOIN issues i ON i.id = page.id ORDER BY page.rank, page.number`,
    [
      match,
      source,
      ...(state === undefined ? [] : [state]),
      ...(place ?? []),
      limit + 1,
      match,
      firstStem(terms),
    ],
  );
  const items = rows.slice(0, limit).map((row) => ({
    issue: issueOf(row),
    score: -row.rank,
    snippet: hitSnippet(row, terms),
  }));
  const last = rows[limit - 1];
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.rank, last.number]) };
}

type Place = readonly [rank: number, number: number];

function isPlace(place: readonly JsonValue[]): place is Place {
  return place.length === 2 && typeof place[0] === 'number' && typeof place[1] === 'number';
}
