import type { Timestamp } from '@markitect/domain';
import { definePort } from '../port.js';

/** A file of a store. */
export interface StoredFile {
  /** Relative to the store's root, `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Timestamp;
}

/** The content of a file, and the SHA-256 of its bytes as 64 hexadecimal digits. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly checksum: string;
}

/**
 * Files below one root. Paths are relative, `/` between their parts. No path leaves the root: absolute paths, `..`,
 * backslashes, control characters, over-long names and symbolic links are refused with Invalid `FILE_PATH_INVALID` or
 * Forbidden `FILE_ESCAPES_ROOT`, also when a link is put in place between the check and the use. A path that differs
 * from an existing one only in case or Unicode form is Conflict `FILE_NAME_CONFLICT`. A change that returns is on the
 * disk, file and folder synced; one that fails leaves the old file as it was. Errors name the path relative to the
 * root: NotFound `FILE_NOT_FOUND`, Forbidden `FILE_UNREADABLE` and `FILE_UNWRITABLE`, Unavailable `FILE_SYSTEM_FAILED`.
 */
export interface FileStore {
  /** The content of a file, at most `maxBytes` of it: a larger one is Invalid `FILE_TOO_LARGE`. */
  read(path: string, maxBytes?: number): Promise<FileContent>;

  /** The files below a folder (default: all), sorted by code point, read a folder at a time. */
  list(folder?: string): AsyncIterable<StoredFile>;

  /** Whether there is a file at this path. */
  exists(path: string): Promise<boolean>;

  /** Writes a file whole or not at all, with its folders. Answers the checksum. */
  write(path: string, content: Uint8Array): Promise<string>;

  /** Copies a file over whatever is at the target. */
  copy(from: string, to: string): Promise<void>;

  /** Moves a file over whatever is at the target. */
  move(from: string, to: string): Promise<void>;

  /** Removes a file, and the folders that it leaves empty. Answers whether there was one. */
  remove(path: string): Promise<boolean>;

  /**
   * Removes the folders below a folder that hold no file nor anything else, and the folder itself if it is one. Answers
   * the paths of what is there and can be no file of a store: links and the like, sorted by code point.
   */
  tidy(folder: string): Promise<readonly string[]>;
}

export const fileStorePort = definePort<FileStore>('FileStore', {
  read: { kind: 'read', idempotent: true, key: (path) => path },
  list: { kind: 'read', idempotent: true },
  exists: { kind: 'read', idempotent: true, key: (path) => path },
  write: { kind: 'write', idempotent: true, key: (path) => path },
  copy: { kind: 'write', idempotent: true, key: (_from, to) => to },
  move: { kind: 'write', idempotent: false, key: (_from, to) => to },
  remove: { kind: 'write', idempotent: true, key: (path) => path },
  tidy: { kind: 'write', idempotent: true, key: (folder) => folder },
});
