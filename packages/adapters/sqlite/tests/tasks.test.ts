import {
  describeTaskQueueContract,
  describeTaskScheduleRepositoryContract,
  describeTaskSignalContract,
} from '@markitect/testing';
import {
  type SqlExecutor,
  SqliteTaskQueue,
  SqliteTaskScheduleRepository,
  SqliteTaskSignal,
  SqliteUnitOfWork,
} from '../src/index.js';
import { TransactionTaskQueue } from '../src/tasks/transaction-task-queue.js';
import { temporaryStore } from './temporary-store.js';

describeTaskQueueContract('SqliteTaskQueue', async () => {
  const { connection, close } = await temporaryStore();
  let now = Date.UTC(2026, 0, 1);
  const queue = new SqliteTaskQueue(connection, { now: () => now });
  return { queue, now: () => now, advance: (ms) => void (now += ms), close };
});

describeTaskQueueContract('the tasks of a transaction', async () => {
  const { connection, close } = await temporaryStore();
  let now = Date.UTC(2026, 0, 1);
  const units = new SqliteUnitOfWork(connection, {
    repositories: {
      queue: (executor: SqlExecutor) =>
        new TransactionTaskQueue(executor, { now: () => now, announce: () => undefined }),
    },
  });
  const transaction = await units.begin({ deadlineMs: 60_000 });
  return {
    queue: transaction.queue,
    now: () => now,
    advance: (ms) => void (now += ms),
    close: async () => {
      await transaction.commit();
      await close();
    },
  };
});

describeTaskScheduleRepositoryContract('SqliteTaskScheduleRepository', async () => {
  const { connection, close } = await temporaryStore();
  const schedules = new SqliteTaskScheduleRepository(connection);
  return { schedules, queue: new SqliteTaskQueue(connection), close };
});

describeTaskSignalContract('SqliteTaskSignal', async () => {
  const { connection, close } = await temporaryStore();
  return { queue: new SqliteTaskQueue(connection), signal: () => new SqliteTaskSignal(connection), close };
});
