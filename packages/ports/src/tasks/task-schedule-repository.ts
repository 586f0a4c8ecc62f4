import type { TaskSchedule, Timestamp } from '@markitect/domain';
import { definePort } from '../port.js';
import type { EnqueuedTask } from './task-queue.js';

/** The schedules by which tasks are made again and again. Few: lists are not paged. Errors: those of a database. */
export interface TaskScheduleRepository {
  get(name: string): Promise<TaskSchedule | undefined>;

  /** By name. */
  list(): Promise<readonly TaskSchedule[]>;

  /** Adds a schedule, or changes the one of its name. Throws Invalid `REQUEST_INVALID` naming the field of the task. */
  save(schedule: TaskSchedule): Promise<void>;

  /** Answers whether there was one. */
  remove(name: string): Promise<boolean>;

  /** Those that are due at a time, the longest due first. */
  due(now: Timestamp): Promise<readonly TaskSchedule[]>;

  /** When the next one is due; `undefined`: there is none. */
  nextDue(): Promise<Timestamp | undefined>;

  /**
   * Enqueues the task of a schedule and moves it on to `nextRunAt`, in one commit; `undefined`, and nothing happens,
   * when it is not due at `dueAt` any more because somebody else was faster.
   */
  fire(name: string, dueAt: Timestamp, nextRunAt: Timestamp): Promise<EnqueuedTask | undefined>;
}

export const taskScheduleRepositoryPort = definePort<TaskScheduleRepository>('TaskScheduleRepository', {
  get: { kind: 'read', idempotent: true, key: (name) => name },
  list: { kind: 'read', idempotent: true },
  save: { kind: 'write', idempotent: true, key: (schedule) => schedule.name },
  remove: { kind: 'write', idempotent: true, key: (name) => name },
  due: { kind: 'read', idempotent: true },
  nextDue: { kind: 'read', idempotent: true },
  fire: { kind: 'write', idempotent: true, key: (name) => name },
});
