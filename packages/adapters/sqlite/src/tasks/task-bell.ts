import type { SqliteConnection } from '../sqlite.connection.js';

/** Rung within this process after commits that may let a task begin. */
export class TaskBell {
  /** How often it has been rung. */
  count = 0;
  readonly #listeners = new Set<() => void>();

  ring(): void {
    this.count += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Answers how to listen no more. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const bells = new WeakMap<SqliteConnection, TaskBell>();

/** The one bell of a connection. */
export function taskBell(connection: SqliteConnection): TaskBell {
  const bell = bells.get(connection) ?? new TaskBell();
  bells.set(connection, bell);
  return bell;
}
