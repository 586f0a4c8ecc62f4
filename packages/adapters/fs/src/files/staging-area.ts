import { compareCodePoints } from '@markitect/ports';
import { createHash, randomUUID } from 'node:crypto';
import { Invalid, STAGING_FOLDER } from '@markitect/domain';
import { errnoOf } from '../file-system-error.js';
import { fileChunks, joined } from './file-chunks.js';
import { newFileFlags, readFileFlags } from './file-system-calls.js';
import type { Folder } from './folder.js';
import { FolderChain, type FolderTree } from './folder-chain.js';

/** A temporary file this old has no writer any more. */
const STALE_TEMPORARY_MS = 60 * 60_000;

const stagedName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const temporaryName = /^\.write-[0-9a-f-]{36}$/;

/** What is written: all at once, or a chunk at a time. */
export type WrittenContent = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * The folder of a store that holds what is not yet in place: staged files under names that others chose, and
 * temporary files, whose names begin with a dot. Throws Node's errors, and ours with relative paths.
 */
export class StagingArea {
  constructor(private readonly tree: FolderTree) {}

  /** Works in the folder, if it is there. */
  async within<T>(work: (folder: Folder | undefined) => Promise<T>): Promise<T> {
    const chain = await FolderChain.open(this.tree, [STAGING_FOLDER], false);
    try {
      return await work(chain.complete ? chain.last : undefined);
    } finally {
      await chain.close();
    }
  }

  /** Works in the folder, which is made when it is missing. */
  async withNew<T>(work: (folder: Folder) => Promise<T>): Promise<T> {
    const chain = await FolderChain.open(this.tree, [STAGING_FOLDER], true);
    try {
      return await work(chain.last);
    } finally {
      await chain.close();
    }
  }

  /** Writes a new file and syncs it, and leaves nothing behind when that fails. Answers the SHA-256 of the content. */
  async create(folder: Folder, name: string, content: WrittenContent, mode = 0o666): Promise<string> {
    const { calls } = this.tree;
    const handle = await calls.open(folder.at(name), newFileFlags, mode);
    const hash = createHash('sha256');
    try {
      try {
        for await (const chunk of content) {
          hash.update(chunk);
          await calls.write(handle, chunk);
        }
        await calls.sync(handle);
      } finally {
        await handle.close();
      }
      await folder.verify();
      return hash.digest('hex');
    } catch (error) {
      await this.discard(folder, name).catch(() => false);
      throw error;
    }
  }

  async read(folder: Folder, name: string): Promise<Uint8Array> {
    const handle = await this.tree.calls.open(folder.at(name), readFileFlags);
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of fileChunks(this.tree.calls, handle, (await handle.stat()).size)) {
        chunks.push(chunk);
      }
      return joined(chunks);
    } finally {
      await handle.close();
    }
  }

  /** Removes a file. `false`: there was none. */
  async discard(folder: Folder, name: string): Promise<boolean> {
    try {
      await this.tree.calls.unlink(folder.at(name));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** The staged files, sorted by code point. Removes temporary files whose writer must be dead. */
  async names(folder: Folder): Promise<string[]> {
    const names: string[] = [];
    for (const { name } of await folder.entries()) {
      if (stagedName.test(name)) names.push(name);
      else if (temporaryName.test(name)) await this.#removeStale(folder, name);
    }
    return names.sort(compareCodePoints);
  }

  async #removeStale(folder: Folder, name: string): Promise<void> {
    const found = await folder.find(name);
    if (found === undefined || found.mtimeMs > Date.now() - STALE_TEMPORARY_MS) return;
    await this.discard(folder, name);
  }
}

/** A name for a temporary file that nobody else has. */
export function newTemporaryName(): string {
  return `.write-${randomUUID()}`;
}

/** Throws Invalid `FILE_PATH_INVALID` for what can be no name of a staged file. */
export function requireStagedName(name: string): void {
  if (stagedName.test(name)) return;
  throw new Invalid(
    'FILE_PATH_INVALID',
    'the name of a staged file is 1 to 128 letters, digits, ".", "_" and "-", the first a letter or digit',
    { details: { field: 'staged' } },
  );
}
