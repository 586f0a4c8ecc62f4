// What storing results costs on the sqlite3 driver by hand: one connection, statements prepared once.
import { once } from 'node:events';
import sqlite3 from 'sqlite3';

const columns =
  'search_id, job_id, place, found_at, updated_at, score, reference, fingerprint, title, location, snippet';

/** Opens a database that has the schema, a search and a job already. */
export async function openRawResults(file) {
  const database = new sqlite3.Database(file);
  await once(database, 'open');
  const promised = (work) =>
    new Promise((resolve, reject) => {
      work((error) => (error === null ? resolve() : reject(error)));
    });
  const pragmas = `PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY`;
  await promised((done) => database.exec(pragmas, done));
  const statements = new Map();
  const statement = (rows) => {
    let prepared = statements.get(rows);
    if (prepared === undefined) {
      const row = '(1, 1, 4503599627370496, ?, ?, ?, ?, ?, ?, ?, ?)';
      prepared = database.prepare(
        `INSERT INTO search_results(${columns}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`,
      );
      statements.set(rows, prepared);
    }
    return prepared;
  };
  return {
    /** Stores results in one transaction, so many to a statement. */
    insert: async (results, rows) => {
      const now = Date.now();
      await promised((done) => database.exec('BEGIN IMMEDIATE', done));
      for (let from = 0; from < results.length; from += rows) {
        const values = results
          .slice(from, from + rows)
          .flatMap(({ score, reference, fingerprint, title, location, snippet }) => [
            now,
            now,
            score,
            reference,
            fingerprint,
            title,
            location,
            snippet,
          ]);
        await promised((done) => statement(rows).run(values, done));
      }
      await promised((done) => database.exec('COMMIT', done));
    },
    close: async () => {
      for (const each of statements.values()) await promised((done) => each.finalize(() => done(null)));
      await promised((done) => database.close(done));
    },
  };
}
