import { isAbsolute } from 'node:path';
import { Invalid } from '@markitect/domain';

/** How to open a SQLite database. Everything but the file has a default. */
export interface SqliteOptions {
  /** Absolute path of the database file. */
  readonly file: string;
  /**
   * Connections that read at the same time, 1 to 64. Default 3: libuv has four threads, and one must be left for
   * writes and files while long searches run.
   */
  readonly readers?: number;
  /**
   * When SQLite waits for the disk. Default `NORMAL`: a power cut may undo the last commits but never damages the
   * file; `FULL` waits for every commit.
   */
  readonly synchronous?: 'OFF' | 'NORMAL' | 'FULL' | 'EXTRA';
  /** Page cache of each connection, in KiB. Default 16384. */
  readonly cacheSizeKib?: number;
  /** How much of the file is mapped into memory, in bytes. Default 268435456 (256 MiB). */
  readonly mmapSizeBytes?: number;
  /** How long SQLite itself waits for a lock of another process before each new attempt. Default 5000. */
  readonly busyTimeoutMs?: number;
  /** Whether references between tables are enforced. Default true. */
  readonly foreignKeys?: boolean;
  /** Where temporary tables and sorts live. Default `MEMORY`. */
  readonly tempStore?: 'DEFAULT' | 'FILE' | 'MEMORY';
  /** The longest a write waits for its turn or the lock, and a read for a connection. Default 30000. */
  readonly writeTimeoutMs?: number;
  /** Whether a missing file is created, with its folder. Default true. */
  readonly create?: boolean;
}

/** The options with every default filled in. */
export type ResolvedSqliteOptions = Required<SqliteOptions>;

const ranges = {
  readers: [1, 64],
  cacheSizeKib: [0, 64 * 1024 * 1024],
  mmapSizeBytes: [0, 2 ** 40],
  busyTimeoutMs: [0, 2 ** 31 - 1],
  writeTimeoutMs: [1, 2 ** 31 - 1],
} as const;

/** Fills in the defaults. Throws Invalid `CONFIG_INVALID` naming the option that is out of range. */
export function resolveSqliteOptions(options: SqliteOptions): ResolvedSqliteOptions {
  const resolved: ResolvedSqliteOptions = {
    file: options.file,
    readers: options.readers ?? 3,
    synchronous: options.synchronous ?? 'NORMAL',
    cacheSizeKib: options.cacheSizeKib ?? 16_384,
    mmapSizeBytes: options.mmapSizeBytes ?? 268_435_456,
    busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
    foreignKeys: options.foreignKeys ?? true,
    tempStore: options.tempStore ?? 'MEMORY',
    writeTimeoutMs: options.writeTimeoutMs ?? 30_000,
    create: options.create ?? true,
  };
  // A relative path or a special name such as ":memory:" would give every connection a database of its own.
  if (!isAbsolute(resolved.file)) throw invalid('file', 'must be an absolute path');
  for (const [field, [least, most]] of Object.entries(ranges)) {
    const value = resolved[field as keyof typeof ranges];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw invalid(field, `must be a whole number from ${least} to ${most}`);
    }
  }
  oneOf('synchronous', resolved.synchronous, ['OFF', 'NORMAL', 'FULL', 'EXTRA']);
  oneOf('tempStore', resolved.tempStore, ['DEFAULT', 'FILE', 'MEMORY']);
  return resolved;
}

function oneOf(field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw invalid(field, `must be one of ${allowed.join(', ')}`);
}

function invalid(field: string, rule: string): Invalid {
  return new Invalid('CONFIG_INVALID', `the SQLite option ${field} ${rule}`, { details: { field } });
}

/** The settings that every connection needs for itself. */
export function connectionPragmas(options: ResolvedSqliteOptions): string {
  return [
    `PRAGMA busy_timeout = ${options.busyTimeoutMs}`,
    `PRAGMA synchronous = ${options.synchronous}`,
    `PRAGMA cache_size = ${-options.cacheSizeKib}`,
    `PRAGMA mmap_size = ${options.mmapSizeBytes}`,
    `PRAGMA foreign_keys = ${options.foreignKeys ? 'ON' : 'OFF'}`,
    `PRAGMA temp_store = ${options.tempStore}`,
  ].join(';\n');
}
