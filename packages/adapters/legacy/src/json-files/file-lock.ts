import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable } from '@markitect/domain';
import { errnoOf } from '../file-system-error.js';
import { LeftLocks } from './left-locks.js';
import { hasEnded, ownIdentity, type ProcessIdentity } from './process-identity.js';

/** A lock that is held. */
export interface HeldLock {
  /** Unlike that of any other. */
  readonly token: string;
  /** That of the holder that was killed and whose lock this was; '' if there was none. */
  readonly takenFrom: string;
  /** Throws Unavailable `LEGACY_FILE_BUSY` when another machine has taken the lock over meanwhile. */
  requireHeld(): void;
  /**
   * Lets go. Answers whether others wait. Never throws: what was done under the lock is done. A file that cannot be
   * removed now is removed as soon as that can be done.
   */
  release(): boolean;
}

interface Holder extends ProcessIdentity {
  readonly token: string;
}

/** What was seen of a lock whose holder cannot be asked for. */
interface Sighting {
  readonly mark: string;
  readonly since: number;
}

/** When each lock was seen, by its path. */
type Sightings = Map<string, Sighting>;

const leftLocks = new LeftLocks();

const BEAT_MS = 1000;
/** How long a lock of another machine must have been seen without a heartbeat until it counts as left behind. */
const SILENT_MS = 5000;

/**
 * A lock between processes: a file made with O_EXCL that says who holds it. It dies with its holder: on one machine
 * whoever finds the process ended (its number and start, so that another one of the same number is told apart) takes
 * it over at once; on another machine, or where the file does not say, after 5 s in which no heartbeat was seen, by the
 * watcher's own clock. One that cannot be removed when it is let go of is tried again every quarter of a second, and
 * is no obstacle to this process.
 *
 * Nobody removes the file of another one without holding the guard `<path>.guard`, another such file, under which it
 * is looked at once more: else who has seen the old file could remove the new one that somebody else has just made.
 * System calls that belong together block, so that nothing else of this process happens between them. Errors: Node's.
 */
export class FileLock {
  readonly #path: string;
  readonly #seen: Sightings = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  /** Waits for the lock. Throws Unavailable `LEGACY_FILE_BUSY` after `timeoutMs`. */
  async acquire(timeoutMs: number): Promise<HeldLock> {
    const until = performance.now() + timeoutMs;
    let takenFrom = '';
    let isAnnounced = false;
    for (;;) {
      const made = create(this.#path);
      if (made !== undefined) return hold(this.#path, made, takenFrom);
      const left = clear(this.#path, this.#seen);
      if (left !== undefined) {
        takenFrom = left;
        continue;
      }
      if (performance.now() > until) throw this.#busy(timeoutMs);
      isAnnounced ||= announce(this.#path);
      await pause(1 + Math.random() * 4);
    }
  }

  #busy(timeoutMs: number): Unavailable {
    const holder = holderOf(this.#path);
    const who =
      holder === undefined
        ? 'another process'
        : `process ${holder.pid} (${holder.place.split(' ')[0] ?? ''})`;
    return new Unavailable('LEGACY_FILE_BUSY', `${who} has held ${this.#path} for ${timeoutMs} ms`, {
      details: { path: this.#path, ...(holder === undefined ? {} : { pid: holder.pid }) },
    });
  }
}

interface MadeFile {
  readonly descriptor: number;
  readonly token: string;
  readonly bytes: number;
}

/** Removes a lock that was left behind, and answers its token. */
function clear(path: string, seen: Sightings): string | undefined {
  if (!isLeft(path, seen)) return undefined;
  const guard = `${path}.guard`;
  const made = create(guard);
  if (made === undefined) {
    clear(guard, seen);
    return undefined;
  }
  try {
    if (!isLeft(path, seen)) return undefined;
    const token = holderOf(path)?.token ?? '';
    unlinkSync(path);
    return token;
  } finally {
    letGo(guard, made);
  }
}

function isLeft(path: string, seen: Sightings): boolean {
  const holder = holderOf(path);
  if (holder !== undefined && holder.place === ownIdentity().place) {
    return hasEnded(holder) || leftLocks.has(holder.token);
  }
  const mark = markOf(path);
  if (mark === undefined) return false;
  const last = seen.get(path);
  if (last?.mark === mark) return performance.now() - last.since > SILENT_MS;
  seen.set(path, { mark, since: performance.now() });
  return false;
}

/** Removes the file of a lock of this process, now or later. Answers whether others wait for it. */
function letGo(path: string, { descriptor, token, bytes }: MadeFile): boolean {
  try {
    if (holderOf(path)?.token === token) unlinkSync(path);
  } catch {
    const seen: Sightings = new Map();
    leftLocks.add(token, () => quietly(() => isRemoved(path, token, seen)));
  }
  return quietly(() => {
    try {
      return fstatSync(descriptor).size > bytes;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Under the guard, as by now another machine may have taken the lock over. */
function isRemoved(path: string, token: string, seen: Sightings): boolean {
  if (holderOf(path)?.token !== token) return true;
  return clear(path, seen) === token;
}

/** Whether it is so; no, when that fails. */
function quietly(isSo: () => boolean): boolean {
  try {
    return isSo();
  } catch {
    return false;
  }
}

/** Makes the file; `undefined`: there is one already. */
function create(path: string): MadeFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o644);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined;
    throw error;
  }
  try {
    const token = randomUUID();
    const bytes = writeSync(descriptor, `${JSON.stringify({ ...ownIdentity(), token } satisfies Holder)}\n`);
    return { descriptor, token, bytes };
  } catch (error) {
    // A full disk: an empty file would keep everybody out for a while.
    try {
      unlinkSync(path);
    } finally {
      closeSync(descriptor);
    }
    throw error;
  }
}

function hold(path: string, made: MadeFile, takenFrom: string): HeldLock {
  const { descriptor, token } = made;
  const timer = setInterval(() => {
    const now = Date.now() / 1000;
    try {
      futimesSync(descriptor, now, now);
    } catch {
      // The disk is in trouble, as whoever works under the lock will notice.
    }
  }, BEAT_MS);
  timer.unref();
  return {
    token,
    takenFrom,
    requireHeld: () => {
      if (holderOf(path)?.token === token) return;
      throw new Unavailable(
        'LEGACY_FILE_BUSY',
        `the lock ${path} was taken over: this process was not heard of`,
        {
          details: { path },
        },
      );
    },
    release: () => {
      clearInterval(timer);
      return letGo(path, made);
    },
  };
}

/** Tells the holder that somebody waits: by one more byte. */
function announce(path: string): boolean {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      writeSync(descriptor, '\n');
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch {
    // Let go of in between, or another user's: then there is only less fairness.
    return false;
  }
}

/** Who holds the lock; `undefined`: nobody, or the file does not say, its maker being at it or killed at it. */
function holderOf(path: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined || errno === 'ENOENT') return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { place, pid, started, token } = value as Partial<Record<keyof Holder, unknown>>;
  if (typeof place !== 'string' || typeof started !== 'string' || typeof token !== 'string') return undefined;
  // A signal to process 0 or less would go to many.
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0
    ? { place, pid, started, token }
    : undefined;
}

/** What changes with each heartbeat, and from one lock to the next. */
function markOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeNs}`;
}
