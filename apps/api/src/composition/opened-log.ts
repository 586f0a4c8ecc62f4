import type { Invalidation, InvalidationLog, LatestInvalidations, LogPage } from '@markitect/ports';

/** A log, and how it is opened and closed. */
export interface LogToOpen {
  readonly log: InvalidationLog;
  readonly open: () => Promise<unknown>;
  readonly close: () => void | Promise<void>;
}

/** A log that is opened when the cache first needs it: a program that reads nothing from the cache does not open it. */
export class OpenedLog implements InvalidationLog {
  readonly #what: LogToOpen;
  #isOpen = false;
  #opening: Promise<void> | undefined;

  constructor(what: LogToOpen) {
    this.#what = what;
  }

  /** Until it is open nobody knows what has become false. */
  readonly position = (): number => (this.#isOpen ? this.#what.log.position() : Number.POSITIVE_INFINITY);

  async since(position: number, limit?: number): Promise<LogPage> {
    await this.open();
    return this.#what.log.since(position, limit);
  }

  async latest(names: readonly string[]): Promise<LatestInvalidations> {
    await this.open();
    return this.#what.log.latest(names);
  }

  async append(invalidations: readonly Invalidation[]): Promise<number> {
    await this.open();
    return this.#what.log.append(invalidations);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    if (this.#opening === undefined) return;
    await this.#opening.catch(() => undefined);
    this.#isOpen = false;
    this.#opening = undefined;
    await this.#what.close();
  }

  /** Done by whoever needs it first. Throws what opening throws. */
  open(): Promise<void> {
    this.#opening ??= this.#what.open().then(
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
