import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Unavailable } from '@markitect/domain';
import type { CacheTier, TierEntry, TierUsage } from '@markitect/ports';
import { decodedFile, encodedFile } from './disk-file.js';

/** Where a {@link DiskTier} keeps its files, and how many. */
export interface DiskTierOptions {
  /** A folder for the cache alone; it is made when it is needed. Processes may share it. */
  readonly folder: string;
  /** The most bytes of all files together. What was used longest ago goes first. */
  readonly maxBytes: number;
  /** A sweep removes what nobody has used for so long, in milliseconds. Default: only what is too much. */
  readonly maxIdleMs?: number;
  readonly now?: () => number;
  /** Names the time since the machine was started; `undefined`: nothing tells. Default: what Linux says. */
  readonly bootId?: () => Promise<string | undefined>;
}

/** A sweep leaves this much of the bound, so that the next one is not due at once. */
const AFTER_SWEEP = 0.8;
/** The use of a file is noted at most this often, in milliseconds. */
const NOTE_USE_EVERY = 60_000;
/** How many files are worked on at the same time. */
const AT_ONCE = 16;
/** A file of a writer that was killed is older than this, in milliseconds. */
const LEFT_OVER_AFTER = 60_000;

/** Whoever begins to write while a sweep of any process is younger than this leaves it at that, in milliseconds. */
const SWEEP_AGAIN_AFTER = 10 * 60_000;
const SWEPT = '.swept';
/** Holds the name of the run of the machine in which the files were written. */
const BOOT = '.boot';

interface FileOnDisk {
  readonly file: string;
  readonly bytes: number;
  readonly usedAt: number;
}

/**
 * A tier of files that lasts over restarts: one per entry, written beside and renamed, so that nobody reads half a
 * file; not synced, for it is a cache. A damaged file is a miss. Bounded by bytes: when there are too many, those used
 * longest ago are removed. Between sweeps other processes that share the folder may exceed the bound by what they
 * write.
 *
 * After a power cut files may be there that are newer than the log of invalidations, whose last commits are undone. So
 * what an earlier run of the machine has left is forgotten.
 */
export class DiskTier implements CacheTier {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #maxIdleMs: number;
  readonly #now: () => number;
  readonly #bootId: () => Promise<string | undefined>;
  /** As far as this process knows; `undefined` before the first look. */
  #bytes: number | undefined;
  #entries = 0;
  #evictions = 0;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #sweeping: Promise<void> | undefined;
  #checkingBoot: Promise<void> | undefined;

  constructor(options: DiskTierOptions) {
    const { folder, maxBytes, maxIdleMs = Number.POSITIVE_INFINITY, now = Date.now } = options;
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#maxIdleMs = maxIdleMs;
    this.#now = now;
    this.#bootId = options.bootId ?? linuxBootId;
  }

  getMany(keys: readonly string[]): Promise<(TierEntry | undefined)[]> {
    return translated('read', async () => {
      await this.#forgetEarlierBoots();
      return inBatches(keys, (key) => this.#read(key));
    });
  }

  async setMany(entries: readonly (readonly [string, TierEntry])[]): Promise<void> {
    await translated('write', async () => {
      await this.#forgetEarlierBoots();
      await inBatches([...new Map(entries)], ([key, entry]) => this.#write(key, entry));
    });
    await translated('sweep', async () => {
      const isDue = this.#bytes === undefined ? !(await this.#isSweptLately()) : this.#bytes > this.#maxBytes;
      if (isDue) await this.#sweep();
    });
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await translated('delete', () => inBatches([...new Set(keys)], (key) => this.#remove(this.#file(key))));
  }

  async clear(): Promise<void> {
    await translated('clear', () => rm(this.#folder, { recursive: true, force: true }));
    this.#bytes = 0;
    this.#entries = 0;
    this.#checkingBoot = undefined;
  }

  /** Counts the files at first and every ten minutes; between that it knows what this process has changed. */
  async usage(): Promise<TierUsage> {
    const isCounted = this.#bytes !== undefined && this.#now() - this.#sweptAt < SWEEP_AGAIN_AFTER;
    if (!isCounted) {
      await translated('look', async () => {
        await this.#forgetEarlierBoots();
        await this.#sweep();
      });
    }
    return { entries: this.#entries, bytes: this.#bytes, evictions: this.#evictions };
  }

  #forgetEarlierBoots(): Promise<void> {
    this.#checkingBoot ??= this.#checkBoot().catch((error: unknown) => {
      this.#checkingBoot = undefined;
      throw error;
    });
    return this.#checkingBoot;
  }

  async #checkBoot(): Promise<void> {
    const boot = await this.#bootId();
    if (boot === undefined) return;
    const marker = join(this.#folder, BOOT);
    if ((await readFile(marker, 'utf8').catch(absent)) === boot) return;
    await mkdir(this.#folder, { recursive: true });
    // Only what is its own: somebody may have named a folder with other things in it.
    const own = (await readdir(this.#folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    await inBatches(own, (name) =>
      rm(join(this.#folder, name), { recursive: true, force: true, maxRetries: 3 }),
    );
    await writeFile(marker, boot);
  }

  #file(key: string): string {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
    return join(this.#folder, name.slice(0, 2), name.slice(2));
  }

  async #read(key: string): Promise<TierEntry | undefined> {
    const file = this.#file(key);
    const bytes = await readFile(file).catch(absent);
    if (bytes === undefined) return undefined;
    const found = decodedFile(bytes);
    const now = this.#now();
    if (found === undefined || found.entry.expiresAt <= now) {
      await this.#remove(file);
      return undefined;
    }
    if (found.key !== key) return undefined;
    await this.#noteUse(file, now);
    return found.entry;
  }

  /** The time of change is the time of use: nothing else needs it, and it lasts. */
  async #noteUse(file: string, now: number): Promise<void> {
    const { mtimeMs } = (await stat(file).catch(absent)) ?? { mtimeMs: now };
    if (now - mtimeMs > NOTE_USE_EVERY) await utimes(file, now / 1000, now / 1000).catch(absent);
  }

  async #write(key: string, entry: TierEntry): Promise<void> {
    const file = this.#file(key);
    if (entry.expiresAt <= this.#now()) return this.#remove(file);
    const bytes = encodedFile(key, entry);
    // What alone is over the bound would only drive out everything else.
    if (bytes.length > this.#maxBytes) return this.#remove(file);
    const temporary = `${file}.${randomUUID()}.tmp`;
    const before = await stat(file).catch(absent);
    const put = async (): Promise<void> => {
      await writeFile(temporary, bytes);
      await rename(temporary, file);
    };
    try {
      await put().catch(async (error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        await mkdir(dirname(file), { recursive: true });
        await put();
      });
    } catch (error) {
      await rm(temporary, { force: true }).catch(absent);
      throw error;
    }
    if (this.#bytes !== undefined) this.#bytes += bytes.length - (before?.size ?? 0);
    if (before === undefined) this.#entries += 1;
  }

  async #remove(file: string): Promise<void> {
    const before = await stat(file).catch(absent);
    if (before === undefined) return;
    await rm(file, { force: true });
    if (this.#bytes !== undefined) this.#bytes = Math.max(0, this.#bytes - before.size);
    this.#entries = Math.max(0, this.#entries - 1);
  }

  /** Counts what is there and removes what is too much. One at a time. */
  #sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepNow().finally(() => (this.#sweeping = undefined));
    return this.#sweeping;
  }

  /** Programs that run for a moment would else look at every file each time. */
  async #isSweptLately(): Promise<boolean> {
    const swept = await stat(join(this.#folder, SWEPT)).catch(absent);
    return swept !== undefined && Math.abs(Date.now() - swept.mtimeMs) < SWEEP_AGAIN_AFTER;
  }

  async #sweepNow(): Promise<void> {
    const files: FileOnDisk[] = [];
    for (const each of await this.#files()) {
      if (this.#now() - each.usedAt > this.#maxIdleMs) await rm(each.file, { force: true });
      else files.push(each);
    }
    let bytes = files.reduce((sum, each) => sum + each.bytes, 0);
    let entries = files.length;
    if (bytes > this.#maxBytes) {
      files.sort((left, right) => left.usedAt - right.usedAt);
      for (const each of files) {
        if (bytes <= this.#maxBytes * AFTER_SWEEP) break;
        await rm(each.file, { force: true });
        bytes -= each.bytes;
        entries -= 1;
        this.#evictions += 1;
      }
    }
    this.#bytes = bytes;
    this.#entries = entries;
    this.#sweptAt = this.#now();
    await writeFile(join(this.#folder, SWEPT), '').catch(absent);
  }

  async #files(): Promise<FileOnDisk[]> {
    const folders = (await readdir(this.#folder).catch(absent)) ?? [];
    const lists = await inBatches(folders, async (folder) => {
      const names = (await readdir(join(this.#folder, folder)).catch(absent)) ?? [];
      return inBatches(names, (name) => this.#look(join(this.#folder, folder, name)));
    });
    return lists.flat().filter((each) => each !== undefined);
  }

  async #look(file: string): Promise<FileOnDisk | undefined> {
    const found = await stat(file).catch(absent);
    if (found === undefined) return undefined;
    if (file.endsWith('.tmp')) {
      if (Date.now() - found.mtimeMs > LEFT_OVER_AFTER) await rm(file, { force: true });
      return undefined;
    }
    return { file, bytes: found.size, usedAt: found.mtimeMs };
  }
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

async function linuxBootId(): Promise<string | undefined> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(absent))?.trim();
}

/** A file that is not there is no failure. */
function absent(error: unknown): undefined {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}

function codeOf(error: unknown): unknown {
  return (Object(error) as { readonly code?: unknown }).code;
}

async function translated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable('CACHE_TIER_FAILED', `the disk could not ${what}: ${reason}`, { cause: error });
  }
}
