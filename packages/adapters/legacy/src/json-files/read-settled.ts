import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Forbidden } from '@markitect/domain';
import { errnoOf, fileSystemError } from '../file-system-error.js';
import { damagedFile } from './damaged-file.js';
import { type FileStamp, isTooFresh, stampTime } from './file-stamp.js';

/** A file as it was read. */
export interface ReadFile<T> {
  readonly stamp: FileStamp;
  readonly changedAt: Date;
  /** Whether it could have been changed since without another stamp. */
  readonly isFresh: boolean;
  /** What it was parsed to. */
  readonly content: T;
}

/** How long the writer of a file that is half written is given to end, from its last change on. */
const SETTLE_MS = 500;

/**
 * Reads and parses a file; `undefined`: there is none. Programs that write without care empty the file first and then
 * fill it: one that is empty or cut short, and was changed in this moment, is looked at again for up to half a second.
 * Throws Corrupt `LEGACY_FILE_CORRUPT` for one that `parse` refuses by a SyntaxError, Forbidden
 * `FILE_UNREADABLE` for one that may not be read or is no file, and the errors of the disk.
 */
export async function readSettled<T>(
  path: string,
  parse: (text: string, changedAt: Date) => T,
): Promise<ReadFile<T> | undefined> {
  for (;;) {
    const seenAt = Date.now();
    const found = await readOnce(path);
    if (found === undefined) return undefined;
    const { stamp, bytes } = found;
    const changedAt = stampTime(stamp);
    const age = Date.now() - changedAt.getTime();
    const mayBeUnderWay = age >= 0 && age < SETTLE_MS;
    if (bytes.length === 0 && mayBeUnderWay) {
      await pause(25);
      continue;
    }
    try {
      if (!isUtf8(bytes)) throw new SyntaxError('it is not UTF-8');
      return {
        stamp,
        changedAt,
        isFresh: isTooFresh(stamp, seenAt),
        content: parse(bytes.toString(), changedAt),
      };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      if (!mayBeUnderWay) throw await damagedFile(path, changedAt, reasonOf(error));
      await pause(25);
    }
  }
}

async function readOnce(path: string): Promise<{ stamp: FileStamp; bytes: Buffer } | undefined> {
  try {
    // Not held up by a pipe that nobody writes to.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stamp = await file.stat({ bigint: true });
      if (!stamp.isFile())
        throw new Forbidden('FILE_UNREADABLE', `${path} is no file`, { details: { path } });
      return { stamp, bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw fileSystemError(error, path, 'read');
  }
}

/** Without what the parser quotes: it is personal. */
function reasonOf({ message }: SyntaxError): string {
  const position = /position \d+/.exec(message)?.[0];
  if (position !== undefined) return `no JSON at ${position}`;
  return /JSON|token/.test(message) && !message.startsWith('line')
    ? 'it is no JSON, or only its beginning'
    : message;
}
