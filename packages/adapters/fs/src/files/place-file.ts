import { constants, type Stats } from 'node:fs';
import { Conflict } from '@markitect/domain';
import { errnoOf } from '../file-system-error.js';
import { readFileFlags } from './file-system-calls.js';
import type { Folder } from './folder.js';
import { FolderChain, type FolderTree } from './folder-chain.js';

/** How often a folder may vanish under our hands before that counts as a failure. */
const ATTEMPTS = 100;

/** A path of a store in its folders and its name. */
export function partsOf(path: string): { readonly folders: readonly string[]; readonly name: string } {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  return { folders, name };
}

/**
 * Moves a file of an opened folder to a path, over the file that is there, and syncs the folder. Makes the folders
 * that are missing. `keepMode`: the file takes the permissions of the one it replaces. Answers whether there was a
 * file to move; when it throws, nothing has changed, except that a folder that cannot be synced may have the file.
 */
export async function placeFile(
  tree: FolderTree,
  source: Folder,
  sourceName: string,
  path: string,
  keepMode: boolean,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await placeOnce(tree, source, sourceName, path, keepMode);
    } catch (error) {
      // Somebody who removed the last file of a folder has removed the folder with it, between two of our steps.
      if (errnoOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

async function placeOnce(
  tree: FolderTree,
  source: Folder,
  sourceName: string,
  path: string,
  keepMode: boolean,
): Promise<boolean> {
  if ((await source.find(sourceName)) === undefined) return false;
  const { folders, name } = partsOf(path);
  const chain = await FolderChain.open(tree, folders, true);
  try {
    const replaced = await replaceable(chain, path);
    if (replaced !== undefined && keepMode) await takeMode(tree, source, sourceName, replaced);
    await chain.verify();
    await tree.calls.rename(source.at(sourceName), chain.last.at(name));
    await chain.verify();
    await chain.last.sync();
    return true;
  } catch (error) {
    await chain.undo();
    throw error;
  } finally {
    await chain.close();
  }
}

/** Throws unless a file can be put at this path: nothing is there, or a file of exactly this name. Answers that. */
export async function replaceable(chain: FolderChain, path: string): Promise<Stats | undefined> {
  const { name } = partsOf(path);
  const found = await chain.find(name);
  if (chain.blocked || found?.isFile() === false) {
    throw new Conflict('FILE_NAME_CONFLICT', `${path}: a folder or something else is in the way`, {
      details: { path },
    });
  }
  if (found === undefined) await chain.requireNoTwin(name);
  return found;
}

const PERMISSIONS = constants.S_IRWXU | constants.S_IRWXG | constants.S_IRWXO;

/** By the opened file, never by its name: somebody may put a link there. */
async function takeMode(tree: FolderTree, folder: Folder, name: string, from: Stats): Promise<void> {
  const handle = await tree.calls.open(folder.at(name), readFileFlags);
  try {
    const mode = from.mode & PERMISSIONS;
    if (((await handle.stat()).mode & PERMISSIONS) !== mode) await handle.chmod(mode);
  } finally {
    await handle.close();
  }
}
