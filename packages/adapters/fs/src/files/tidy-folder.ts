import { compareCodePoints } from '@markitect/ports';
import { isMarkitectError, STAGING_FOLDER } from '@markitect/domain';
import { FolderChain, type FolderTree } from './folder-chain.js';

/**
 * Removes the folders below a folder that hold nothing, and those that hold only such, itself included. Answers the
 * paths of what is neither file nor folder. `seen`: as `listFiles` has it.
 */
export async function tidyFolder(
  tree: FolderTree,
  names: readonly string[],
  seen = false,
): Promise<string[]> {
  const others: string[] = [];
  const folders: string[] = [];
  let chain: FolderChain;
  try {
    chain = await FolderChain.open(tree, names, false);
  } catch (error) {
    if (seen && isMarkitectError(error) && error.code === 'FILE_ESCAPES_ROOT') return [names.join('/')];
    throw error;
  }
  try {
    if (!chain.complete) return [];
    const entries = await chain.last.entries();
    if (entries.length === 0) await chain.prune();
    for (const entry of entries) {
      if (entry.isDirectory()) {
        if (entry.name !== STAGING_FOLDER) folders.push(entry.name);
      } else if (!entry.isFile()) others.push([...names, entry.name].join('/'));
    }
  } finally {
    await chain.close();
  }
  for (const name of folders) others.push(...(await tidyFolder(tree, [...names, name], true)));
  return others.sort(compareCodePoints);
}
