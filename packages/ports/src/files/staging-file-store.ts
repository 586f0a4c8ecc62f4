import { definePort } from '../port.js';

/** A staged file and the path at which it is to be, whatever is there now. */
export interface StagedReplacement {
  readonly staged: string;
  readonly target: string;
}

/**
 * The half of a file store that a unit of work needs: files are staged below the same root before the commit, and put
 * in place after it. What comes after the commit can be done again at any time, by any process, until it is known to
 * be done: each step answers whether there was anything left to do, and returns when its result is on the disk.
 *
 * A staged file has a name of its own, of 1 to 128 letters, digits, `.`, `_` and `-`, the first a letter or digit;
 * anything else is Invalid `FILE_PATH_INVALID`. Targets are paths, with the errors, of `FileStore`.
 */
export interface StagingFileStore {
  /**
   * Writes a staged file, file and folder synced. Answers the SHA-256 of the content. Conflict `FILE_NAME_CONFLICT`
   * when one of this name is staged already. One that fails leaves nothing behind.
   */
  stage(name: string, content: Uint8Array): Promise<string>;

  /** The content of a staged file. Throws NotFound `FILE_NOT_FOUND`. */
  readStaged(name: string): Promise<Uint8Array>;

  /**
   * Throws what `apply` to this target would throw as things are: to be asked before the commit, because after it
   * there is no way back. Changes nothing.
   */
  check(target: string): Promise<void>;

  /** Puts a staged file in place, with its folders. `false`: nothing of that name is staged, so it was done before. */
  apply(replacement: StagedReplacement): Promise<boolean>;

  /** Removes a file, and the folders that it leaves empty. `false`: it is gone already. */
  applyRemove(target: string): Promise<boolean>;

  /** The names of all staged files, sorted by code point. */
  staged(): Promise<readonly string[]>;

  /** Removes a staged file, not synced: one that comes back after a power cut is discarded again. */
  discard(name: string): Promise<boolean>;
}

export const stagingFileStorePort = definePort<StagingFileStore>('StagingFileStore', {
  stage: { kind: 'write', idempotent: false, key: (name) => name },
  readStaged: { kind: 'read', idempotent: true, key: (name) => name },
  check: { kind: 'read', idempotent: true, key: (target) => target },
  apply: { kind: 'write', idempotent: true, key: ({ target }) => target },
  applyRemove: { kind: 'write', idempotent: true, key: (target) => target },
  staged: { kind: 'read', idempotent: true },
  discard: { kind: 'write', idempotent: true, key: (name) => name },
});
