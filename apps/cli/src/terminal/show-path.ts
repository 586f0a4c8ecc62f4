import { isAbsolute, relative, sep } from 'node:path';
import { printableLine } from './printable.js';

/** An absolute path as a person in `cwd` would write it: relative where that is shorter. Made harmless. */
export function showPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  if (short === '') return '.';
  const climbs = short.split(sep).filter((part) => part === '..').length;
  return printableLine(isAbsolute(short) || climbs > 2 || short.length > path.length ? path : short);
}
