import { renameSync, unlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isMarkitectError, type JsonValue } from '@markitect/domain';
import { errnoOf, fileSystemError } from '../file-system-error.js';
import type { HeldLock } from './file-lock.js';
import { type FileStamp, isSameStamp, isTooFresh } from './file-stamp.js';
import { defaultStyle, type JsonStyle, styleOf } from './json-style.js';
import type { JsonFilesOptions, KeptKind, KeyedChange, KeyedText, KeyedTexts } from './keyed-texts.js';
import { mapped } from './mapped.js';
import { dropStaged, type StagedFile, stageFile, syncFolder, temporaryPath } from './place-file.js';
import { readSettled } from './read-settled.js';
import { isNameOf, maySayKeyInside, recordFileName, recordFileNames } from './record-file-name.js';
import { listRecords, type RecordListing } from './record-listing.js';
import { runChanges, type WaitingChange, WriteQueue } from './write-queue.js';

interface Listing extends RecordListing {
  /** `undefined`: there is no folder. */
  readonly stamp: FileStamp | undefined;
  readonly isFresh: boolean;
}

/** The file of a record, as it is written. */
interface RecordFile {
  readonly name: string;
  readonly mark: string;
  readonly ending: string;
  readonly style: JsonStyle;
  readonly kept: KeyedText;
}

/**
 * Each key in a file of its own, named after it. A read reads its file. The keys are listed anew whenever the folder was
 * changed: for 50,000 some 100 ms. A change of several keys is written to the disk before the first of their files takes
 * its place; a crash in between leaves some of them changed and some not.
 */
export class FilePerRecord implements KeyedTexts {
  readonly #folder: string;
  readonly #kind: KeptKind;
  readonly #onDamaged: JsonFilesOptions['onDamaged'];
  readonly #queue: WriteQueue;
  #listing: Listing | undefined;
  /** Of files whose names do not say their keys. */
  readonly #keysInside = new Map<string, string>();

  constructor({ path, lockTimeoutMs = 15_000, onDamaged }: JsonFilesOptions, kind: KeptKind) {
    this.#folder = resolve(path);
    this.#kind = kind;
    this.#onDamaged = onDamaged;
    this.#queue = new WriteQueue(join(this.#folder, '.markitect.lock'), lockTimeoutMs, (changes, lock) =>
      this.#carry(changes, lock),
    );
  }

  async read(keys: readonly string[]): Promise<readonly (KeyedText | undefined)[]> {
    return mapped(keys, async (key) => (await this.#find(key))?.kept);
  }

  async keys(): Promise<readonly string[]> {
    return (await this.#list()).keys;
  }

  async unkeyed(): Promise<readonly string[]> {
    return (await this.#list()).unkeyed;
  }

  change<T>(keys: readonly string[], change: (current: KeyedChange) => T): Promise<T> {
    return this.#queue.change(keys, change);
  }

  async #carry(changes: readonly WaitingChange[], lock: HeldLock): Promise<void> {
    const files = new Map<string, RecordFile | undefined>();
    const damaged = new Map<string, unknown>();
    await mapped([...new Set(changes.flatMap(({ keys }) => keys))], async (key) => {
      try {
        files.set(key, await this.#find(key));
      } catch (error) {
        damaged.set(key, error);
      }
    });
    const able = changes.filter((change) => {
      const key = change.keys.find((each) => damaged.has(each));
      if (key !== undefined) change.fail(damaged.get(key));
      return key === undefined;
    });
    const outcome = runChanges(
      able,
      (key) => files.get(key)?.kept,
      (key) => ({
        style: files.get(key)?.style ?? defaultStyle,
        depth: 0,
        keyField: maySayKeyInside(files.get(key)?.name ?? recordFileName(key))
          ? this.#kind.keyFields[0]
          : undefined,
      }),
    );
    if (outcome.size === 0) return;
    try {
      await this.#place(outcome, files, lock);
    } catch (error) {
      throw fileSystemError(error, this.#folder, 'write');
    }
  }

  async #place(
    outcome: ReadonlyMap<string, KeyedText | undefined>,
    files: ReadonlyMap<string, RecordFile | undefined>,
    lock: HeldLock,
  ): Promise<void> {
    const staged: StagedFile[] = [];
    const written = [...outcome].flatMap(([key, text]) => (text === undefined ? [] : [{ key, text }]));
    const removed = [...outcome.keys()].flatMap((key) => {
      const name = outcome.get(key) === undefined ? files.get(key)?.name : undefined;
      return name === undefined ? [] : [{ key, name }];
    });
    try {
      const failures: unknown[] = [];
      await mapped(
        [...written.entries()],
        async ([
          index,
          {
            key,
            text: { text },
          },
        ]) => {
          if (failures.length > 0) return;
          const { name = recordFileName(key), mark = '', ending = '\n' } = files.get(key) ?? {};
          const temporary = temporaryPath(this.#folder, lock.token, index);
          try {
            staged.push(await stageFile(join(this.#folder, name), mark + text + ending, temporary));
          } catch (error) {
            // The others that are under way are awaited: what they leave must be known.
            failures.push(error);
          }
        },
      );
      if (failures.length > 0) throw failures[0];
      for (const { temporary, path } of staged) {
        // Nothing of this process happens in between.
        lock.requireHeld();
        renameSync(temporary, path);
      }
      for (const { key, name } of removed) {
        lock.requireHeld();
        // Files of the same key that did not count would be taken for what was removed.
        const others = recordFileNames(key).filter((other) => other !== name && !maySayKeyInside(other));
        for (const each of [...others, name]) this.#unlink(each);
      }
    } catch (error) {
      await dropStaged(staged);
      throw error;
    }
    await syncFolder(this.#folder);
  }

  /** Removes a file, if there is one. */
  #unlink(name: string): void {
    try {
      unlinkSync(join(this.#folder, name));
    } catch (error) {
      // A folder of this name has nothing to do with records.
      if (!['ENOENT', 'EISDIR'].includes(errnoOf(error) ?? '')) throw error;
    }
  }

  async #list(): Promise<Listing> {
    const known = this.#listing;
    const stamp = await this.#stamp();
    if (known !== undefined && !known.isFresh && !known.mayChange && isSameStamp(known.stamp, stamp)) {
      return known;
    }
    const isFresh = isTooFresh(stamp, Date.now());
    const records =
      stamp === undefined
        ? { keys: [], unkeyed: [], mayChange: false }
        : await listRecords(this.#folder, (name) => this.#keyInside(name));
    // Of the state before: what came meanwhile makes it another one.
    this.#listing = { stamp, isFresh, ...records };
    return this.#listing;
  }

  async #find(key: string): Promise<RecordFile | undefined> {
    for (const name of recordFileNames(key)) {
      const file = await this.#readFile(name);
      if (file === undefined) continue;
      // Called like a hashed name, as it may be one, of another key.
      const inside = maySayKeyInside(name) ? this.#keyIn(file) : undefined;
      if (inside === undefined || inside === key) return file;
    }
    return undefined;
  }

  async #readFile(name: string): Promise<RecordFile | undefined> {
    const path = join(this.#folder, name);
    try {
      const found = await readSettled(path, (source) => {
        const mark = source.startsWith('\ufeff') ? '\ufeff' : '';
        const text = source.slice(mark.length);
        JSON.parse(text);
        return { mark, text };
      });
      if (found === undefined) return undefined;
      const { mark, text } = found.content;
      return {
        name,
        mark,
        ending: text.slice(text.trimEnd().length),
        style: styleOf(text),
        kept: { text: text.trim(), fileChangedAt: found.changedAt.toISOString() },
      };
    } catch (error) {
      if (isMarkitectError(error) && error.code === 'LEGACY_FILE_CORRUPT') this.#onDamaged?.(error);
      throw error;
    }
  }

  async #keyInside(name: string): Promise<string | undefined> {
    const known = this.#keysInside.get(name);
    if (known !== undefined) return known;
    const file = await this.#readFile(name);
    const key = file && this.#keyIn(file);
    if (key !== undefined) this.#keysInside.set(name, key);
    return key;
  }

  /** The key that a file says, if its name follows from it. */
  #keyIn({ name, kept }: RecordFile): string | undefined {
    const value = JSON.parse(kept.text) as JsonValue;
    const field = this.#kind.keyFields[0] ?? '';
    const key =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (Reflect.get(value, field) as unknown)
        : undefined;
    return typeof key === 'string' && isNameOf(name, key) ? key : undefined;
  }

  async #stamp(): Promise<FileStamp | undefined> {
    try {
      return await stat(this.#folder, { bigint: true });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw fileSystemError(error, this.#folder, 'read');
    }
  }
}
