import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { SqliteTaskQueue, SqliteTaskScheduleRepository, SqliteTaskSignal } from '@markitect/adapter-sqlite';
import {
  documentsIngestHandler,
  documentsIngestTask,
  issuesSyncHandler,
  issuesSyncTask,
  researchTask,
  researchTaskHandler,
  tasksPruneHandler,
  tasksPruneTask,
  TaskService,
  type TaskType,
  TaskWorker,
  type TaskWorkerOptions,
} from '@markitect/application';
import type { Config } from '@markitect/config';
import { taskQueuePort, taskScheduleRepositoryPort } from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { meteredWorker } from '../telemetry/task-gauges.js';
import { tokens } from './tokens.js';

/** What may be said of a worker besides the settings. */
export type WorkerOptions = Partial<
  Pick<TaskWorkerOptions, 'concurrency' | 'types' | 'untilEmpty' | 'graceMs' | 'onEvent'>
>;

/** Every type of task there is. For each of them {@link registerTasks} has a handler. */
const types: readonly TaskType[] = [documentsIngestTask, issuesSyncTask, researchTask, tasksPruneTask];

const sqlite = { attributes: { 'db.system.name': 'sqlite' } };

/** Registers the queue, what enqueues and what does its tasks. Answers what makes workers. */
export function registerTasks(
  child: DependencyContainer,
  { tasks, ingest: { roots } }: Config,
  telemetry: Telemetry | undefined,
): (options?: WorkerOptions) => TaskWorker {
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });

  once(tokens.taskQueue, (from) =>
    traced(taskQueuePort, new SqliteTaskQueue(from.resolve(tokens.store)), telemetry, sqlite),
  );
  once(tokens.taskSchedules, (from) =>
    traced(
      taskScheduleRepositoryPort,
      new SqliteTaskScheduleRepository(from.resolve(tokens.store)),
      telemetry,
      sqlite,
    ),
  );
  once(
    tokens.tasks,
    (from) =>
      new TaskService(
        { queue: from.resolve(tokens.taskQueue), schedules: from.resolve(tokens.taskSchedules) },
        { types },
      ),
  );
  once(tokens.taskHandlers, (from) => [
    documentsIngestHandler(from.resolve(tokens.ingest), roots),
    issuesSyncHandler(from.resolve(tokens.issueSync)),
    researchTaskHandler(from.resolve(tokens.scrapeWorker)),
    tasksPruneHandler(from.resolve(tokens.tasks)),
  ]);
  return ({ onEvent, ...options } = {}) =>
    new TaskWorker(
      {
        queue: child.resolve(tokens.taskQueue),
        schedules: child.resolve(tokens.taskSchedules),
        // Each worker listens for itself.
        signal: new SqliteTaskSignal(child.resolve(tokens.store)),
        unitOfWork: child.resolve(tokens.unitOfWork),
      },
      {
        ...tasks,
        // 0 is for the server alone.
        concurrency: Math.max(1, tasks.concurrency),
        ...options,
        handlers: child.resolve(tokens.taskHandlers),
        name: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
        onEvent: meteredWorker(telemetry, onEvent),
      },
    );
}
