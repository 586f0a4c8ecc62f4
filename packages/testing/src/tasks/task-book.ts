import type { Task, TaskId, TaskLimit, TaskSchedule } from '@markitect/domain';
import type { RatePace } from '@markitect/ports';

/** What the queue and the schedules keep in memory: values are replaced and never changed. */
export class TaskBook {
  tasks = new Map<TaskId, Task>();
  schedules = new Map<string, TaskSchedule>();
  paused = new Set<string>();
  limits = new Map<string, TaskLimit>();
  /** How much of the rates of limit keys is used up. */
  rates = new Map<string, RatePace>();
  readonly now: () => number;
  readonly #listeners = new Set<() => void>();
  #last = 0;

  /** `now`: the time in milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** A number that no task has had. */
  nextId(): TaskId {
    this.#last += 1;
    return this.#last;
  }

  timestamp(): string {
    return new Date(this.now()).toISOString();
  }

  /** Stores a changed task. */
  change(task: Task): Task {
    const changed = { ...task, updatedAt: this.timestamp() };
    this.tasks.set(task.id, changed);
    return changed;
  }

  /** Tells those who listen that tasks may have come. */
  announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Answers how to listen no more. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes over what another book keeps in place of its own, and tells it. */
  become(other: TaskBook): void {
    this.tasks = new Map(other.tasks);
    this.schedules = new Map(other.schedules);
    this.paused = new Set(other.paused);
    this.limits = new Map(other.limits);
    this.rates = new Map(other.rates);
    this.#last = other.#last;
    this.announce();
  }
}
