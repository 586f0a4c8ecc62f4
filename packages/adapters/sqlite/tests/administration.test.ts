import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { documentDraft } from '@markitect/testing';
import { drawSchema, SqliteAdministration, SqliteConnection, type StoreCheck } from '../src/index.js';
import { migrationNames } from '../src/migrations/migrations.js';
import { temporaryStore } from './temporary-store.js';

let store: Awaited<ReturnType<typeof temporaryStore>>;
let administration: SqliteAdministration;
beforeEach(async () => {
  store = await temporaryStore();
  administration = new SqliteAdministration(store.connection);
});
afterEach(() => store.close());

const change = async (...statements: string[]) =>
  (await store.connection.writer()).exclusive(async (handle) => {
    for (const sql of statements) await handle.exec(sql);
  });
const faults = (checks: readonly StoreCheck[]) =>
  checks.filter(({ outcome }) => outcome === 'fault').map(({ name, found }) => [name, found]);

describe('the status of a database', () => {
  it('tells rows and bytes of every table and index, which together are the file', async () => {
    await store.repository.save(documentDraft({ text: 'x'.repeat(50_000) }));
    await change('PRAGMA wal_checkpoint(TRUNCATE)');
    const status = await administration.status();
    const documents = status.tables.find(({ name }) => name === 'documents');
    expect(documents).toMatchObject({ rows: 1 });
    expect(documents?.bytes).toBeGreaterThan(100_000);
    expect(documents?.indexes.map(({ name }) => name)).toContain('documents_by_path');
    expect(status.tables.find(({ name }) => name === 'document_search')).toMatchObject({ rows: 1 });
    const all = status.tables.flatMap(({ bytes, indexes }) => [bytes, ...indexes.map((each) => each.bytes)]);
    const free = status.freePages * status.pageBytes;
    // The schema itself and SQLite's own counters are the rest.
    const rest = status.bytes - free - all.reduce((sum, bytes) => sum + bytes, 0);
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(status.pageBytes * 20);
    expect(status.bytes).toBe(status.pages * status.pageBytes);
    expect(status.pragmas).toMatchObject({ journal_mode: 'wal', foreign_keys: 1, busy_timeout: 5000 });
  });

  it('tells what an earlier version has not run yet, and runs nothing', async () => {
    const last = await store.connection.revertLast();
    const { migrations } = await administration.status();
    expect(migrations).toEqual({ applied: migrationNames.slice(0, -1), pending: [last] });
    expect((await administration.status()).migrations.pending).toEqual([last]);
  });
});

describe('a check', () => {
  it('finds nothing wrong with a sound database, full or empty', async () => {
    expect(faults(await administration.check())).toEqual([]);
    await store.repository.save(documentDraft({ links: ['other.md'] }));
    const checks = await administration.check();
    expect(faults(checks)).toEqual([]);
    expect(checks.map(({ name, checked }) => [name, checked > 0])).toEqual([
      ['file', true],
      ['references', true],
      ['search in documents', true],
      ['search in issues', false],
      ['cache tables', false],
    ]);
  });

  it.each<[string, string[], [string, number][]]>([
    [
      'a row of a document that is not there',
      ['PRAGMA foreign_keys = OFF', `INSERT INTO document_tags VALUES (77, 'a'), (78, 'a')`],
      [['references', 2]],
    ],
    [
      'an index of texts that has missed a change',
      ['DROP TRIGGER document_search_update', `UPDATE documents SET text = 'other words'`],
      [['search in documents', 1]],
    ],
    [
      'an index that does not fit its table',
      [
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET sql = 'CREATE INDEX "documents_by_hash" ON "documents" ("title")' WHERE name = 'documents_by_hash'`,
        'PRAGMA writable_schema = RESET',
      ],
      [['file', 1]],
    ],
    [
      'entries of the cache that are larger than they say',
      [`INSERT INTO cache(key, version, bytes, body) VALUES ('a', 1, 1, 'longer than one')`],
      [['cache tables', 1]],
    ],
    [
      'a log of invalidations without its beginning',
      [`DELETE FROM cache_invalidations WHERE name = ''`],
      [['cache tables', 1]],
    ],
  ])('finds %s', async (_, damage, expected) => {
    await store.repository.save(documentDraft());
    await change(...damage);
    const fresh = new SqliteConnection({ file: store.file });
    await fresh.open();
    const found = faults(await new SqliteAdministration(fresh).check());
    await fresh.close();
    expect(found.map(([name]) => name)).toEqual(expected.map(([name]) => name));
    for (const [index, [, least]] of expected.entries()) {
      expect(found[index]?.[1]).toBeGreaterThanOrEqual(least);
    }
  });

  it('is possible at every version of the schema', async () => {
    for (let left = migrationNames.length; left > 0; left -= 1) {
      expect(faults(await administration.check())).toEqual([]);
      expect((await administration.status()).migrations.applied).toHaveLength(left);
      await store.connection.revertLast();
    }
  });
});

describe('what a revert would remove', () => {
  it('is told for every migration, as the revert then does it, and nothing is removed by asking', async () => {
    await store.repository.save(documentDraft());
    const tables = async () => (await administration.schema()).map(({ name }) => name);
    for (const name of [...migrationNames].reverse()) {
      const before = await tables();
      const preview = await administration.previewRevert();
      expect(preview?.migration).toBe(name);
      expect(await tables()).toEqual(before);
      expect(await store.connection.revertLast()).toBe(name);
      const after = await tables();
      expect(preview?.tables.map((each) => each.name)).toEqual(
        before.filter((each) => !after.includes(each)),
      );
      if (name.startsWith('DelayOutbox')) {
        expect(preview?.columns.map(({ table, column }) => `${table}.${column}`)).toContain(
          'outbox.retry_at',
        );
      }
      if (name.startsWith('CreateDocuments')) {
        expect(preview?.tables).toContainEqual({ name: 'documents', rows: 1 });
      }
    }
    expect(await administration.previewRevert()).toBeUndefined();
  });
});

describe('the diagram of a schema', () => {
  it('has the tables, keys and references that the database has', async () => {
    await change('CREATE TABLE a_new_one(id integer PRIMARY KEY, document integer REFERENCES documents(id))');
    const schema = await administration.schema();
    const mermaid = drawSchema(schema, 'mermaid');
    expect(mermaid).toMatch(
      /^erDiagram\n {2}a_new_one \{\n {4}integer id PK\n {4}integer document FK\n {2}\}/,
    );
    expect(mermaid).toContain('  documents ||--o{ a_new_one : "document"\n');
    expect(mermaid).toContain('  documents ||..o| document_search : "full text"\n');
    expect(mermaid).toContain('    text path UK\n');
    expect(mermaid).not.toMatch(/sqlite_|document_search_data/);
    const dot = drawSchema(schema, 'dot');
    expect(dot).toContain('"a_new_one" -> "documents" [label="document"];');
    expect(dot).toMatch(/^digraph schema \{\n[\s\S]*\}\n$/);
    expect(schema.find(({ name }) => name === 'document_links')?.references).toEqual([
      { columns: ['document_id'], table: 'documents', to: ['id'], onDelete: 'CASCADE' },
    ]);
  });
});
