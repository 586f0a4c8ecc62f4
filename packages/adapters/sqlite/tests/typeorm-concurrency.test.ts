import { documentDraft } from '@markitect/testing';
import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { temporaryFile, temporaryStore } from './temporary-store.js';

/*
 * What TypeORM's sqlite3 driver does by itself: every query runner of a data source is the one connection, so a
 * write that somebody makes while somebody else's transaction is open becomes part of that transaction
 * (typeorm #11143). If these tests fail one day, the writer lease may no longer be needed.
 */
describe('TypeORM alone on one sqlite3 data source', () => {
  async function sharedSource(work: (source: DataSource) => Promise<void>): Promise<void> {
    const { file, remove } = await temporaryFile();
    const source = new DataSource({ type: 'sqlite', database: file, entities: [] });
    await source.initialize();
    await source.query('CREATE TABLE t (name TEXT PRIMARY KEY)');
    try {
      await work(source);
    } finally {
      await source.destroy();
      await remove();
    }
  }

  it('loses a write that was acknowledged, with the rollback of somebody else', () =>
    sharedSource(async (source) => {
      let written = (): void => undefined;
      const isWritten = new Promise<void>((resolve) => (written = resolve));
      let begun = (): void => undefined;
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      const failing = source.transaction(async (manager) => {
        await manager.query(`INSERT INTO t VALUES ('theirs')`);
        begun();
        await isWritten;
        throw new Error('changed my mind');
      });
      await hasBegun;
      await source.query(`INSERT INTO t VALUES ('mine')`);
      expect(await source.query(`SELECT name FROM t WHERE name = 'mine'`)).toHaveLength(1);
      written();
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await source.query('SELECT name FROM t')).toEqual([]);
    }));

  it('mixes transactions that overlap: a committed row vanishes, or none can be committed', () =>
    sharedSource(async (source) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          source.transaction(async (manager) => {
            await manager.query('INSERT INTO t VALUES (?)', [`row ${index}`]);
            if (index % 2 === 1) throw new Error('wanted');
          }),
        ),
      );
      const acknowledged = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
      const unwanted = outcomes.filter(
        (outcome) => outcome.status === 'rejected' && !String(outcome.reason).includes('wanted'),
      ).length;
      const stored = await source.query<unknown[]>('SELECT name FROM t');
      expect(stored.length !== acknowledged || unwanted > 0).toBe(true);
    }));
});

describe('the SQLite store', () => {
  it('keeps a write that was acknowledged, whatever becomes of the transactions around it', async () => {
    const { connection, repository, close } = await temporaryStore();
    const writer = await connection.writer();
    const failing = writer.transaction(async (transaction) => {
      await transaction.run('DELETE FROM documents');
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('changed my mind');
    });
    const saved = repository.save(documentDraft({ path: 'mine.md' }));
    await expect(failing).rejects.toThrow('changed my mind');
    expect((await saved).outcome).toBe('created');
    expect((await repository.list({})).items).toHaveLength(1);
    await close();
  });

  it('commits exactly the transactions that succeed, however many overlap', async () => {
    const { connection, repository, close } = await temporaryStore();
    const writer = await connection.writer();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, async (_, index) => {
        if (index % 2 === 0) return repository.save(documentDraft({ path: `${index}.md` }));
        return writer.transaction(async (transaction) => {
          await transaction.run('DELETE FROM documents');
          throw new Error('wanted');
        });
      }),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(20);
    expect((await repository.list({})).items).toHaveLength(20);
    await connection.integrityCheck();
    await close();
  });

  it('does not let work slip into a later transaction', async () => {
    const { connection, close } = await temporaryStore();
    const writer = await connection.writer();
    let late: () => Promise<unknown> = () => Promise.resolve();
    await writer.transaction(async (transaction) => {
      late = async () => transaction.run('DELETE FROM documents');
    });
    await expect(late()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await close();
  });
});
