import {
  cutoverLogEntryOf,
  type CutoverLogRow,
  type CutoverMarkRow,
  type CutoverMismatchRow,
  cutoverMismatchOf,
  cutoverRepairOf,
} from '@markitect/adapter-sql';
import {
  type CutoverLogEntry,
  type CutoverMismatch,
  type CutoverRepair,
  type Page,
  pageLimit,
  type PageRequest,
} from '@markitect/domain';
import { decodeCursor, encodeCursor } from '@markitect/ports';
import type { SqlReader } from '../engine/sql-executor.js';

/** One page of marks, the oldest first. */
export async function repairsPage(
  reader: SqlReader,
  component: string,
  page: PageRequest,
): Promise<Page<CutoverRepair>> {
  const table = { name: 'cutover_marks', order: 1 } as const;
  const { items, ...next } = await rowsPage<CutoverMarkRow>(reader, table, component, page);
  return { items: items.map(cutoverRepairOf), ...next };
}

/** One page of mismatches, the newest first. */
export async function mismatchesPage(
  reader: SqlReader,
  component: string,
  page: PageRequest,
): Promise<Page<CutoverMismatch>> {
  const table = { name: 'cutover_mismatches', order: -1 } as const;
  const { items, ...next } = await rowsPage<CutoverMismatchRow>(reader, table, component, page);
  return { items: items.map(cutoverMismatchOf), ...next };
}

/** One page of the log, the newest first. */
export async function logPage(
  reader: SqlReader,
  component: string | undefined,
  page: PageRequest,
): Promise<Page<CutoverLogEntry>> {
  const table = { name: 'cutover_log', order: -1 } as const;
  const { items, ...next } = await rowsPage<CutoverLogRow>(reader, table, component, page);
  return { items: items.map(cutoverLogEntryOf), ...next };
}

interface PagedTable {
  readonly name: 'cutover_marks' | 'cutover_log' | 'cutover_mismatches';
  readonly order: 1 | -1;
}

/** A page of a table by its numbers; one more row is read than is shown, to know whether there is more. */
async function rowsPage<Row extends { readonly id: number }>(
  reader: SqlReader,
  { name, order }: PagedTable,
  component: string | undefined,
  page: PageRequest,
): Promise<Page<Row>> {
  const limit = pageLimit(page);
  const sequence = [name, component ?? null];
  const start = order === 1 ? 0 : Number.MAX_SAFE_INTEGER;
  const [after] = page.cursor === undefined ? [start] : decodeCursor(page.cursor, sequence, isPlace);
  const [beyond, direction] = order === 1 ? ['>', 'ASC'] : ['<', 'DESC'];
  // Marks have no index by component and number, which each write would pay for: those of others are passed over.
  const column = name === 'cutover_marks' ? '+component' : 'component';
  const of = component === undefined ? '' : `${column} = ?3 AND `;
  const rows = await reader.all<Row>(
    `SELECT * FROM ${name} WHERE ${of}id ${beyond} ?1 ORDER BY id ${direction} LIMIT ?2`,
    [after, limit + 1, ...(component === undefined ? [] : [component])],
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, nextCursor: encodeCursor(sequence, [last.id]) };
}

function isPlace(place: readonly unknown[]): place is readonly [number] {
  return place.length === 1 && typeof place[0] === 'number';
}
