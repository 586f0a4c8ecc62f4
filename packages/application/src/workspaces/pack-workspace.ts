import type { Timestamp, WorkspaceManifest } from '@markitect/domain';
import type { ArchiveEntry } from '@markitect/ports';
import type { FoundFile, WorkspaceFolder } from './workspace-folder.js';

/**
 * What the archive of a workspace holds: its files in a folder of its name, and beside that `manifest.json`, where no
 * file of the workspace can be.
 */
export async function* packWorkspace(
  manifest: WorkspaceManifest,
  folder: WorkspaceFolder,
  files: readonly FoundFile[],
): AsyncGenerator<ArchiveEntry, void, undefined> {
  yield entry('manifest.json', encode(`${JSON.stringify(manifest, null, 2)}\n`), manifest.updatedAt);
  for (const { path, modifiedAt } of files) {
    yield entry(`${manifest.slug}/${path}`, (await folder.read(path)).bytes, modifiedAt);
  }
}

const entry = (path: string, content: Uint8Array, modifiedAt: Timestamp) => ({ path, content, modifiedAt });
const encode = (text: string) => new TextEncoder().encode(text);
