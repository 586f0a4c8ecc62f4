import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errnoOf, fileSystemError, translated } from '../file-system-error.js';
import { FileLock, type HeldLock } from './file-lock.js';
import type { KeyedChange, KeyedText, Surroundings } from './keyed-texts.js';
import { removeLeftovers } from './place-file.js';

/** Longer than any other waits between two attempts: time for one of them to get the lock. */
const YIELD_MS = 8;

/** A change that waits. */
export interface WaitingChange {
  readonly keys: readonly string[];
  /** Does it, on what is there; throws what it throws. Its promise is settled by the other two. */
  run(current: KeyedChange): void;
  done(): void;
  fail(error: unknown): void;
}

/** Does changes under the lock: all whose promise it has not rejected are on the disk when it returns. */
type Carry = (changes: readonly WaitingChange[], lock: HeldLock) => Promise<void>;

/**
 * The changes of this process to one file or folder: those that wait while others are carried out are carried out
 * together, in their order, under the lock that keeps other processes out.
 */
export class WriteQueue {
  readonly #lockPath: string;
  readonly #timeoutMs: number;
  readonly #lock: FileLock;
  readonly #carry: Carry;
  #waiting: WaitingChange[] = [];
  #isRunning = false;

  constructor(lockPath: string, timeoutMs: number, carry: Carry) {
    this.#lockPath = lockPath;
    this.#timeoutMs = timeoutMs;
    this.#lock = new FileLock(lockPath);
    this.#carry = carry;
  }

  change<T>(keys: readonly string[], change: (current: KeyedChange) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.#waiting.push({
        keys,
        run: (current) => {
          result = change(current);
        },
        done: () => resolve(result),
        fail: reject,
      });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      let changes: WaitingChange[] = [];
      try {
        const lock = await this.#acquire();
        let othersWait = false;
        try {
          if (lock.takenFrom !== '') await removeLeftovers(dirname(this.#lockPath), lock.takenFrom);
          // Only now: whoever came while this process waited is taken along.
          changes = this.#waiting.splice(0);
          await this.#carry(changes, lock);
        } finally {
          // Does not throw: changes that are on the disk are not rejected for it.
          othersWait = lock.release();
        }
        for (const each of changes) each.done();
        if (othersWait) await pause(YIELD_MS);
      } catch (error) {
        if (changes.length === 0) changes = this.#waiting.splice(0);
        const failure = fileSystemError(error, this.#lockPath, 'write');
        for (const each of changes) each.fail(failure);
      }
    }
    this.#isRunning = false;
  }

  async #acquire(): Promise<HeldLock> {
    try {
      return await this.#lock.acquire(this.#timeoutMs);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      const folder = dirname(this.#lockPath);
      await translated(folder, 'write', () => mkdir(folder, { recursive: true }));
      return this.#lock.acquire(this.#timeoutMs);
    }
  }
}

/** What changes leave: texts, `undefined` for keys that are to be removed. */
export type Outcome = Map<string, KeyedText | undefined>;

/** Runs changes one after the other on what is there. Those that throw are rejected, and leave nothing. */
export function runChanges(
  changes: readonly WaitingChange[],
  stored: (key: string) => KeyedText | undefined,
  surroundingsOf: (key: string) => Surroundings,
): Outcome {
  const outcome: Outcome = new Map();
  const fileChangedAt = new Date().toISOString();
  for (const change of changes) {
    const own: Outcome = new Map();
    const get = (key: string) => {
      if (own.has(key)) return own.get(key);
      return outcome.has(key) ? outcome.get(key) : stored(key);
    };
    try {
      change.run({
        get,
        put: (key, write) => own.set(key, { text: write(surroundingsOf(key)), fileChangedAt }),
        remove: (key) => {
          if (get(key) !== undefined) own.set(key, undefined);
        },
      });
      for (const [key, text] of own) outcome.set(key, text);
    } catch (error) {
      change.fail(error);
    }
  }
  return outcome;
}
