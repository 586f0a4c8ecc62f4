import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseFilePath, STAGING_FOLDER, Unavailable } from '@markitect/domain';
import type {
  FileContent,
  FileStore,
  StagedReplacement,
  StagingFileStore,
  StoredFile,
} from '@markitect/ports';
import { errnoOf, fileSystemError, type FileUse } from '../file-system-error.js';
import { fileChunks, joined } from './file-chunks.js';
import { type FileSystemCalls, nodeFileSystem, readFileFlags } from './file-system-calls.js';
import { listFiles } from './list-files.js';
import { bestFolderAccess, type Folder, type FolderAccess } from './folder.js';
import { FolderChain, type FolderTree } from './folder-chain.js';
import { partsOf, placeFile, replaceable } from './place-file.js';
import { notFound, requireFile, tooLarge, translated, translatedChunks } from './file-errors.js';
import { tidyFolder } from './tidy-folder.js';
import { newTemporaryName, requireStagedName, StagingArea, type WrittenContent } from './staging-area.js';

/** Where an {@link FsFileStore} keeps its files. */
export interface FsFileStoreOptions {
  /** The folder that no path leaves. Links above it and itself a link are allowed. Made by the first change. */
  readonly root: string;
}

/** For tests of this package: how the disk is reached. */
export interface FsFileStoreInternals {
  readonly calls?: FileSystemCalls;
  readonly access?: FolderAccess;
}

/**
 * Files below a folder of the disk. Every file is written in `<root>/.markitect-staged`, synced and then renamed, so
 * a reader sees the old file or the new one, and neither a failure nor a crash leaves half of one. A replaced file
 * keeps its permissions. Writers of several processes need no lock; the last one wins.
 *
 * On Linux every folder on the way is opened without following links and held while it is used, so that no link,
 * whenever it is put in place, leads out of the root. Elsewhere the real path of the folder is compared before and
 * after each use, which a link that comes and goes in between can deceive.
 *
 * Only when the disk refuses the last step, syncing the folder, may a change that failed be seen. Two writers who make
 * `a` and `A` in the same moment may both succeed. Cost: for a new name one listing of its folder, for one that is
 * there none; two or three syncs for a change, one more for each folder made.
 */
export class FsFileStore implements FileStore, StagingFileStore {
  readonly #tree: FolderTree;
  readonly #staging: StagingArea;

  constructor(options: FsFileStoreOptions, internals: FsFileStoreInternals = {}) {
    this.#tree = {
      root: resolve(options.root),
      calls: internals.calls ?? nodeFileSystem,
      access: internals.access ?? bestFolderAccess,
    };
    this.#staging = new StagingArea(this.#tree);
  }

  async read(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<FileContent> {
    const file = parseFilePath(path);
    return this.#opened(file, async (handle, stats) => {
      if (stats.size > maxBytes) throw tooLarge(file, stats.size, maxBytes);
      const hash = createHash('sha256');
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of fileChunks(this.#tree.calls, handle, stats.size)) {
        length += chunk.length;
        if (length > maxBytes) throw tooLarge(file, length, maxBytes);
        hash.update(chunk);
        chunks.push(chunk);
      }
      return { bytes: joined(chunks), checksum: hash.digest('hex') };
    });
  }

  /**
   * Holds one folder's files in memory. Names that no path can have (a backslash, another Unicode form than NFC) are
   * listed as they are; those that are no text are not.
   */
  async *list(folder?: string): AsyncGenerator<StoredFile, void, undefined> {
    const start = folder === undefined ? [] : parseFilePath(folder).split('/');
    try {
      yield* listFiles(this.#tree, start);
    } catch (error) {
      throw fileSystemError(error, folder ?? '.', 'file-read');
    }
  }

  async exists(path: string): Promise<boolean> {
    const file = parseFilePath(path);
    return this.#withFolder(
      'file-read',
      file,
      async (chain, name) => (await chain.find(name))?.isFile() === true,
    );
  }

  async write(path: string, content: Uint8Array): Promise<string> {
    const file = parseFilePath(path);
    return translated('file-write', file, () => this.#replace(file, [content]));
  }

  /** Reads and writes 1 MiB at a time. */
  async copy(from: string, to: string): Promise<void> {
    const [source, target] = [parseFilePath(from), parseFilePath(to)];
    await this.#opened(source, async (handle, stats) => {
      if (source === target) return;
      const content = translatedChunks(fileChunks(this.#tree.calls, handle, stats.size), source);
      await translated('file-write', target, () => this.#replace(target, content, stats.mode & 0o777));
    });
  }

  async move(from: string, to: string): Promise<void> {
    const [source, target] = [parseFilePath(from), parseFilePath(to)];
    await this.#withFolder('file-read', source, async (chain, name) => {
      await requireFile(chain, source);
      if (source === target) return;
      await translated('file-write', target, async () => {
        await chain.verify();
        if (!(await placeFile(this.#tree, chain.last, name, target, false))) throw notFound(source);
        await chain.prune();
      });
    });
  }

  async remove(path: string): Promise<boolean> {
    const file = parseFilePath(path);
    return this.#withFolder('file-write', file, async (chain, name) => {
      if (await this.#unlink(chain, name)) {
        await chain.prune();
        return true;
      }
      if ((await chain.find(name)) === undefined) await chain.requireNoTwin(name);
      return false;
    });
  }

  async tidy(folder: string): Promise<readonly string[]> {
    const path = parseFilePath(folder);
    return translated('file-write', path, () => tidyFolder(this.#tree, path.split('/')));
  }

  async stage(name: string, content: Uint8Array): Promise<string> {
    requireStagedName(name);
    return translated('file-write', `${STAGING_FOLDER}/${name}`, () =>
      this.#staging.withNew(async (folder) => {
        const checksum = await this.#staging.create(folder, name, [content]);
        try {
          await folder.sync();
        } catch (error) {
          await this.#staging.discard(folder, name).catch(() => false);
          throw error;
        }
        return checksum;
      }),
    );
  }

  async readStaged(name: string): Promise<Uint8Array> {
    return this.#withStaged('file-read', name, async (folder) => {
      const found = folder === undefined ? undefined : await folder.find(name);
      if (folder === undefined || found === undefined) throw notFound(`${STAGING_FOLDER}/${name}`);
      return this.#staging.read(folder, name);
    });
  }

  async check(target: string): Promise<void> {
    const file = parseFilePath(target);
    await this.#withFolder('file-write', file, async (chain) => {
      await replaceable(chain, file);
    });
  }

  /** Syncs the folders also when there is nothing to move: who did may have died before that. */
  async apply({ staged, target }: StagedReplacement): Promise<boolean> {
    const file = parseFilePath(target);
    requireStagedName(staged);
    return translated('file-write', file, () =>
      this.#staging.within(async (folder) => {
        const placed = folder !== undefined && (await placeFile(this.#tree, folder, staged, file, true));
        if (!placed) await this.#withFolder('file-write', file, (chain) => chain.sync());
        await folder?.sync();
        return placed;
      }),
    );
  }

  /** Syncs the folder and removes empty ones also when there is nothing to remove, for the same reason. */
  async applyRemove(target: string): Promise<boolean> {
    const file = parseFilePath(target);
    return this.#withFolder('file-write', file, async (chain, name) => {
      const removed = await this.#unlink(chain, name);
      await chain.prune();
      return removed;
    });
  }

  /** Also removes temporary files that are an hour old: their writer died. */
  async staged(): Promise<readonly string[]> {
    return translated('file-read', STAGING_FOLDER, () =>
      this.#staging.within(async (folder) => (folder === undefined ? [] : await this.#staging.names(folder))),
    );
  }

  async discard(name: string): Promise<boolean> {
    return this.#withStaged('file-write', name, async (folder) =>
      folder === undefined ? false : await this.#staging.discard(folder, name),
    );
  }

  /** Works with the folders of a path, as far as they are there, and the name in the last of them. */
  async #withFolder<T>(
    use: FileUse,
    path: string,
    work: (chain: FolderChain, name: string) => Promise<T>,
  ): Promise<T> {
    const { folders, name } = partsOf(path);
    return translated(use, path, async () => {
      const chain = await FolderChain.open(this.#tree, folders, false);
      try {
        return await work(chain, name);
      } finally {
        await chain.close();
      }
    });
  }

  async #withStaged<T>(
    use: FileUse,
    name: string,
    work: (folder: Folder | undefined) => Promise<T>,
  ): Promise<T> {
    requireStagedName(name);
    return translated(use, `${STAGING_FOLDER}/${name}`, () => this.#staging.within(work));
  }

  /** Opens a file for reading: a regular one, not through a link. */
  async #opened<T>(path: string, work: (handle: FileHandle, stats: Stats) => Promise<T>): Promise<T> {
    return this.#withFolder('file-read', path, async (chain, name) => {
      await requireFile(chain, path);
      const handle = await this.#tree.calls.open(chain.last.at(name), readFileFlags);
      try {
        await chain.verify();
        const stats = await handle.stat();
        if (!stats.isFile()) throw notFound(path);
        return await work(handle, stats);
      } finally {
        await handle.close();
      }
    });
  }

  async #replace(path: string, content: WrittenContent, mode?: number): Promise<string> {
    // Before anything is written: most refusals cost nothing then.
    await this.check(path);
    return this.#staging.withNew(async (folder) => {
      const temporary = newTemporaryName();
      const checksum = await this.#staging.create(folder, temporary, content, mode);
      try {
        if (await placeFile(this.#tree, folder, temporary, path, true)) return checksum;
      } catch (error) {
        await this.#staging.discard(folder, temporary).catch(() => false);
        throw error;
      }
      throw new Unavailable('FILE_SYSTEM_FAILED', `${path}: the file was removed while it was written`, {
        details: { path },
      });
    });
  }

  async #unlink(chain: FolderChain, name: string): Promise<boolean> {
    if ((await chain.find(name))?.isFile() !== true) return false;
    await chain.verify();
    try {
      await this.#tree.calls.unlink(chain.last.at(name));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  }
}
