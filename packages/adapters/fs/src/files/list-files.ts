import { isMarkitectError, STAGING_FOLDER } from '@markitect/domain';
import { compareCodePoints, type StoredFile } from '@markitect/ports';
import { FolderChain, type FolderTree } from './folder-chain.js';

/** How many files are looked at in the same moment. */
const PARALLEL = 32;

/**
 * The files below a folder in the order of their paths. No folder stays open while the caller works. Links and what
 * is neither file nor folder are left out, as are staged files and what vanishes meanwhile. `seen`: the folder was
 * a folder a moment ago, so that a link in its place is left out as any other; otherwise it is refused.
 */
export async function* listFiles(
  tree: FolderTree,
  names: readonly string[],
  seen = false,
): AsyncGenerator<StoredFile, void, undefined> {
  for (const entry of await entriesOf(tree, names, seen)) {
    if (typeof entry !== 'string') yield entry;
    else yield* listFiles(tree, [...names, entry], true);
  }
}

/** Files, and the names of folders, sorted as the paths below them sort. */
async function entriesOf(
  tree: FolderTree,
  names: readonly string[],
  seen: boolean,
): Promise<(StoredFile | string)[]> {
  let chain: FolderChain;
  try {
    chain = await FolderChain.open(tree, names, false);
  } catch (error) {
    if (seen && isLink(error)) return [];
    throw error;
  }
  try {
    if (!chain.complete) return [];
    const folder = chain.last;
    const sortable: { readonly key: string; readonly name: string; readonly isFolder: boolean }[] = [];
    for (const entry of await folder.entries()) {
      const { name } = entry;
      if (entry.isDirectory()) {
        if (name !== STAGING_FOLDER) sortable.push({ key: `${name}/`, name, isFolder: true });
      } else if (entry.isFile()) sortable.push({ key: name, name, isFolder: false });
    }
    sortable.sort((a, b) => compareCodePoints(a.key, b.key));
    const found: (StoredFile | string)[] = [];
    for (let start = 0; start < sortable.length; start += PARALLEL) {
      const batch = sortable.slice(start, start + PARALLEL).map(async ({ name, isFolder }) => {
        if (isFolder) return name;
        const stats = await folder.find(name);
        if (stats?.isFile() !== true) return undefined;
        const path = [...names, name].join('/');
        return { path, bytes: stats.size, modifiedAt: stats.mtime.toISOString() };
      });
      for (const entry of await Promise.all(batch)) if (entry !== undefined) found.push(entry);
    }
    return found;
  } finally {
    await chain.close();
  }
}

function isLink(error: unknown): boolean {
  return isMarkitectError(error) && error.code === 'FILE_ESCAPES_ROOT';
}
