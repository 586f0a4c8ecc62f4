import { refuseField, taskDraft, type TaskSchedule, type Timestamp } from '@markitect/domain';
import type { EnqueuedTask, TaskScheduleRepository } from '@markitect/ports';
import { addTask } from './in-memory-task-queue.js';
import { TaskBook } from './task-book.js';

/** Schedules for tests, kept in memory beside the tasks they make. */
export class InMemoryTaskScheduleRepository implements TaskScheduleRepository {
  readonly #book: TaskBook;

  /** `book`: that of the queue. */
  constructor(book = new TaskBook()) {
    this.#book = book;
  }

  async get(name: string): Promise<TaskSchedule | undefined> {
    await Promise.resolve();
    return structuredClone(this.#book.schedules.get(name));
  }

  async list(): Promise<readonly TaskSchedule[]> {
    await Promise.resolve();
    return this.#sorted(({ name }) => name);
  }

  async save(schedule: TaskSchedule): Promise<void> {
    await Promise.resolve();
    taskDraft(schedule.task);
    refuseField('nextRunAt', Number.isNaN(Date.parse(schedule.nextRunAt)), 'a time');
    this.#book.schedules.set(schedule.name, structuredClone(schedule));
    this.#book.announce();
  }

  async remove(name: string): Promise<boolean> {
    await Promise.resolve();
    return this.#book.schedules.delete(name);
  }

  async due(now: Timestamp): Promise<readonly TaskSchedule[]> {
    await Promise.resolve();
    return this.#sorted(({ nextRunAt }) => nextRunAt).filter(({ nextRunAt }) => nextRunAt <= now);
  }

  async nextDue(): Promise<Timestamp | undefined> {
    await Promise.resolve();
    return this.#sorted(({ nextRunAt }) => nextRunAt)[0]?.nextRunAt;
  }

  async fire(name: string, dueAt: Timestamp, nextRunAt: Timestamp): Promise<EnqueuedTask | undefined> {
    await Promise.resolve();
    const schedule = this.#book.schedules.get(name);
    if (schedule?.nextRunAt !== dueAt) return undefined;
    this.#book.schedules.set(name, { ...schedule, nextRunAt, lastRunAt: this.#book.timestamp() });
    const task = addTask(this.#book, taskDraft(schedule.task), name);
    this.#book.announce();
    return task;
  }

  #sorted(by: (schedule: TaskSchedule) => string): TaskSchedule[] {
    const all = structuredClone([...this.#book.schedules.values()]);
    return all.sort((left, right) => (by(left) < by(right) ? -1 : 1));
  }
}
