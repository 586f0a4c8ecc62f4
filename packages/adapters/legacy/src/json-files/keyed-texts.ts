import type { JsonValue, MarkitectError, Timestamp } from '@markitect/domain';
import type { JsonStyle } from './json-style.js';

/** What is kept under a key: JSON, as it is written, and when its file was last changed. */
export interface KeyedText {
  readonly text: string;
  readonly fileChangedAt: Timestamp;
}

/** How and where a text is to be written. */
export interface Surroundings {
  readonly style: JsonStyle;
  /** Brackets around it. */
  readonly depth: number;
  /** The field of it that says its key, where the file does not. */
  readonly keyField: string | undefined;
}

/** The keys of a change, as it finds and leaves them. */
export interface KeyedChange {
  get(key: string): KeyedText | undefined;
  put(key: string, write: (surroundings: Surroundings) => string): void;
  remove(key: string): void;
}

/**
 * JSON under keys, in one file or many. Errors of all operations: Corrupt `LEGACY_FILE_CORRUPT` naming the file;
 * Forbidden `FILE_UNREADABLE`, `FILE_UNWRITABLE`; Unavailable `FILE_SYSTEM_FAILED`, `LEGACY_FILE_BUSY`.
 */
export interface KeyedTexts {
  /** In the order asked for. */
  read(keys: readonly string[]): Promise<readonly (KeyedText | undefined)[]>;

  /** The keys there are, in the order of code points. */
  keys(): Promise<readonly string[]>;

  /**
   * What has none: files that should be records, items that say no key. Each in words for a reader, with the name of its
   * file. It is read anew. It stays as it is.
   */
  unkeyed(): Promise<readonly string[]>;

  /**
   * Changes some keys, of which it must name all, alone among all processes: all or none of what `change` does, which
   * must not wait. What it throws, this throws, and nothing is changed. When it returns the change is on the disk.
   * Changes that wait at the same time share one write of a file.
   */
  change<T>(keys: readonly string[], change: (current: KeyedChange) => T): Promise<T>;
}

/** What the stores have to know of what they keep. */
export interface KeptKind {
  /** The fields that say the key in a list, the first one that an item has; the first for what is new. */
  readonly keyFields: readonly string[];
  /** How a file that is not there yet is to be written. */
  readonly newFormat: 'object' | 'list';
  /** A key for an item of a list that says none; `undefined`: it is left as it is, and not shown. */
  keyOf?(item: JsonValue): string | undefined;
  /** The text with what would get lost about it when its file is rewritten; `undefined`: nothing would. */
  stamped?(kept: KeyedText, surroundings: Surroundings): string | undefined;
}

/** How a component is kept in JSON files. */
export interface JsonFilesOptions {
  /** `one-file`: all in the file `path`. `file-per-record`: each in a file of its own in the folder `path`. */
  readonly layout: 'one-file' | 'file-per-record';
  /** Absolute. The file, or the folder, is made with the first write. */
  readonly path: string;
  /** The most milliseconds that a write waits while other processes write. Default 15,000. */
  readonly lockTimeoutMs?: number;
  /** Is told of each damaged file that is found. Must not throw. */
  readonly onDamaged?: (error: MarkitectError) => void;
}
