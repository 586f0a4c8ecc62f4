import { FsDocumentSource } from '../src/index.js';
import type { SourceRequest } from '@markitect/ports';
import { TemporaryFolder, type Tree } from './temporary-folder.js';

const open: TemporaryFolder[] = [];

/** A folder that the next {@link removeFolders} removes. */
export async function folderWith(tree: Tree): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.create(tree);
  open.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  for (const folder of open.splice(0)) await folder.remove();
}

/** Document paths, and `CODE name` for failures, in the order of the walk. */
export async function walked(
  folder: TemporaryFolder,
  request: Partial<SourceRequest>,
  source = new FsDocumentSource(),
): Promise<string[]> {
  const found: string[] = [];
  for await (const item of source.walk({ base: folder.path, inputs: ['.'], ...request })) {
    if ('error' in item) found.push(`${item.error.code} ${item.source.replace(`${folder.path}/`, '')}`);
    else found.push(item.path);
  }
  return found;
}

export const md = '# x\n';
