import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Corrupt } from '@markitect/domain';
import { errnoOf } from '../file-system-error.js';

/**
 * The error of a file that cannot be read. Sets a copy of it aside first, beside it, named after the time of its last
 * change: one for each state it is found in, whoever finds it. The file stays as it is.
 */
export async function damagedFile(path: string, changedAt: Date, reason: string): Promise<Corrupt> {
  const copy = `${path}.damaged-${changedAt.toISOString().replaceAll(/[-:]/g, '')}`;
  let isKept = true;
  try {
    await copyFile(path, copy, constants.COPYFILE_EXCL);
  } catch (error) {
    // A full or read-only disk. What is damaged is untouched all the same.
    isKept = errnoOf(error) === 'EEXIST';
  }
  const where = isKept ? `; a copy is in ${basename(copy)}` : '; it could not be copied';
  return new Corrupt('LEGACY_FILE_CORRUPT', `${path} is damaged: ${reason}${where}`, {
    details: { path, reason, ...(isKept ? { copy } : {}) },
  });
}
