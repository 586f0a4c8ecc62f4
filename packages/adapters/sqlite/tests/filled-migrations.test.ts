import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqliteConnection, SqliteDocumentRepository, SqliteIssueRepository } from '../src/index.js';
import { migrationNames } from '../src/migrations/migrations.js';
import { fillStore } from './filled-store.js';
import { temporaryFile } from './temporary-store.js';

type Row = Readonly<Record<string, unknown>>;

/** What is in each table; those of the full-text indexes are SQLite's own. */
async function contentOf(connection: SqliteConnection): Promise<Map<string, readonly Row[]>> {
  const reader = connection.readers();
  const tables = await reader.all<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE "%' AND name <> 'migrations'
     ORDER BY name`,
  );
  const content = new Map<string, readonly Row[]>();
  for (const { name } of tables) content.set(name, await reader.all<Row>(`SELECT * FROM "${name}"`));
  return content;
}

/** Of what was there before, what the schema has room for: the same rows, without the columns that are gone. */
function expectKept(content: Map<string, readonly Row[]>, before: Map<string, readonly Row[]>): void {
  for (const [table, rows] of content) {
    const columns = Object.keys(rows[0] ?? {});
    const wanted = before
      .get(table)
      ?.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => columns.includes(column))));
    expect({ table, rows }).toEqual({ table, rows: wanted });
  }
}

describe('migrations of a filled database', () => {
  let place: Awaited<ReturnType<typeof temporaryFile>>;
  let filled: Map<string, readonly Row[]>;

  const opened = async <T>(file: string, work: (connection: SqliteConnection) => Promise<T>): Promise<T> => {
    const connection = new SqliteConnection({ file, synchronous: 'OFF' });
    await connection.open();
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };

  beforeAll(async () => {
    place = await temporaryFile();
    filled = await opened(place.file, async (connection) => {
      await connection.migrate();
      await fillStore(connection);
      return contentOf(connection);
    });
  });
  afterAll(() => place.remove());

  it('find something in every table', () => {
    expect([...filled].filter(([, rows]) => rows.length === 0).map(([table]) => table)).toEqual([]);
    expect(filled.size).toBeGreaterThan(20);
  });

  it.each(migrationNames.map((name, index) => [name, migrationNames.length - index] as const))(
    'keep what there was before %s when it and all later ones are taken back and done again',
    async (_, count) => {
      const file = `${place.file}-${count}`;
      await copyFile(place.file, file);
      await opened(file, async (connection) => {
        for (let reverted = 0; reverted < count; reverted += 1) {
          expect(await connection.revertLast()).toBe(migrationNames.at(-1 - reverted));
          expectKept(await contentOf(connection), filled);
        }
        const left = await contentOf(connection);
        expect((await connection.migrate()).applied).toEqual(migrationNames.slice(-count));
        const after = await contentOf(connection);
        expect([...after.keys()]).toEqual([...filled.keys()]);
        for (const [table, rows] of left) {
          expect({ table, rows: after.get(table) }).toEqual({
            table,
            rows: rows.map((row) => expect.objectContaining(row)),
          });
        }
        await connection.integrityCheck();
        await expectToWork(connection, left);
      });
    },
  );
});

/** What is left is found as before, and what is gone can be made anew. */
async function expectToWork(connection: SqliteConnection, left: Map<string, readonly Row[]>): Promise<void> {
  const documents = new SqliteDocumentRepository(connection);
  const terms = [{ words: ['borrow'], prefix: false, excluded: false }];
  expect((await documents.search({ terms })).items).toHaveLength(left.has('documents') ? 1 : 0);
  const issues = new SqliteIssueRepository(connection, { source: 'local', user: 'ada' });
  expect(await issues.count({})).toBe(left.has('issues') ? 2 : 0);
  if (left.size === 0) await fillStore(connection);
}
