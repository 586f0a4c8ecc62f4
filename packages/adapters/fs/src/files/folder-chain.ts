import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Conflict, filePathKey, Forbidden } from '@markitect/domain';
import { errnoOf, isAbsence } from '../file-system-error.js';
import { type FileSystemCalls, rootFlags } from './file-system-calls.js';
import { type Folder, type FolderAccess, LinkInTheWay, openRoot } from './folder.js';

/** Where the folders of a store are, and how they are reached. */
export interface FolderTree {
  readonly root: string;
  readonly calls: FileSystemCalls;
  readonly access: FolderAccess;
}

/**
 * The folders from the root down to the one a file lies in, all open, or as many of them as there are. Errors are
 * Node's, Forbidden `FILE_ESCAPES_ROOT` for a link and Conflict `FILE_NAME_CONFLICT`, each with the relative path.
 *
 * A folder is synced into its parent before anything is put into it. So one that is not empty is known to be on the
 * disk, and for one that is empty, which a process that died may have made, its parent is synced once more.
 */
export class FolderChain {
  readonly #folders: Folder[] = [];
  /** Folders that this chain has made, which therefore hold nothing yet. */
  readonly #made = new Set<Folder>();

  #blocked = false;

  private constructor(
    private readonly tree: FolderTree,
    /** The names of the folders below the root. */
    private readonly names: readonly string[],
  ) {}

  /** Opens the folders named. With `make` those that are missing are made, else see {@link FolderChain.complete}. */
  static async open(tree: FolderTree, names: readonly string[], make: boolean): Promise<FolderChain> {
    const chain = new FolderChain(tree, names);
    try {
      await chain.#openAll(make);
      return chain;
    } catch (error) {
      await chain.undo();
      await chain.close();
      throw error;
    }
  }

  /** Whether all of the folders are there. */
  get complete(): boolean {
    return this.#folders.length > this.names.length;
  }

  /** Whether something that is no folder stands where one of them was to be. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** The last folder. Ask only when {@link FolderChain.complete}. */
  get last(): Folder {
    return this.#folder(this.names.length);
  }

  /** What has exactly this name in the last folder. Throws for a link. */
  async find(name: string): Promise<Stats | undefined> {
    if (!this.complete) return undefined;
    const found = await this.last.find(name);
    if (found?.isSymbolicLink() === true) throw escapesRoot([...this.names, name]);
    return found;
  }

  /**
   * Throws Conflict `FILE_NAME_CONFLICT` when the first name that is missing, of the folders or else of the file,
   * differs from one that is there only in case or Unicode form. Lists one folder.
   */
  async requireNoTwin(name: string): Promise<void> {
    const depth = this.#folders.length - 1;
    if (depth >= 0 && !this.#blocked) await this.#requireNoTwin(depth, this.names[depth] ?? name);
  }

  /** Throws FILE_ESCAPES_ROOT when the last folder is not where it was. */
  async verify(): Promise<void> {
    try {
      await this.last.verify();
    } catch (error) {
      throw error instanceof LinkInTheWay ? escapesRoot(this.names) : error;
    }
  }

  /** Removes the folders from the last upwards, as long as they are empty, and syncs the one that is left. */
  async prune(): Promise<void> {
    let depth = this.#folders.length - 1;
    while (depth > 0 && (await this.#removeEmpty(depth))) depth -= 1;
    await this.#folders[depth]?.sync();
  }

  /** Removes again the folders that this chain has made, where they are empty. Never fails. */
  async undo(): Promise<void> {
    for (let depth = this.#folders.length - 1; depth > 0; depth -= 1) {
      if (!this.#made.has(this.#folder(depth))) return;
      if (!(await this.#removeEmpty(depth).catch(() => false))) return;
    }
  }

  /** Syncs the last of the folders that are there. */
  async sync(): Promise<void> {
    await this.#folders.at(-1)?.sync();
  }

  async close(): Promise<void> {
    for (const folder of this.#folders.splice(0)) await folder.close();
  }

  async #openAll(make: boolean): Promise<void> {
    const root = await this.#openRoot(make);
    if (root === undefined) return;
    this.#folders.push(root);
    for (const [depth, name] of this.names.entries()) {
      const child = await this.#childOrNew(depth, name, make);
      if (child === undefined) return;
      this.#folders.push(child);
    }
  }

  async #childOrNew(depth: number, name: string, make: boolean): Promise<Folder | undefined> {
    try {
      return (await this.#child(depth, name)) ?? (make ? await this.#make(depth, name) : undefined);
    } catch (error) {
      if (make || errnoOf(error) !== 'ENOTDIR') throw error;
      this.#blocked = true;
      return undefined;
    }
  }

  async #openRoot(make: boolean): Promise<Folder | undefined> {
    const { calls, root, access } = this.tree;
    try {
      return await openRoot(calls, root, access);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      if (!make) return undefined;
    }
    const first = await calls.mkdir(root, { recursive: true });
    if (first !== undefined) {
      for (let made = root; made.length >= first.length; made = dirname(made)) {
        await syncFolder(calls, dirname(made));
      }
    }
    return openRoot(calls, root, access);
  }

  async #child(depth: number, name: string): Promise<Folder | undefined> {
    try {
      return await this.#folder(depth).child(name);
    } catch (error) {
      if (error instanceof LinkInTheWay) throw escapesRoot(this.names.slice(0, depth + 1));
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #make(depth: number, name: string): Promise<Folder> {
    const { calls } = this.tree;
    const parent = this.#folder(depth);
    await this.#requireNoTwin(depth, name);
    const isNew = await this.#mkdir(parent.at(name));
    try {
      await parent.sync();
      const child = await this.#child(depth, name);
      if (child === undefined) throw Object.assign(new Error('removed again'), { code: 'ENOENT' });
      if (isNew) this.#made.add(child);
      return child;
    } catch (error) {
      if (isNew) await calls.rmdir(parent.at(name)).catch(() => undefined);
      throw error;
    }
  }

  /** `false`: another caller was faster. The folder is there then, but perhaps not synced. */
  async #mkdir(path: string): Promise<boolean> {
    try {
      await this.tree.calls.mkdir(path);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  async #requireNoTwin(depth: number, name: string): Promise<void> {
    const folder = this.#folder(depth);
    if (this.#made.has(folder)) return;
    const entries = await folder.entries();
    if (entries.length === 0) await this.#folders[depth - 1]?.sync();
    const key = filePathKey(name);
    const twin = entries.find((entry) => entry.name !== name && filePathKey(entry.name) === key);
    if (twin !== undefined) throw nameConflict([...this.names.slice(0, depth), name], twin.name);
  }

  async #removeEmpty(depth: number): Promise<boolean> {
    const name = this.names[depth - 1] ?? '';
    try {
      await this.tree.calls.rmdir(this.#folder(depth - 1).at(name));
      return true;
    } catch (error) {
      // Not empty, gone, in use as a mount, or not ours to remove: it stays, which harms nobody.
      if (isAbsence(error) || keepsFolder.has(errnoOf(error) ?? '')) return false;
      throw error;
    }
  }

  #folder(depth: number): Folder {
    const folder = this.#folders[depth];
    if (folder === undefined) throw new Error('a folder that was not opened');
    return folder;
  }
}

const keepsFolder: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EACCES', 'EPERM']);

async function syncFolder(calls: FileSystemCalls, path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await calls.open(path, rootFlags);
  try {
    await calls.sync(handle);
  } finally {
    await handle.close();
  }
}

/** The path leads through a symbolic link. */
function escapesRoot(names: readonly string[]): Forbidden {
  const path = names.join('/');
  return new Forbidden('FILE_ESCAPES_ROOT', `${path} is a symbolic link`, { details: { path } });
}

function nameConflict(names: readonly string[], existing: string): Conflict {
  const path = names.join('/');
  return new Conflict(
    'FILE_NAME_CONFLICT',
    `${path} differs only in case or Unicode form from "${existing}", which exists`,
    { details: { path, existing } },
  );
}
