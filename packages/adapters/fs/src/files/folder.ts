import { type Dirent, existsSync, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, isAbsence } from '../file-system-error.js';
import { type FileSystemCalls, folderFlags, rootFlags } from './file-system-calls.js';

/** A folder of a store, opened. Its methods throw Node's errors, and {@link LinkInTheWay}. */
export interface Folder {
  /** What to hand to a system call for an entry of this folder. */
  at(name: string): string;
  /** Opens a folder in it. ENOENT: there is none. ENOTDIR: it is something else. */
  child(name: string): Promise<Folder>;
  /** What is there under exactly this name, not followed if it is a link. */
  find(name: string): Promise<Stats | undefined>;
  /** What lies in it; nothing when it has been removed. */
  entries(): Promise<Dirent[]>;
  /** Throws {@link LinkInTheWay} when what lies here is not reached by the folder's path, or not any more. */
  verify(): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A symbolic link where a folder was expected. */
export class LinkInTheWay extends Error {}

/** How the folders of a store are held: see {@link openRoot}. */
export type FolderAccess = 'descriptors' | 'paths';

/** What this machine is capable of. */
export const bestFolderAccess: FolderAccess =
  process.platform === 'linux' && existsSync('/proc/self/fd') ? 'descriptors' : 'paths';

/**
 * Opens the root of a store. With `descriptors` (Linux) every folder is held open and what lies in it is reached
 * through `/proc/self/fd`, so that a folder that is replaced by a link meanwhile leads nowhere: the check and the use
 * are one. With `paths` (elsewhere) a folder is checked by its real path before and after each use: a link that is
 * put in place and taken away again between the two can go unnoticed.
 */
export async function openRoot(calls: FileSystemCalls, root: string, access: FolderAccess): Promise<Folder> {
  if (access === 'descriptors') return new AnchoredFolder(calls, await calls.open(root, rootFlags));
  const real = await calls.realpath(root);
  if (!(await calls.lstat(real)).isDirectory()) throw notFolder();
  return PathFolder.open(calls, real);
}

class AnchoredFolder implements Folder {
  constructor(
    private readonly calls: FileSystemCalls,
    private readonly handle: FileHandle,
  ) {}

  at(name: string): string {
    return `/proc/self/fd/${this.handle.fd}/${name}`;
  }

  async child(name: string): Promise<Folder> {
    try {
      return new AnchoredFolder(this.calls, await this.calls.open(this.at(name), folderFlags));
    } catch (error) {
      // Linux says ENOTDIR for links and files alike.
      if (errnoOf(error) === 'ENOTDIR' && (await this.find(name))?.isSymbolicLink()) throw new LinkInTheWay();
      throw error;
    }
  }

  find(name: string): Promise<Stats | undefined> {
    return lstatOf(this.calls, this.at(name));
  }

  entries(): Promise<Dirent[]> {
    return entriesOf(this.calls, this.at('.'));
  }

  verify(): Promise<void> {
    return Promise.resolve();
  }

  sync(): Promise<void> {
    return this.calls.sync(this.handle);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

class PathFolder implements Folder {
  private constructor(
    private readonly calls: FileSystemCalls,
    private readonly real: string,
    /** Held for `sync`, which must not be the first to find that no more files can be opened. */
    private readonly handle: FileHandle | undefined,
  ) {}

  static async open(calls: FileSystemCalls, real: string): Promise<PathFolder> {
    // Windows gives no handle that could sync a folder; there the journal of the disk has to do.
    const handle = process.platform === 'win32' ? undefined : await calls.open(real, folderFlags);
    return new PathFolder(calls, real, handle);
  }

  at(name: string): string {
    return join(this.real, name);
  }

  async child(name: string): Promise<Folder> {
    await this.verify();
    const found = await this.find(name);
    if (found === undefined) throw Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    if (found.isSymbolicLink()) throw new LinkInTheWay();
    if (!found.isDirectory()) throw notFolder();
    const child = await PathFolder.open(this.calls, this.at(name));
    try {
      await child.verify();
      return child;
    } catch (error) {
      await child.close();
      throw error;
    }
  }

  /** A disk that does not tell names by case finds `A` for `a`: only what is listed under the name counts. */
  async find(name: string): Promise<Stats | undefined> {
    const found = await lstatOf(this.calls, this.at(name));
    if (found === undefined || found.isSymbolicLink()) return found;
    return (await this.entries()).some((entry) => entry.name === name) ? found : undefined;
  }

  entries(): Promise<Dirent[]> {
    return entriesOf(this.calls, this.real);
  }

  async verify(): Promise<void> {
    if ((await realpathOf(this.calls, this.real)) !== this.real) throw new LinkInTheWay();
  }

  async sync(): Promise<void> {
    if (this.handle !== undefined) await this.calls.sync(this.handle);
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }
}

async function lstatOf(calls: FileSystemCalls, path: string): Promise<Stats | undefined> {
  return unlessAbsent(calls.lstat(path), undefined);
}

async function entriesOf(calls: FileSystemCalls, path: string): Promise<Dirent[]> {
  return unlessAbsent(calls.readdir(path), []);
}

/** A folder that has been removed leads nowhere, so it counts as where it was. */
async function realpathOf(calls: FileSystemCalls, path: string): Promise<string> {
  return unlessAbsent(calls.realpath(path), path);
}

async function unlessAbsent<T, F>(found: Promise<T>, otherwise: F): Promise<T | F> {
  try {
    return await found;
  } catch (error) {
    if (isAbsence(error)) return otherwise;
    throw error;
  }
}

function notFolder(): Error {
  return Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}
