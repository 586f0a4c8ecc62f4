import { PLACE_DUPLICATE, type SearchResultRow } from '@markitect/adapter-sql';
import { rankResults, type SearchId } from '@markitect/domain';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

type Ranked = Pick<
  SearchResultRow,
  'id' | 'job_id' | 'score' | 'reference' | 'fingerprint' | 'place' | 'duplicate_of'
>;

/** Rows read by one statement. */
const READ = 5000;
/** Rows changed by one statement. */
const WRITTEN = 1000;

/**
 * Ranks the results of a search and marks the duplicates among them; only rows whose rank changes are written. Keeps
 * reference and fingerprint of all results in memory. Answers how many are ranked.
 */
export async function rankSearchResults(
  transaction: SqlExecutor,
  searchId: SearchId,
  nowMs: number,
): Promise<number> {
  const rows = await readAll(transaction, searchId);
  const ranked = rankResults(rows.map(({ job_id: jobId, ...row }) => ({ ...row, jobId })));
  const changes: [id: number, place: number, duplicateOf: number | null][] = [];
  for (const [index, { id, rank, duplicateOf = null }] of ranked.entries()) {
    const place = rank ?? PLACE_DUPLICATE;
    const row = rows[index];
    if (row?.place !== place || row.duplicate_of !== duplicateOf) changes.push([id, place, duplicateOf]);
  }
  for (let from = 0; from < changes.length; from += WRITTEN) {
    await transaction.run(
      `UPDATE search_results SET place = e.value ->> 1, duplicate_of = e.value ->> 2, updated_at = ?
       FROM json_each(?) e WHERE search_results.id = e.value ->> 0`,
      [nowMs, JSON.stringify(changes.slice(from, from + WRITTEN))],
    );
  }
  return ranked.filter(({ rank }) => rank !== undefined).length;
}

async function readAll(reader: SqlReader, searchId: SearchId): Promise<readonly Ranked[]> {
  const all: Ranked[] = [];
  for (;;) {
    const { place = 0, id = 0 } = all.at(-1) ?? {};
    const rows = await reader.all<Ranked>(
      `SELECT id, job_id, score, reference, fingerprint, place, duplicate_of FROM search_results
       WHERE search_id = ? AND (place, id) > (?, ?) ORDER BY place, id LIMIT ?`,
      [searchId, place, id, READ],
    );
    for (const row of rows) all.push(row);
    if (rows.length < READ) return all;
  }
}
