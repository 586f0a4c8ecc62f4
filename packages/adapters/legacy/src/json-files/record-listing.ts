import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMarkitectError } from '@markitect/domain';
import { errnoOf, fileSystemError } from '../file-system-error.js';
import { mapped } from './mapped.js';
import { isRecordFileName, keyOfFileName, maySayKeyInside, recordFileNames } from './record-file-name.js';
import { sortedKeys } from './sorted-keys.js';

/** The records of a folder. */
export interface RecordListing {
  /** In the order of code points. */
  readonly keys: readonly string[];
  /** The files that should be records and have no key, each with the reason. */
  readonly unkeyed: readonly string[];
  /** Whether it may become another one while the folder stays as it is. */
  readonly mayChange: boolean;
}

/** A file of the folder and its key, or why it has none. */
interface ListedFile {
  readonly name: string;
  readonly key?: string;
  readonly reason?: string;
  readonly mayChange?: boolean;
}

/**
 * Lists the records of a folder by the names of its files. Sub-folders and the like are none; links to files are.
 *
 * @param keyInside the key that a file says, if its name follows from it; throws Corrupt `LEGACY_FILE_CORRUPT` and
 *   Forbidden `FILE_UNREADABLE` for one that cannot be read, which has no key then
 */
export async function listRecords(
  folder: string,
  keyInside: (name: string) => Promise<string | undefined>,
): Promise<RecordListing> {
  const entries = (await entriesOf(folder)).filter(({ name }) => isRecordFileName(name));
  const files = await mapped(entries, async (entry): Promise<ListedFile | undefined> => {
    const { name } = entry;
    const obstacle = await obstacleOf(folder, entry);
    if (obstacle === 'no-file') return undefined;
    if (obstacle !== undefined) return { name, reason: obstacle, mayChange: true };
    const key = keyOfFileName(name);
    if (key === undefined) return { name, reason: 'its ending is not written as .json or .JSON' };
    if (!maySayKeyInside(name)) return { name, key };
    try {
      return { name, key: (await keyInside(name)) ?? key };
    } catch (error) {
      if (!isOfThisFile(error)) throw error;
      return { name, reason: 'it cannot be read, and its key is only said inside it', mayChange: true };
    }
  });
  const names = new Map<string, string>();
  const unkeyed: string[] = [];
  const listed = files.filter((file) => file !== undefined);
  for (const { name, key, reason } of listed) {
    if (key === undefined) {
      unkeyed.push(`${name}: ${reason ?? ''}`);
      continue;
    }
    const other = names.get(key);
    const counts = other === undefined ? name : firstOf(key, [name, other]);
    names.set(key, counts);
    if (other !== undefined) {
      unkeyed.push(`${counts === name ? other : name}: ${counts} is of the same key, and counts`);
    }
  }
  return {
    keys: sortedKeys([...names.keys()]),
    unkeyed: unkeyed.sort(),
    mayChange: listed.some(({ mayChange }) => mayChange === true),
  };
}

/** Whether an error says that one file cannot be read, which is no obstacle to others. */
function isOfThisFile(error: unknown): boolean {
  return (
    isMarkitectError(error) && (error.code === 'LEGACY_FILE_CORRUPT' || error.code === 'FILE_UNREADABLE')
  );
}

function firstOf(key: string, names: readonly [string, string]): string {
  return recordFileNames(key).find((name) => names.includes(name)) ?? names[0];
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileSystemError(error, folder, 'read');
  }
}

/** Why a file cannot be one of a record, `no-file` if it is none; `undefined`: it can. */
async function obstacleOf(folder: string, entry: Dirent): Promise<string | undefined> {
  // What is read of a name that is no UTF-8 has such a character, and is the name of no file.
  const mayBeMisread = entry.name.includes('\ufffd');
  if (entry.isFile() && !mayBeMisread) return undefined;
  if (!entry.isFile() && !entry.isSymbolicLink()) return 'no-file';
  try {
    const found = await stat(join(folder, entry.name));
    return found.isFile() ? undefined : 'no-file';
  } catch (error) {
    if (entry.isSymbolicLink()) return 'its link leads to nothing that can be read';
    // Gone meanwhile: whoever reads it finds nothing.
    return errnoOf(error) === 'ENOENT' && mayBeMisread ? 'its name is not UTF-8' : undefined;
  }
}
