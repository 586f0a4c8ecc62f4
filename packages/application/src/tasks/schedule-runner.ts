import type { Timestamp } from '@markitect/domain';
import type { TaskScheduleRepository } from '@markitect/ports';
import { nextScheduleTime } from './schedule-times.js';
import type { WorkerEvent } from './worker-report.js';

/** A schedule that fails is tried again after this long. */
const AFTER_FAILURE_MS = 60_000;
/** What is due and could not be done is looked at again after this long, so that it keeps nobody busy. */
const LOOK_AGAIN_MS = 5_000;

/** Makes the tasks of schedules when they are due. Any number of workers may do so at once. */
export class ScheduleRunner {
  readonly #schedules: TaskScheduleRepository;
  readonly #onEvent: (event: WorkerEvent) => void;
  /** Until when schedules that failed are left alone. */
  readonly #failed = new Map<string, number>();

  constructor(schedules: TaskScheduleRepository, onEvent: (event: WorkerEvent) => void) {
    this.#schedules = schedules;
    this.#onEvent = onEvent;
  }

  /** Makes the tasks that are due; times missed are made up for by one. Answers when the next is due, in ms since 1970. */
  async run(now: number): Promise<number> {
    const nowText = new Date(now).toISOString();
    for (const schedule of await this.#schedules.due(nowText)) {
      if ((this.#failed.get(schedule.name) ?? 0) > now) continue;
      try {
        await this.#fire(schedule.name, schedule.nextRunAt, nextScheduleTime(schedule, nowText));
        this.#failed.delete(schedule.name);
      } catch (error) {
        this.#failed.set(schedule.name, now + AFTER_FAILURE_MS);
        this.#onEvent({ kind: 'trouble', during: `schedule ${schedule.name}`, error });
      }
    }
    const next = await this.#schedules.nextDue();
    if (next === undefined) return Number.POSITIVE_INFINITY;
    return Date.parse(next) <= now ? now + LOOK_AGAIN_MS : Date.parse(next);
  }

  async #fire(name: string, dueAt: Timestamp, nextRunAt: Timestamp): Promise<void> {
    const made = await this.#schedules.fire(name, dueAt, nextRunAt);
    if (made !== undefined) this.#onEvent({ kind: 'scheduled', schedule: name, ...made });
  }
}
