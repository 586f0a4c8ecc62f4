import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqliteTaskQueue, type SqlExecutor } from '../src/index.js';
import { TransactionTaskQueue } from '../src/tasks/transaction-task-queue.js';
import { temporaryStore } from './temporary-store.js';

/** What SQLite would do on a table of a million rows. */
describe('the queue', () => {
  let store: Awaited<ReturnType<typeof temporaryStore>>;
  const plans: { readonly sql: string; readonly plan: string }[] = [];

  /** Does what is asked, and remembers how. */
  const explained = (executor: SqlExecutor): SqlExecutor => {
    const explain = async (sql: string, parameters?: Parameters<SqlExecutor['all']>[1]): Promise<void> => {
      const steps = await store.connection
        .readers()
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
      plans.push({ sql, plan: steps.map(({ detail }) => detail).join('\n') });
    };
    return {
      all: async (sql, parameters) => {
        await explain(sql, parameters);
        return executor.all(sql, parameters);
      },
      run: async (sql, parameters) => {
        await explain(sql, parameters);
        return executor.run(sql, parameters);
      },
    };
  };

  beforeAll(async () => {
    store = await temporaryStore();
    const queue = new SqliteTaskQueue(store.connection);
    await queue.enqueue(
      Array.from({ length: 200 }, (_, index) => ({ type: `t${index % 5}`, uniqueKey: `k${index}` })),
    );
    const writer = await store.connection.writer();
    await writer.transaction(async (transaction) => {
      const options = { now: Date.now, announce: () => undefined };
      const tasks = new TransactionTaskQueue(explained(transaction), options);
      await tasks.enqueue([{ type: 'a', uniqueKey: 'k1' }, { type: 'b' }]);
      const claim = { worker: 'w', limit: 10, leaseMs: 1000 };
      const [first, second] = await tasks.claim(claim);
      if (first === undefined || second === undefined) throw new Error('two were expected');
      await tasks.heartbeat([first], 1000);
      await tasks.report(first, { done: 1 });
      await tasks.settle([{ ...second, kind: 'completed' }]);
      await tasks.rescue();
      await tasks.setLimit({ key: 't1', concurrency: 1, perSecond: 1 });
      await tasks.pause('t2');
      await tasks.claim(claim);
      await tasks.list({});
      await tasks.list({ status: 'dead' });
      await tasks.list({ type: 't1', status: 'waiting' });
      await tasks.nextDue();
      await tasks.redrive({ type: 't1' });
      await tasks.prune({ before: '2026-01-01T00:00:00Z' });
      await tasks.stats();
    });
  });
  afterAll(() => store.close());

  it('reads no table of tasks to its end', () => {
    const scans = plans.flatMap(({ sql, plan }) =>
      plan
        .split('\n')
        .filter((line) => /^SCAN (?:task_queue|t|o|w|head|one|other)\b(?!.* INDEX )/.test(line))
        .map((line) => ({ sql, line })),
    );
    // The dead ones of a redrive, which were read through an index before.
    expect(scans.filter(({ sql }) => !sql.startsWith('WITH dead'))).toEqual([]);
    expect(plans.length).toBeGreaterThan(15);
  });

  it('finds who is next of each type and key in the order of the index', () => {
    const groups = plans.find(({ sql }) => sql.includes('AS asked'))?.plan ?? '';
    expect(groups).toContain('task_queue_by_turn (status=? AND type=? AND limit_key=?)');
    const heads = plans.find(({ sql }) => sql.includes('AS key FROM heads'))?.plan ?? '';
    expect(heads).toContain('task_queue_by_turn (status=? AND type=? AND limit_key>?)');
    expect(heads).not.toContain('TEMP B-TREE');
  });

  it('sorts only what is on a page', () => {
    const sorting = plans.filter(({ plan }) => plan.includes('TEMP B-TREE FOR ORDER BY'));
    const known = sorting.filter(
      ({ sql }) =>
        sql.includes('WITH RECURSIVE types') || sql.includes('AS asked') || sql.startsWith('WITH dead'),
    );
    expect(sorting).toEqual(known);
  });
});
