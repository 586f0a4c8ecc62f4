import { documentDraft } from '@markitect/testing';
import { describe, expect, it } from '@jest/globals';
import { SqliteInvalidationLog, SqliteUnitOfWork } from '../src/index.js';
import { bytes, opened } from './unit-store.js';

describe('the handler of a message', () => {
  it('has a transaction that is committed with the delivery, and is asked again after it failed', async () => {
    let fails = true;
    const received: unknown[] = [];
    const { units, files, close } = await opened({
      handlers: {
        told: async ({ payload: name }, tx) => {
          const payload = name as string;
          await tx.documents.save(documentDraft({ path: `${payload}.md` }));
          await tx.files('files').write(payload, bytes('told'));
          if (fails) throw new Error('not now');
          received.push(payload);
        },
      },
    });
    const send = (payload: string) => units.run((tx) => tx.outbox.send('told', payload));
    await send('one');
    expect(await units.run(async (tx) => (await tx.documents.list({})).items)).toEqual([]);
    fails = false;
    await send('two');
    expect(received).toEqual(['one', 'two']);
    expect((await units.run((tx) => tx.documents.list({}))).items).toHaveLength(2);
    expect([await files.exists('one'), await files.exists('two')]).toEqual([true, true]);
    expect(await units.pending()).toEqual({ count: 0 });
    await close();
  });

  it('invalidates what it says, for all processes, also when a later start delivers the message', async () => {
    const { connection, units, close } = await opened();
    await units.run((tx) => tx.outbox.send('told', 'people'));
    const log = new SqliteInvalidationLog(connection);
    await log.open();
    const before = log.position();
    const restarted = new SqliteUnitOfWork(connection, {
      handlers: { told: ({ payload }, tx) => tx.cache.invalidateTags([payload as string]) },
    });
    await restarted.recover();
    const { positions } = await log.latest(['t:people']);
    expect(positions.get('t:people')).toBeGreaterThan(before);
    expect(log.position()).toBeGreaterThanOrEqual(positions.get('t:people') ?? Number.POSITIVE_INFINITY);
    log.close();
    await close();
  });

  it('is left alone for a while after it has failed again, by all processes, unless a recovery is to hurry', async () => {
    let asked = 0;
    const handlers = {
      told: () => {
        asked += 1;
        return Promise.reject(new Error('never'));
      },
    };
    const { connection, units, close } = await opened({ handlers });
    const other = new SqliteUnitOfWork(connection, { handlers });
    const after = async (retry: () => Promise<unknown>) => {
      asked = 0;
      await retry();
      return asked;
    };
    const due = async () => {
      const rows = await connection
        .readers()
        .all<{ retry_at: number }>('SELECT retry_at FROM outbox ORDER BY id LIMIT 1');
      return rows[0]?.retry_at ?? 0;
    };
    const send = (topic: string) => units.run((tx) => tx.outbox.send(topic, 1));
    expect(await after(() => send('told'))).toBe(1);
    expect(await after(() => send('told'))).toBe(1);
    expect(await due()).toBeGreaterThan(Date.now() - 60_000);
    const writer = await connection.writer();
    const makeDue = (at: number) =>
      writer.transaction((tx) => tx.run('UPDATE outbox SET retry_at = ? WHERE retry_at > 0', [at]));
    await makeDue(Date.now() + 3_600_000);
    expect(await after(() => send('told'))).toBe(0);
    expect(await after(() => other.recover({ early: false }))).toBe(0);
    expect(await after(() => other.recover())).toBe(1);
    for (let round = 0; round < 12; round += 1) {
      await makeDue(1);
      expect(await after(() => other.recover({ early: false }))).toBe(1);
    }
    const pause = (await due()) - Date.now();
    expect(pause).toBeGreaterThan(200_000);
    expect(pause).toBeLessThanOrEqual(300_000);
    await close();
  });

  it('may be in another process: the message waits for it', async () => {
    const { units, close } = await opened();
    await units.run((tx) => tx.outbox.send('elsewhere', { x: 1 }));
    expect((await units.pending()).count).toBe(1);
    await close();
  });
});
