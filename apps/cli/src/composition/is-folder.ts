import { stat } from 'node:fs/promises';

/** Whether there is a folder at a path, links followed. What cannot be looked at is none. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
