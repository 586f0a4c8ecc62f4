import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Invalid } from '@markitect/domain';
import { unsupported } from './file-system-error.js';

/** O_NONBLOCK: opening a pipe that nobody writes to must not wait for a writer. */
export const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The bytes of a regular file, never more than `maxBytes` of them, whatever happens to the file meanwhile. Throws
 * Invalid `DOCUMENT_TOO_LARGE` without reading, `SOURCE_UNSUPPORTED` for what is no regular file, else Node's errors.
 * `verify` may refuse what was opened.
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
  flags: number = readFlags,
  verify?: (handle: FileHandle) => Promise<void>,
): Promise<Uint8Array> {
  const handle = await open(path, flags);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unsupported(path);
    if (stat.size > maxBytes) throw tooLarge(path, stat.size, maxBytes);
    await verify?.(handle);
    return await readAtMost(handle, path, stat.size, maxBytes);
  } finally {
    await handle.close();
  }
}

/** Reads to the end. One byte more than expected is asked for, to see whether the file has grown. */
async function readAtMost(
  handle: FileHandle,
  path: string,
  expected: number,
  maxBytes: number,
): Promise<Uint8Array> {
  // Not from Node's shared pool: the bytes may be handed to a worker.
  let buffer = Buffer.allocUnsafeSlow(expected + 1);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0) return buffer.subarray(0, filled);
    if (filled > maxBytes) throw tooLarge(path, filled, maxBytes);
    if (filled === buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(filled * 2, 64 * 1024), maxBytes + 1));
      buffer.copy(larger, 0, 0, filled);
      buffer = larger;
    }
  }
}

function tooLarge(path: string, bytes: number, maxBytes: number): Invalid {
  return new Invalid('DOCUMENT_TOO_LARGE', `${path} has ${bytes} bytes, more than ${maxBytes}`, {
    details: { path, bytes, maxBytes },
  });
}
