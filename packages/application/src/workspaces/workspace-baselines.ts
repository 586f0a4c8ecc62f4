import { Corrupt, type WorkspaceFile, type WorkspaceSlug } from '@markitect/domain';
import type { FileStore, Transaction } from '@markitect/ports';
import { hashBytes } from '../documents/markdown-text.js';

/**
 * The contents of saved files, each once whatever the number of files and workspaces that have it, in files named after
 * their checksum. They change only in the unit of work that changes the manifests.
 */
export class WorkspaceBaselines {
  readonly #store: FileStore;

  constructor(store: FileStore) {
    this.#store = store;
  }

  /**
   * Stores contents that a manifest is about to name. `read` is asked only for those that are not there yet. Call it
   * before the manifest is saved.
   */
  async keep(
    transaction: Transaction,
    files: readonly WorkspaceFile[],
    read: (file: WorkspaceFile) => Promise<Uint8Array>,
  ): Promise<void> {
    const known = await transaction.workspaces.knownChecksums(files.map(({ checksum }) => checksum));
    const kept = new Set<string>();
    for (const file of files) {
      const { checksum } = file;
      // A file that is there but unknown may be about to be removed; one that is known may have been lost.
      if (kept.has(checksum) || (known.has(checksum) && (await this.#store.exists(blobPath(checksum)))))
        continue;
      await transaction.files('baselines').write(blobPath(checksum), await read(file));
      kept.add(checksum);
    }
  }

  /** Removes contents that no open workspace has any more. Call it after the manifest is saved. */
  async drop(transaction: Transaction, files: readonly WorkspaceFile[]): Promise<void> {
    const checksums = [...new Set(files.map(({ checksum }) => checksum))];
    const known = await transaction.workspaces.knownChecksums(checksums);
    for (const checksum of checksums) {
      if (!known.has(checksum)) await transaction.files('baselines').remove(blobPath(checksum));
    }
  }

  /** The content of a saved file. Throws Corrupt `WORKSPACE_BASELINE_CORRUPT` when it is missing or another one. */
  async read(transaction: Transaction, slug: WorkspaceSlug, file: WorkspaceFile): Promise<Uint8Array> {
    const content = await transaction.files('baselines').read(blobPath(file.checksum));
    if (content !== undefined && hashBytes(content) === file.checksum) return content;
    const fault = content === undefined ? 'missing' : 'damaged';
    throw new Corrupt(
      'WORKSPACE_BASELINE_CORRUPT',
      `the saved content of ${file.path} in workspace ${slug} is ${fault}`,
      { details: { slug, path: file.path, checksum: file.checksum, fault } },
    );
  }
}

const blobPath = (checksum: string) => `${checksum.slice(0, 2)}/${checksum}`;
