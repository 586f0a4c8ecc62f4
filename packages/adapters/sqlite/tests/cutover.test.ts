import { describe, expect, it, jest } from '@jest/globals';
import { describeCutoverStateStoreContract, markitectFailure } from '@markitect/testing';
import { SqliteConnection, SqliteCutoverStateStore } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

describeCutoverStateStoreContract('SqliteCutoverStateStore', async () => {
  const { connection, file, close } = await temporaryStore();
  const second = new SqliteConnection({ file });
  await second.open();
  let ahead = 0;
  const start = Date.now();
  // Time passes only when the contract says so: no test depends on speed.
  const now = (): number => start + ahead;
  return {
    store: new SqliteCutoverStateStore(connection, { now }),
    other: new SqliteCutoverStateStore(second, { now }),
    now,
    advance: (ms) => Promise.resolve(void (ahead += ms)),
    close: async () => {
      await second.close();
      await close();
    },
  };
});

describe('marks in SQLite', () => {
  const mark = (index: number) =>
    ({
      component: 'users',
      keys: [`k${index}`],
      token: `t${index}`,
      process: 'p',
      epoch: 1,
      source: 'legacy',
    }) as const;

  it('are synced before their writes begin, together where they are made together', async () => {
    const { connection, close } = await temporaryStore();
    const store = new SqliteCutoverStateStore(connection);
    await store.create('users', 'ada', 'test');
    await store.heartbeat('p', 60_000);
    const syncLog = jest.spyOn(connection, 'syncLog');
    await store.mark(mark(0));
    expect(syncLog).toHaveBeenCalledTimes(1);
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.mark(mark(index + 1))));
    expect(syncLog.mock.calls.length).toBeLessThan(10);
    await store.settle(mark(0));
    const calls = syncLog.mock.calls.length;
    const lax = new SqliteCutoverStateStore(connection, { durableMarks: false });
    await lax.mark(mark(99));
    expect(syncLog).toHaveBeenCalledTimes(calls);
    syncLog.mockRejectedValueOnce(new Error('disk'));
    await expect(store.mark(mark(100))).rejects.toThrow('disk');
    await close();
  });

  it('are refused inside a unit of work, which they would wait for', async () => {
    const { connection, close } = await temporaryStore();
    const store = new SqliteCutoverStateStore(connection);
    await store.create('users', 'ada', 'test');
    const failure = await connection.unitOfWork.run({ isOpen: true }, () =>
      markitectFailure(() => store.mark(mark(0))),
    );
    expect(failure).toMatchObject({ code: 'TRANSACTION_NESTED', operation: 'CutoverStateStore.mark' });
    await close();
  });
});
