import type { ContentHash } from '@markitect/domain';
import type { EncodedTree } from './markdown-parser.js';
import { definePort } from '../port.js';

/**
 * Parsed trees by the hash of the content they were parsed from. A tree is derived from its content and never
 * changes: it is written before the row that needs it is committed, and rebuilt when it is found missing or damaged.
 */
export interface AstStore {
  /** The tree of a content; `undefined` when none is stored or the stored one is damaged. */
  get(hash: ContentHash): Promise<EncodedTree | undefined>;

  /** Stores a tree, whole or not at all. Throws Unavailable `FILE_SYSTEM_FAILED`. */
  put(hash: ContentHash, tree: EncodedTree): Promise<void>;

  /** Of these hashes, those with a stored tree. Does not read the trees. */
  stored(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>>;

  /**
   * Removes the trees older than `graceMs` for which `isKnown` does not answer, and answers how many those were.
   * The grace time protects trees that another process has written and not yet committed.
   */
  sweep(
    isKnown: (hashes: readonly ContentHash[]) => Promise<ReadonlySet<ContentHash>>,
    graceMs: number,
  ): Promise<number>;
}

export const astStorePort = definePort<AstStore>('AstStore', {
  get: { kind: 'read', idempotent: true, key: (hash) => hash },
  put: { kind: 'write', idempotent: true, key: (hash) => hash },
  stored: { kind: 'read', idempotent: true },
  sweep: { kind: 'write', idempotent: true },
});
