import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a folder has in which somebody works with MarkiTect. */
const marks = [
  'markitect.config.yaml',
  'markitect.config.yml',
  'markitect.config.json',
  '.markitect/markitect.db',
] as const;

/**
 * The folder that a folder belongs to: itself or the nearest above it with a file of settings or a data directory in its
 * usual place. Itself when there is none.
 */
export async function projectFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    for (const mark of marks) if (await isThere(join(at, mark))) return at;
    if (dirname(at) === at) return folder;
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
