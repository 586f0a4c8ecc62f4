import type { SqliteInvalidationLog } from '@markitect/adapter-sqlite';
import type { Invalidation, InvalidationLog, LatestInvalidations, LogPage } from '@markitect/ports';

/** A log that is opened when the cache first needs it: a program that reads nothing from the cache does not open it. */
export class OpenedLog implements InvalidationLog {
  readonly #log: SqliteInvalidationLog;
  #isOpen = false;
  #opening: Promise<void> | undefined;

  constructor(log: SqliteInvalidationLog) {
    this.#log = log;
  }

  /** Until it is open nobody knows what has become false. */
  readonly position = (): number => (this.#isOpen ? this.#log.position() : Number.POSITIVE_INFINITY);

  async since(position: number, limit?: number): Promise<LogPage> {
    await this.#opened();
    return this.#log.since(position, limit);
  }

  async latest(names: readonly string[]): Promise<LatestInvalidations> {
    await this.#opened();
    return this.#log.latest(names);
  }

  async append(invalidations: readonly Invalidation[]): Promise<number> {
    await this.#opened();
    return this.#log.append(invalidations);
  }

  close(): void {
    this.#isOpen = false;
    this.#opening = undefined;
    this.#log.close();
  }

  #opened(): Promise<void> {
    this.#opening ??= this.#log.open().then(
      () => {
        this.#isOpen = true;
      },
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }
}
