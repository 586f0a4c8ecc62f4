import { type ContentHash, isMarkitectError } from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { danglingRows, fileFaults, searchIndexes, searchIndexFits } from './integrity.js';
import { rowsOf } from './store-status.js';

/** One thing that was checked. */
export interface StoreCheck {
  /** What was checked: `file`, `references`. */
  readonly name: string;
  /** `fault`: something is wrong. `note`: nothing is, and something may want doing. */
  readonly outcome: 'ok' | 'note' | 'fault';
  /** How many things were looked at. */
  readonly checked: number;
  /** How many of them are not as they should be. */
  readonly found: number;
  /** In a sentence without a full stop: what was found, or that all is well. */
  readonly summary: string;
}

/**
 * Makes a check; one that comes upon damage answers that. Throws what else the check throws.
 *
 * @param name of the answer where the check cannot be made
 */
export async function madeCheck(name: string, check: () => Promise<StoreCheck>): Promise<StoreCheck> {
  try {
    return await check();
  } catch (error) {
    if (!isMarkitectError(error) || error.code !== 'DATABASE_CORRUPT') throw error;
    return checked(name, 0, 1, { well: '', ill: `cannot be checked: ${error.message}` });
  }
}

/**
 * Checks what can be checked with the database alone: the file, references, full-text indexes and the tables of the
 * cache. Reads everything; the full-text indexes one after the other while nobody writes. What is too damaged to be
 * checked is a fault too. Throws as a read or a write does where a check cannot be made for another reason.
 */
export async function checkStore(connection: SqliteConnection): Promise<readonly StoreCheck[]> {
  const readers = connection.readers();
  const checks = [
    await madeCheck('file', () => checkFile(readers)),
    await madeCheck('references', () => checkReferences(readers)),
  ];
  for (const [table, index] of Object.entries(searchIndexes)) {
    checks.push(await madeCheck(`search in ${table}`, () => checkSearch(connection, table, index)));
  }
  checks.push(await madeCheck('cache tables', () => checkCache(readers)));
  return checks;
}

async function checkFile(reader: SqlReader): Promise<StoreCheck> {
  const [pages] = await reader.all<{ page_count: number }>('PRAGMA page_count');
  const faults = await fileFaults(reader);
  return checked('file', pages?.page_count ?? 0, faults.length, {
    well: 'pages and indexes are sound',
    ill: faults[0] ?? '',
  });
}

async function checkReferences(reader: SqlReader): Promise<StoreCheck> {
  const dangling = await danglingRows(reader);
  const broken = [...dangling.values()].reduce((sum, rows) => sum + rows, 0);
  return checked('references', await referringRows(reader), broken, {
    well: 'every row that refers to another finds it',
    ill: [...dangling].map(([table, rows]) => `${rows} of ${table}`).join(', '),
  });
}

async function checkSearch(connection: SqliteConnection, table: string, index: string): Promise<StoreCheck> {
  const readers = connection.readers();
  const name = `search in ${table}`;
  const [known] = await readers.all('SELECT 1 FROM sqlite_schema WHERE name = ?', [index]);
  // A schema of an earlier version.
  if (known === undefined) return checked(name, 0, 0, { well: 'there is no index yet', ill: '' });
  const rows = await rowsOf(readers, table);
  const writer = await connection.writer();
  const fits = await writer.exclusive((handle) => searchIndexFits(handle, index));
  return checked(name, rows, fits ? 0 : 1, {
    well: 'the index fits the texts',
    ill: `the index ${index} does not fit the texts`,
  });
}

/** Hashes of stored documents after another, in their order. One index range, however many there are. */
export async function documentHashes(
  reader: SqlReader,
  after: string,
  limit: number,
): Promise<readonly ContentHash[]> {
  const rows = await reader.all<{ hash: ContentHash }>(
    'SELECT DISTINCT hash FROM documents WHERE hash > ? ORDER BY hash LIMIT ?',
    [after, limit],
  );
  return rows.map(({ hash }) => hash);
}

async function checkCache(reader: SqlReader): Promise<StoreCheck> {
  const known = await reader.all(`SELECT 1 FROM sqlite_schema WHERE name = 'cache_invalidations'`);
  if (known.length === 0) return checked('cache tables', 0, 0, { well: 'there are none yet', ill: '' });
  const entries = await rowsOf(reader, 'cache');
  const [row] = await reader.all<{ wrong: number; ahead: number; horizons: number }>(
    `SELECT (SELECT count(*) FROM cache WHERE bytes < length(body)) AS wrong,
       (SELECT count(*) FROM cache_invalidations
        WHERE position > (SELECT seq FROM sqlite_sequence WHERE name = 'cache_invalidations')) AS ahead,
       (SELECT count(*) FROM cache_invalidations WHERE name = '') AS horizons`,
  );
  const { wrong = 0, ahead = 0, horizons = 0 } = row ?? {};
  const ill = [
    ...(wrong === 0 ? [] : [`${wrong} entries are larger than they say`]),
    ...(ahead === 0 ? [] : [`${ahead} invalidations lie beyond the newest position`]),
    ...(horizons === 1 ? [] : ['the log of invalidations has lost its beginning']),
  ];
  return checked('cache tables', entries, wrong + ahead + (horizons === 1 ? 0 : 1), {
    well: 'entries and invalidations are sound',
    ill: ill.join(', '),
  });
}

async function referringRows(reader: SqlReader): Promise<number> {
  const tables = await reader.all<{ name: string }>(
    `SELECT DISTINCT l.name FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name)
     WHERE l.schema = 'main' AND l.type = 'table'`,
  );
  let rows = 0;
  for (const { name } of tables) rows += await rowsOf(reader, name);
  return rows;
}

function checked(
  name: string,
  count: number,
  found: number,
  { well, ill }: { readonly well: string; readonly ill: string },
): StoreCheck {
  return {
    name,
    outcome: found === 0 ? 'ok' : 'fault',
    checked: count,
    found,
    summary: found === 0 ? well : ill,
  };
}
