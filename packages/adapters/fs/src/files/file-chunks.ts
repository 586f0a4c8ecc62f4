import type { FileHandle } from 'node:fs/promises';
import type { FileSystemCalls } from './file-system-calls.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The content of an opened file, a chunk of at most 1 MiB at a time, each in memory of its own. `size`, what the file
 * is believed to have, saves memory: one that has grown is read to its end all the same.
 */
export async function* fileChunks(
  calls: FileSystemCalls,
  handle: FileHandle,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  // One byte more than expected, so that the first read shows the end of a small file.
  let length = Math.min(size + 1, CHUNK_BYTES);
  for (;;) {
    const buffer = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const bytes = await calls.read(handle, buffer.subarray(filled));
      if (bytes === 0) break;
      filled += bytes;
    }
    if (filled > 0) yield buffer.subarray(0, filled);
    if (filled < length) return;
    length = CHUNK_BYTES;
  }
}

/** The chunks as one, without copying a single one. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
