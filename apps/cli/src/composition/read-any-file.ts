import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { FsFileStore } from '@markitect/adapter-fs';
import { NotFound } from '@markitect/domain';
import { printableLine } from '../terminal/printable.js';

/**
 * The content of a file anywhere, links followed. Throws NotFound `FILE_NOT_FOUND`, Forbidden `FILE_UNREADABLE` and
 * what else a `FileStore` throws on reading.
 */
export async function readAnyFile(file: string, cwd: string): Promise<Uint8Array> {
  let path: string;
  try {
    path = await realpath(resolve(cwd, file));
  } catch (cause) {
    throw new NotFound('FILE_NOT_FOUND', `there is no file ${printableLine(file)}`, {
      details: { path: file },
      cause,
    });
  }
  return (await new FsFileStore({ root: dirname(path) }).read(basename(path))).bytes;
}
