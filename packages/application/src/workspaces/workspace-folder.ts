import {
  Conflict,
  Forbidden,
  Invalid,
  isMarkitectError,
  parseFilePath,
  type Timestamp,
  type WorkspaceFile,
  type WorkspaceSlug,
} from '@markitect/domain';
import type { FileContent, FileStore, Transaction } from '@markitect/ports';

/** A file found in the folder of a workspace. */
export interface FoundFile extends WorkspaceFile {
  readonly modifiedAt: Timestamp;
  /** Its name cannot be the path of a file of a store: it is seen and not read, and its checksum is empty. */
  readonly isOdd?: boolean;
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
    for (const [path, { bytes: size, modifiedAt }] of await this.#list()) {
      if (isOdd(path)) {
        found.push({ path, checksum: '', bytes: size, modifiedAt, isOdd: true });
        continue;
      }
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

  /**
   * Throws Invalid `FILE_PATH_INVALID` for a file that was found under a name that no command can work with: a
   * backslash, a control character, another Unicode form than NFC.
   */
  requireNames(found: readonly FoundFile[]): void {
    const odd = found.find((file) => file.isOdd === true)?.path;
    if (odd === undefined) return;
    parseFilePath(odd);
    throw new Invalid(
      'FILE_PATH_INVALID',
      `the name of ${odd} in workspace ${this.#slug} is not in Unicode form NFC; rename the file`,
      { details: { field: 'path', path: odd, fault: 'not in Unicode form NFC' } },
    );
  }

  /**
   * Removes empty folders: no file takes them along. Throws Forbidden `FILE_ESCAPES_ROOT` when there are links, which can
   * neither be archived nor be thrown away without asking.
   */
  async tidy(): Promise<void> {
    const links = (await this.#store.tidy(this.#slug)).map((path) => path.slice(this.#slug.length + 1));
    if (links.length === 0) return;
    throw new Forbidden(
      'FILE_ESCAPES_ROOT',
      `${links[0] ?? ''} in workspace ${this.#slug} is a link, or no file at all; remove it first`,
      { details: { slug: this.#slug, paths: links } },
    );
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

function isOdd(path: string): boolean {
  try {
    return parseFilePath(path) !== path;
  } catch (error) {
    if (isMarkitectError(error)) return true;
    throw error;
  }
}
