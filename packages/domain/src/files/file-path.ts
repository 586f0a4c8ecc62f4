import { Invalid } from '../errors/markitect-error.js';

/** The most UTF-8 bytes the path of a file in a store may have. */
export const MAX_FILE_PATH_BYTES = 1024;

/** The most UTF-8 bytes of one part of it: no common file system takes more. */
export const MAX_FILE_NAME_BYTES = 255;

/** The folder of a file store that holds what is not yet in place. No path of a file goes through it. */
export const STAGING_FOLDER = '.markitect-staged';

/**
 * Checks the path of a file in a store and answers it in Unicode form NFC: relative, `/` between its parts, no empty
 * part, `.` or `..`, no drive letter, backslash or control character, no part named like {@link STAGING_FOLDER}, parts
 * of at most {@link MAX_FILE_NAME_BYTES} and a whole of at most {@link MAX_FILE_PATH_BYTES} bytes.
 * Throws Invalid `FILE_PATH_INVALID` saying which rule was broken.
 */
export function parseFilePath(input: string): string {
  const path = input.normalize('NFC');
  const fault = faultOf(path);
  if (fault === undefined) return path;
  throw new Invalid('FILE_PATH_INVALID', `"${printable(path)}" cannot be the path of a file: ${fault}`, {
    details: { field: 'path', path: printable(path), fault },
  });
}

/**
 * What two paths have in common when they differ only in case or Unicode form, as on disks that take them for the
 * same. Errs on the side of taking too many for the same.
 */
export function filePathKey(path: string): string {
  // Both ways, because neither alone brings ẞ, ß and ss, or K and the Kelvin sign, together.
  return path.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');
}

const reservedKey = filePathKey(STAGING_FOLDER);

function faultOf(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (!path.isWellFormed()) return 'it is not well-formed Unicode';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return 'it contains a control character';
  if (path.includes('\\')) return 'it contains a backslash';
  if (path.startsWith('/')) return 'it is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'it begins with a drive letter';
  if (path.endsWith('/')) return 'it ends in "/"';
  const bytes = bytesOf(path);
  if (bytes > MAX_FILE_PATH_BYTES) return `it is ${bytes} bytes long, more than ${MAX_FILE_PATH_BYTES}`;
  for (const part of path.split('/')) {
    if (part === '') return 'it contains an empty part ("//")';
    if (part === '.' || part === '..') return `it contains the part "${part}"`;
    if (filePathKey(part) === reservedKey) return `the name "${STAGING_FOLDER}" is reserved`;
    const length = bytesOf(part);
    if (length > MAX_FILE_NAME_BYTES) {
      return `one of its parts is ${length} bytes long, more than ${MAX_FILE_NAME_BYTES}`;
    }
  }
  return undefined;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function printable(input: string): string {
  // eslint-disable-next-line no-control-regex -- as above
  const clean = input.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\u{fffd}').toWellFormed();
  return clean.length > 80 ? `${clean.slice(0, 77).toWellFormed()}...` : clean;
}
