import { sep } from 'node:path';

/** Whether a path is the folder itself or lies below it. Both absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  if (path === folder) return true;
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
