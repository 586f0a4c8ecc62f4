/** How often the removal of a file is tried again. */
const RETRY_MS = 250;

/**
 * Locks that this process has let go of and whose files it could not remove, as on a disk that is read-only for a
 * moment. Such a file names a process that runs, so that no other one may take the lock over: this one has to see to it
 * that it goes. Does not keep the process from ending; when it has ended others take the lock over.
 */
export class LeftLocks {
  readonly #retries = new Map<string, () => boolean>();
  #timer: NodeJS.Timeout | undefined;

  /** Whether the lock with this token is one of them. */
  has(token: string): boolean {
    return this.#retries.has(token);
  }

  /** @param retry tries again, and answers whether the file is gone; must not throw */
  add(token: string, retry: () => boolean): void {
    this.#retries.set(token, retry);
    this.#timer ??= setInterval(() => this.#retry(), RETRY_MS).unref();
  }

  #retry(): void {
    for (const [token, retry] of this.#retries) if (retry()) this.#retries.delete(token);
    if (this.#retries.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
