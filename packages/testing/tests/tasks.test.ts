import {
  describeTaskQueueContract,
  describeTaskScheduleRepositoryContract,
  describeTaskSignalContract,
  InMemoryTaskQueue,
  InMemoryTaskScheduleRepository,
  InMemoryTaskSignal,
  InMemoryUnitOfWork,
  TaskBook,
} from '../src/index.js';

const close = (): Promise<void> => Promise.resolve();

describeTaskQueueContract('InMemoryTaskQueue', () => {
  let now = Date.UTC(2026, 0, 1);
  const queue = new InMemoryTaskQueue(new TaskBook(() => now));
  return Promise.resolve({ queue, now: () => now, advance: (ms: number) => void (now += ms), close });
});

describeTaskScheduleRepositoryContract('InMemoryTaskScheduleRepository', () => {
  const book = new TaskBook();
  const schedules = new InMemoryTaskScheduleRepository(book);
  return Promise.resolve({ schedules, queue: new InMemoryTaskQueue(book), close });
});

describeTaskScheduleRepositoryContract('The schedules of InMemoryUnitOfWork', () => {
  const { schedules, tasks: queue } = new InMemoryUnitOfWork();
  return Promise.resolve({ schedules, queue, close });
});

describeTaskSignalContract('InMemoryTaskSignal', () => {
  const book = new TaskBook();
  return Promise.resolve({
    queue: new InMemoryTaskQueue(book),
    signal: () => new InMemoryTaskSignal(book),
    close,
  });
});

describeTaskSignalContract('The signals of InMemoryUnitOfWork', () => {
  const units = new InMemoryUnitOfWork();
  return Promise.resolve({ queue: units.tasks, signal: () => units.taskSignal(), close });
});
