import type { Stats } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type ContentHash, Invalid } from '@markitect/domain';
import type { AstStore, EncodedTree } from '@markitect/ports';
import { errnoOf, fileSystemError, isAbsence } from './file-system-error.js';

/** Where an {@link FsAstStore} keeps its trees. */
export interface FsAstStoreOptions {
  /** A folder of its own. Made when the first tree is stored. */
  readonly root: string;
}

/** "MKT" and the version of the header, then the CRC-32 of the tree. */
const MAGIC = Buffer.from([0x4d, 0x4b, 0x54, 0x01]);
const HEADER_BYTES = 8;

/** How many files are looked at in the same moment. */
const PARALLEL = 32;
/** How many hashes are asked for at once when sweeping. */
const SWEEP_BATCH = 256;
/** A temporary file this old has no writer any more: writing one takes milliseconds. */
const STALE_TEMPORARY_MS = 10 * 60_000;

const treeName = /^([0-9a-f]{64})\.mdast$/;
const temporaryName = /^[0-9a-f]{64}\.mdast\.\d+$/;

/**
 * Trees as files `<root>/<first two digits>/<hash>.mdast`, each with a checksum. A reader sees a whole tree or none,
 * also after a crash; what a crash leaves half-written shows in the checksum, counts as missing and is removed.
 *
 * Every operation throws Unavailable `FILE_SYSTEM_FAILED` when the disk fails it, Invalid `REQUEST_INVALID` for a
 * hash that is none.
 */
export class FsAstStore implements AstStore {
  readonly #root: string;
  /** The folders known to be there: most trees of a new store are the first of theirs. */
  readonly #folders = new Set<string>();

  constructor(options: FsAstStoreOptions) {
    this.#root = options.root;
  }

  async get(hash: ContentHash): Promise<EncodedTree | undefined> {
    const file = this.#fileOf(hash);
    let bytes: Buffer;
    try {
      bytes = await readFile(file);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw fileSystemError(error, file, 'store');
    }
    const tree = bytes.subarray(HEADER_BYTES);
    if (bytes.length >= HEADER_BYTES && bytes.subarray(0, HEADER_BYTES).equals(headerOf(tree))) {
      return tree as Uint8Array as EncodedTree;
    }
    // Out of the way, so that the next `put` writes it anew. If that is not possible, nothing is lost.
    await unlink(file).catch(() => undefined);
    return undefined;
  }

  /** A tree that is there already costs no write: its time is renewed, which keeps it from being swept. */
  async put(hash: ContentHash, tree: EncodedTree): Promise<void> {
    const file = this.#fileOf(hash);
    const header = headerOf(tree);
    try {
      if (await this.#renew(file, header, tree.length)) return;
      await this.#write(file, Buffer.concat([header, tree]));
    } catch (error) {
      throw fileSystemError(error, file, 'store');
    }
  }

  async stored(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    const stored = new Set<ContentHash>();
    for (let start = 0; start < hashes.length; start += PARALLEL) {
      await Promise.all(
        hashes.slice(start, start + PARALLEL).map(async (hash) => {
          if ((await statOf(this.#fileOf(hash))) !== undefined) stored.add(hash);
        }),
      );
    }
    return stored;
  }

  /** Also removes temporary files whose writer is gone; they are not counted. Memory: one batch of hashes. */
  async sweep(
    isKnown: (hashes: readonly ContentHash[]) => Promise<ReadonlySet<ContentHash>>,
    graceMs: number,
  ): Promise<number> {
    const before = Date.now() - graceMs;
    let removed = 0;
    let batch: ContentHash[] = [];
    const flush = async (): Promise<void> => {
      const known = await isKnown(batch);
      for (const hash of batch) {
        if (known.has(hash)) continue;
        // Looked at once more: it may have been put again while the question was answered.
        if (await removeOlder(this.#fileOf(hash), before)) removed += 1;
      }
      batch = [];
    };
    for await (const folder of namesIn(this.#root)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for await (const name of namesIn(join(this.#root, folder))) {
        const file = join(this.#root, folder, name);
        if (temporaryName.test(name)) {
          await removeOlder(file, Math.min(before, Date.now() - STALE_TEMPORARY_MS));
          continue;
        }
        const hash = treeName.exec(name)?.[1];
        if (hash?.startsWith(folder) !== true) continue;
        const stats = await statOf(file);
        if (stats === undefined || Math.floor(stats.mtimeMs) > before) continue;
        batch.push(hash as ContentHash);
        if (batch.length === SWEEP_BATCH) await flush();
      }
    }
    if (batch.length > 0) await flush();
    return removed;
  }

  async #write(file: string, bytes: Buffer): Promise<void> {
    const folder = dirname(file);
    if (this.#folders.has(folder)) {
      try {
        await write(file, bytes);
        return;
      } catch (error) {
        // Somebody has removed the folder.
        if (errnoOf(error) !== 'ENOENT') throw error;
      }
    }
    await mkdir(folder, { recursive: true });
    this.#folders.add(folder);
    await write(file, bytes);
  }

  #fileOf(hash: ContentHash): string {
    // A hash names a file: one that is none must not name another.
    if (!/^[0-9a-f]{64}$/.test(hash)) {
      throw new Invalid('REQUEST_INVALID', 'a content hash is 64 lower-case hexadecimal digits', {
        details: { field: 'hash' },
      });
    }
    return join(this.#root, hash.slice(0, 2), `${hash}.mdast`);
  }

  /** Whether the file has the size and the checksum of the tree; then its time is now. */
  async #renew(file: string, header: Buffer, treeBytes: number): Promise<boolean> {
    try {
      const handle = await open(file, 'r');
      try {
        const { size } = await handle.stat();
        if (size !== HEADER_BYTES + treeBytes) return false;
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
        if (bytesRead !== HEADER_BYTES || !buffer.equals(header)) return false;
      } finally {
        await handle.close();
      }
      const now = new Date();
      await utimes(file, now, now);
      return true;
    } catch (error) {
      if (isAbsence(error)) return false;
      throw error;
    }
  }
}

function headerOf(tree: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(crc32(tree), MAGIC.length);
  return header;
}

/** A temporary file and a rename. No fsync: a tree lost in a power cut is parsed again, and the checksum finds it. */
async function write(file: string, bytes: Buffer): Promise<void> {
  const temporary = `${file}.${process.pid}${Math.floor(Math.random() * 1e12)}`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw fileSystemError(error, file, 'store');
  }
}

async function removeOlder(file: string, before: number): Promise<boolean> {
  const stats = await statOf(file);
  if (stats === undefined || Math.floor(stats.mtimeMs) > before) return false;
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw fileSystemError(error, file, 'store');
  }
}

/** The names in a folder, one after the other; none when there is no such folder. */
async function* namesIn(folder: string): AsyncGenerator<string, void, undefined> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name;
  } catch (error) {
    if (!isAbsence(error)) throw fileSystemError(error, folder, 'store');
  }
}
