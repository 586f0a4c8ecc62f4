import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import type { LockHolder } from '@markitect/domain';
import { errnoOf } from '../file-system-error.js';
import { newFileFlags, readFileFlags } from '../files/file-system-calls.js';

/** More than any lock file has. */
const MAX_BYTES = 4096;

/** The heartbeat of a lock that has been let go of: anybody may remove its file. */
const NEVER = new Date(0).toISOString();

/**
 * A file that says who holds a lock. Works with system calls that block, so that nothing else of this process happens
 * between two of them; each is one on a file of some hundred bytes. Throws Node's errors.
 */
export class LockFile {
  private constructor(
    private readonly descriptor: number,
    private readonly holder: LockHolder,
  ) {}

  /** Makes the file; `undefined`: there is one already. Of all who try, one makes it. */
  static create(path: string, holder: LockHolder): LockFile | undefined {
    let descriptor: number;
    try {
      descriptor = openSync(path, newFileFlags, 0o644);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return undefined;
      throw error;
    }
    const file = new LockFile(descriptor, holder);
    try {
      file.beat(holder.heartbeatAt);
    } catch (error) {
      // A full disk: an empty file would keep everybody out for a while.
      unlinkSync(path);
      closeSync(descriptor);
      throw error;
    }
    return file;
  }

  /**
   * Who holds the lock; `undefined`: nobody. A file that does not say, because its writer is at it, or was killed or
   * lost power at it, counts as held by an unknown process that was last heard of when the file was written.
   */
  static read(path: string): LockHolder | undefined {
    let descriptor: number;
    try {
      descriptor = openSync(path, readFileFlags);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const buffer = Buffer.alloc(MAX_BYTES);
      const text = buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, MAX_BYTES, 0));
      return parse(text) ?? unknownSince(fstatSync(descriptor).mtime);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Says that the holder is there. Never touches another file that has taken the place of this one. */
  beat(heartbeatAt: string): void {
    // All timestamps have one length: the new text covers the old one.
    writeSync(this.descriptor, JSON.stringify({ ...this.holder, heartbeatAt }), 0);
  }

  /** Says that there is no holder any more. The file stays, for whoever removes it. */
  letGo(): void {
    try {
      this.beat(NEVER);
    } finally {
      closeSync(this.descriptor);
    }
  }
}

function parse(text: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isHolder(value) ? value : undefined;
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false;
  const { owner, host, pid, since, heartbeatAt } = value as Partial<Record<keyof LockHolder, unknown>>;
  return (
    [owner, host].every((text) => typeof text === 'string') &&
    [since, heartbeatAt].every((time) => typeof time === 'string' && !Number.isNaN(Date.parse(time))) &&
    // A signal to process 0 or less would go to many.
    Number.isSafeInteger(pid) &&
    Number(pid) > 0
  );
}

function unknownSince(time: Date): LockHolder {
  const since = time.toISOString();
  return { owner: 'an unknown process', host: 'an unknown host', pid: 0, since, heartbeatAt: since };
}
