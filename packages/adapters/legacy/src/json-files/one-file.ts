import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { isMarkitectError } from '@markitect/domain';
import { errnoOf, fileSystemError } from '../file-system-error.js';
import { changedFile, type FileContent, parseFile, printFile, surroundings } from './file-content.js';
import { type FileStamp, isSameStamp, stampTime } from './file-stamp.js';
import type { HeldLock } from './file-lock.js';
import type { JsonFilesOptions, KeptKind, KeyedChange, KeyedText, KeyedTexts } from './keyed-texts.js';
import { replaceFile, temporaryPath } from './place-file.js';
import { readSettled } from './read-settled.js';
import { sortedKeys } from './sorted-keys.js';
import { runChanges, type WaitingChange, WriteQueue } from './write-queue.js';

interface FileState {
  /** `undefined`: there is no file. */
  readonly stamp: FileStamp | undefined;
  /** Whether the file could be changed again without another stamp. */
  readonly isFresh: boolean;
  readonly fileChangedAt: string;
  readonly content: FileContent;
  /** In the order of code points; made when it is first asked for. */
  sorted?: readonly string[];
}

/**
 * All keys in one file, which is rewritten with each change, and read anew, whole, when it is not the one read last:
 * for 50,000 profiles of 300 bytes some 150 ms. Else a read costs one system call and the parsing of what it asks for.
 */
export class OneFile implements KeyedTexts {
  readonly #path: string;
  readonly #kind: KeptKind;
  readonly #onDamaged: JsonFilesOptions['onDamaged'];
  readonly #queue: WriteQueue;
  #state: FileState | undefined;
  #reading: Promise<FileState> | undefined;
  #next: Promise<FileState> | undefined;

  constructor({ path, lockTimeoutMs = 15_000, onDamaged }: JsonFilesOptions, kind: KeptKind) {
    this.#path = followed(resolve(path));
    this.#kind = kind;
    this.#onDamaged = onDamaged;
    this.#queue = new WriteQueue(`${this.#path}.lock`, lockTimeoutMs, (changes, lock) =>
      this.#carry(changes, lock),
    );
  }

  async read(keys: readonly string[]): Promise<readonly (KeyedText | undefined)[]> {
    if (keys.length === 0) return [];
    const state = await this.#current();
    return keys.map((key) => textIn(state, key));
  }

  async keys(): Promise<readonly string[]> {
    const state = await this.#current();
    state.sorted ??= sortedKeys([...state.content.items.keys()].filter((key) => typeof key === 'string'));
    return state.sorted;
  }

  async unkeyed(): Promise<readonly string[]> {
    // What is known may have been changed here since it was read, and then says nothing of places in the file.
    this.#state = undefined;
    const { content } = await this.#current();
    return content.unkeyed.map((each) => `${basename(this.#path)}: ${each}`);
  }

  change<T>(keys: readonly string[], change: (current: KeyedChange) => T): Promise<T> {
    return this.#queue.change(keys, change);
  }

  async #carry(changes: readonly WaitingChange[], lock: HeldLock): Promise<void> {
    const state = await this.#current();
    const around = surroundings(state.content);
    const outcome = runChanges(
      changes,
      (key) => textIn(state, key),
      () => around,
    );
    if (outcome.size === 0) return;
    const content = changedFile(state.content, outcome, state.fileChangedAt, this.#kind);
    try {
      await replaceFile(this.#path, printFile(content), temporaryPath(dirname(this.#path), lock.token), lock);
    } catch (error) {
      // The file may have been placed, and only its folder not synced.
      this.#state = undefined;
      throw fileSystemError(error, this.#path, 'write');
    }
    const stamp = await this.#stamp();
    const isSameKeys =
      content.items.size === state.content.items.size &&
      [...outcome.keys()].every((key) => state.content.items.has(key));
    this.#state = {
      stamp,
      // Its time is finer than a tick: see stageFile.
      isFresh: false,
      fileChangedAt: changedAt(stamp),
      content,
      ...(isSameKeys && state.sorted !== undefined ? { sorted: state.sorted } : {}),
    };
  }

  /** The file as it is now. */
  async #current(): Promise<FileState> {
    const known = this.#state;
    if (known !== undefined && !known.isFresh && isSameStamp(known.stamp, await this.#stamp())) return known;
    // One that began before this call may have missed what this caller knows to be there: the next one has not begun.
    if (this.#reading === undefined) return this.#begin();
    this.#next ??= this.#reading.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<FileState> {
    this.#next = undefined;
    const reading = this.#read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  async #read(): Promise<FileState> {
    try {
      const found = await readSettled(this.#path, (text) => parseFile(text, this.#path, this.#kind));
      const stamp = found?.stamp;
      const state = {
        stamp,
        isFresh: found?.isFresh ?? false,
        fileChangedAt: changedAt(stamp),
        content: found?.content ?? parseFile('', this.#path, this.#kind),
      };
      this.#state = state;
      return state;
    } catch (error) {
      this.#state = undefined;
      if (isMarkitectError(error) && error.code === 'LEGACY_FILE_CORRUPT') this.#onDamaged?.(error);
      throw error;
    }
  }

  async #stamp(): Promise<FileStamp | undefined> {
    try {
      return await stat(this.#path, { bigint: true });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw fileSystemError(error, this.#path, 'read');
    }
  }
}

function textIn({ content, fileChangedAt }: FileState, key: string): KeyedText | undefined {
  const item = content.items.get(key);
  return item && { text: item.text, fileChangedAt };
}

function changedAt(stamp: FileStamp | undefined): string {
  return (stamp === undefined ? new Date(0) : stampTime(stamp)).toISOString();
}

/** Where a link leads: it is the file behind it that is rewritten. */
function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
