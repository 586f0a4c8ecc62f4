import { Invalid, NotFound } from '@markitect/domain';
import { fileSystemError, type FileUse } from '../file-system-error.js';
import type { FolderChain } from './folder-chain.js';
import { partsOf } from './place-file.js';

/** Does work with the file at a path of the store; its errors are translated. */
export async function translated<T>(use: FileUse, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileSystemError(error, path, use);
  }
}

/** The same for content that is read while something else is done with it. */
export async function* translatedChunks(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw fileSystemError(error, path, 'file-read');
  }
}

/** Throws unless there is a file of exactly this name. */
export async function requireFile(chain: FolderChain, path: string): Promise<void> {
  const { name } = partsOf(path);
  const found = await chain.find(name);
  if (found?.isFile() === true) return;
  if (found === undefined) await chain.requireNoTwin(name);
  throw notFound(path);
}

/** There is no file at this path. */
export function notFound(path: string): NotFound {
  return new NotFound('FILE_NOT_FOUND', `there is no file ${path}`, { details: { path } });
}

/** The file has more bytes than the reader takes. */
export function tooLarge(path: string, bytes: number, maxBytes: number): Invalid {
  return new Invalid('FILE_TOO_LARGE', `${path} has ${bytes} bytes, more than ${maxBytes}`, {
    details: { path, bytes, maxBytes },
  });
}
