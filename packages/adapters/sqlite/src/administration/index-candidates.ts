import { aliasesOf } from './query-plan.js';

/** The columns of a table by how a statement uses them. */
interface ColumnUse {
  readonly equal: readonly string[];
  readonly range: readonly string[];
  readonly order: readonly string[];
}

/**
 * Lists of columns of a table that an index for a statement might have, the best guess first: those compared for
 * equality, then those it is ordered by or of which it takes a range. A guess from the text, for SQLite to judge.
 */
export function indexCandidates(
  sql: string,
  table: string,
  columns: readonly string[],
): readonly (readonly string[])[] {
  const { equal, range, order } = columnUse(sql, table, columns);
  const candidates = [
    [...equal, ...order],
    [...equal, ...range],
    equal,
    ...equal.map((column) => [column, ...order]),
    order,
    range,
  ].map((each) => [...new Set(each)]);
  return candidates.filter(
    (each, index) =>
      each.length > 0 && candidates.findIndex((other) => other.join() === each.join()) === index,
  );
}

function columnUse(sql: string, table: string, columns: readonly string[]): ColumnUse {
  const names = [table, ...aliasesOf(table, sql)];
  // A column behind a plus is kept from indexes on purpose.
  const mentioned = (column: string): string => `(?<![+\\w."])(?:(?:${names.join('|')})\\.)?"?${column}"?`;
  const isUsed = (column: string, how: string): boolean =>
    new RegExp(`${mentioned(column)}\\s*(?:${how})`, 'i').test(sql);
  const inRowValue = [...sql.matchAll(/\(([^()]+)\)\s*[<>]/g)].map(([, list]) => list ?? '').join(', ');
  const listed = (column: string, text: string): boolean =>
    new RegExp(`${mentioned(column)}(?![\\w.])`, 'i').test(text);
  const orders = [...sql.matchAll(/(?:ORDER|GROUP) BY\s+([^()]+?)(?=\s+LIMIT\b|\s+RETURNING\b|\)|$)/gi)];
  const orderList = orders.flatMap(([, list = '']) => list.split(','));
  return {
    equal: columns.filter((column) => isUsed(column, '=(?!=)|IS(?!\\s+NOT)\\b|IN\\b')),
    range: columns.filter((column) => isUsed(column, '[<>]|BETWEEN\\b') || listed(column, inRowValue)),
    order: orderList.flatMap((each) => columns.filter((column) => listed(column, each))),
  };
}
