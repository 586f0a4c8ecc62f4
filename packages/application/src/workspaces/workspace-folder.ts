import { Conflict, type Timestamp, type WorkspaceFile, type WorkspaceSlug } from '@markitect/domain';
import type { FileContent, FileStore, Transaction } from '@markitect/ports';

/** A file found in the folder of a workspace. */
export interface FoundFile extends WorkspaceFile {
  readonly modifiedAt: Timestamp;
}

/** The files of one workspace. Paths are relative to its folder. */
export class WorkspaceFolder {
  readonly #store: FileStore;
  readonly #slug: WorkspaceSlug;
  readonly #maxBytes: number;

  constructor(store: FileStore, slug: WorkspaceSlug, maxBytes: number) {
    this.#store = store;
    this.#slug = slug;
    this.#maxBytes = maxBytes;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#list()).size === 0;
  }

  /** Reads every file for its checksum, one at a time; in the order of the store. Throws Invalid `FILE_TOO_LARGE`. */
  async scan(): Promise<readonly FoundFile[]> {
    const found: FoundFile[] = [];
    for (const [path, { modifiedAt }] of await this.#list()) {
      const { checksum, bytes } = await this.read(path);
      found.push({ path, checksum, bytes: bytes.byteLength, modifiedAt });
    }
    return found;
  }

  read(path: string): Promise<FileContent> {
    return this.#store.read(this.#inStore(path), this.#maxBytes);
  }

  exists(path: string): Promise<boolean> {
    return this.#store.exists(this.#inStore(path));
  }

  async write(transaction: Transaction, path: string, content: Uint8Array): Promise<void> {
    await transaction.files('workspaces').write(this.#inStore(path), content);
  }

  /**
   * Removes the files that were found, and the folder with the last of them. Throws Conflict `WORKSPACE_CHANGED` when
   * somebody has written to the folder since: what nobody has seen is not thrown away.
   */
  async remove(transaction: Transaction, found: readonly FoundFile[]): Promise<void> {
    const now = await this.#list();
    const touched = found.find(({ path, bytes, modifiedAt }) => {
      const file = now.get(path);
      return file !== undefined && (file.bytes !== bytes || file.modifiedAt !== modifiedAt);
    })?.path;
    const known = new Set(found.map(({ path }) => path));
    const path = touched ?? [...now.keys()].find((each) => !known.has(each));
    if (path !== undefined) {
      throw new Conflict('WORKSPACE_CHANGED', `${path} in workspace ${this.#slug} was changed meanwhile`, {
        details: { slug: this.#slug, path },
        retryable: true,
      });
    }
    const files = transaction.files('workspaces');
    for (const file of found) await files.remove(this.#inStore(file.path));
  }

  async #list(): Promise<ReadonlyMap<string, { bytes: number; modifiedAt: Timestamp }>> {
    const files: [string, { bytes: number; modifiedAt: Timestamp }][] = [];
    for await (const { path, bytes, modifiedAt } of this.#store.list(this.#slug)) {
      files.push([path.slice(this.#slug.length + 1), { bytes, modifiedAt }]);
    }
    return new Map(files);
  }

  #inStore(path: string): string {
    return `${this.#slug}/${path}`;
  }
}
