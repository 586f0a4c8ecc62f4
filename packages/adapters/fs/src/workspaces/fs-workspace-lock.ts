import { mkdirSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  isStaleLock,
  type LockHolder,
  type LockObserver,
  workspaceLocked,
  type WorkspaceSlug,
} from '@markitect/domain';
import type { WorkspaceLease, WorkspaceLock } from '@markitect/ports';
import { errnoOf, fileSystemError, isAbsence } from '../file-system-error.js';
import { LockFile } from './lock-file.js';

/** Where an {@link FsWorkspaceLock} keeps its files. */
export interface FsWorkspaceLockOptions {
  /** A folder of its own. Made with the first lock. */
  readonly root: string;
  /** Milliseconds without a heartbeat after which a lock may be taken over. Default 30,000. */
  readonly staleAfterMs?: number;
}

/** For tests of this package: another host, another time. */
export type FsWorkspaceLockInternals = Partial<Pick<LockObserver, 'host' | 'isAlive'>> & {
  readonly now?: () => Date;
};

const DEFAULT_STALE_AFTER_MS = 30_000;
/** Heartbeats that may be late or lost before a lock counts as stale. */
const BEATS_PER_STALENESS = 6;
/** The longest that one who has found a stale lock waits for another one who is about to remove it. */
const CONTEND_MS = 1000;

/**
 * Locks as files `<root>/<slug>.lock`, made with O_EXCL, that say who holds them. Processes of several hosts may share
 * the root if its disk keeps that promise; their clocks may differ by less than the time after which a lock is stale.
 *
 * A stale lock is taken over in two steps: its file is removed, then whoever makes the next one has it. Nobody removes a
 * file without holding the guard `<slug>.lock.guard`, another such file, under which it is looked at once more: else
 * one who has seen the stale file could remove the new one that somebody else has just made. A guard is held for
 * three system calls and never across an `await`. One whose process was killed at just that moment is stale itself, and
 * is removed in the same way, under a guard of its own.
 */
export class FsWorkspaceLock implements WorkspaceLock {
  readonly #root: string;
  readonly #staleAfterMs: number;
  readonly #host: string;
  readonly #isAlive: (pid: number) => boolean;
  readonly #now: () => Date;

  constructor(options: FsWorkspaceLockOptions, internals: FsWorkspaceLockInternals = {}) {
    this.#root = resolve(options.root);
    this.#staleAfterMs = options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS;
    this.#host = internals.host ?? hostname();
    this.#isAlive = internals.isAlive ?? isAlive;
    this.#now = internals.now ?? (() => new Date());
  }

  /** Waits up to a second while others are at the file of a stale lock. Also throws Forbidden `FILE_UNWRITABLE`. */
  async acquire(slug: WorkspaceSlug, owner: string): Promise<WorkspaceLease> {
    const name = `${slug}.lock`;
    const path = join(this.#root, name);
    const until = performance.now() + CONTEND_MS;
    for (;;) {
      const other = attempt(name, () => this.#take(path, owner));
      if (other instanceof LockFile) return this.#lease(name, path, other);
      if (other !== undefined && (!this.#isStale(other) || performance.now() > until)) {
        throw workspaceLocked(slug, other);
      }
      if (other === undefined || !attempt(name, () => this.#clear(path))) await pause(1 + Math.random() * 4);
    }
  }

  /** The lock, or who else has it; `undefined`: it was let go of in between. */
  #take(path: string, owner: string): LockFile | LockHolder | undefined {
    const create = () => LockFile.create(path, this.#holder(owner));
    try {
      return create() ?? LockFile.read(path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      mkdirSync(this.#root, { recursive: true });
      return create() ?? LockFile.read(path);
    }
  }

  #lease(name: string, path: string, file: LockFile): WorkspaceLease {
    const timer = setInterval(
      () => {
        try {
          file.beat(this.#now().toISOString());
        } catch {
          // The disk is in trouble. The lock goes stale, and whoever works under it will notice for themselves.
        }
      },
      Math.max(1, this.#staleAfterMs / BEATS_PER_STALENESS),
    );
    timer.unref();
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) {
          isHeld = false;
          clearInterval(timer);
          attempt(name, () => {
            file.letGo();
            try {
              // Ours is stale now. One that was taken over is not, and stays.
              this.#clear(path);
            } catch (error) {
              // The whole folder is gone.
              if (!isAbsence(error)) throw error;
            }
          });
        }
        return Promise.resolve();
      },
    };
  }

  /** Removes a lock file that is stale. `false`: somebody else is at it. */
  #clear(path: string): boolean {
    const guard = `${path}.guard`;
    const file = LockFile.create(guard, this.#holder('removes a stale lock'));
    if (file === undefined) {
      const other = LockFile.read(guard);
      if (other !== undefined && this.#isStale(other)) this.#clear(guard);
      return false;
    }
    try {
      const holder = LockFile.read(path);
      if (holder !== undefined && this.#isStale(holder)) unlinkSync(path);
      return true;
    } finally {
      unlinkSync(guard);
      file.letGo();
    }
  }

  #holder(owner: string): LockHolder {
    const now = this.#now().toISOString();
    return { owner: owner.slice(0, 200), host: this.#host, pid: process.pid, since: now, heartbeatAt: now };
  }

  #isStale(holder: LockHolder): boolean {
    return isStaleLock(holder, {
      host: this.#host,
      now: this.#now().toISOString(),
      staleAfterMs: this.#staleAfterMs,
      isAlive: this.#isAlive,
    });
  }
}

/** Does work with the file of this name; its errors are translated. */
function attempt<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileSystemError(error, name, 'file-write');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, which it can only be when it is there.
    return errnoOf(error) === 'EPERM';
  }
}
