import { parseFilePath } from '../files/file-path.js';

/**
 * Where a file from outside is put in a workspace unless somebody says otherwise: `attachments/` and its own name. Takes
 * the separators of every system. Throws Invalid `FILE_PATH_INVALID` when the name cannot be that of a file.
 */
export function attachmentPath(source: string): string {
  return parseFilePath(`attachments/${source.slice(source.search(/[^/\\]*$/))}`);
}
