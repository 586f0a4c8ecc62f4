import { Invalid } from '../errors/markitect-error.js';

declare const documentPath: unique symbol;

/**
 * The name of a document: a relative path with `/` between its parts, in Unicode form NFC, e.g.
 * `guides/start.md`. Made only by {@link parseDocumentPath}.
 */
export type DocumentPath = string & { readonly [documentPath]: true };

/** The most UTF-8 bytes a document path may have. */
export const MAX_DOCUMENT_PATH_BYTES = 1024;

/**
 * Checks and normalises a document path: NFC, no empty part, `.` or `..`, no leading or trailing `/`, no
 * backslash, no control character, at most {@link MAX_DOCUMENT_PATH_BYTES} bytes.
 * Throws Invalid `DOCUMENT_PATH_INVALID` saying which rule was broken.
 */
export function parseDocumentPath(input: string): DocumentPath {
  const fault = faultOf(input);
  if (fault !== undefined) {
    throw new Invalid('DOCUMENT_PATH_INVALID', `"${printable(input)}" is not a document path: ${fault}`, {
      details: { field: 'path', fault },
    });
  }
  return input.normalize('NFC') as DocumentPath;
}

function faultOf(input: string): string | undefined {
  if (input === '') return 'it is empty';
  if (!input.isWellFormed()) return 'it is not well-formed Unicode';
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\u0000-\u001f\u007f]/.test(input)) return 'it contains a control character';
  if (input.includes('\\')) return 'it contains a backslash';
  if (input.startsWith('/') || /^[A-Za-z]:\//.test(input)) return 'it is absolute';
  if (input.endsWith('/')) return 'it ends in "/"';
  for (const part of input.split('/')) {
    if (part === '') return 'it contains an empty part ("//")';
    if (part === '.' || part === '..') return `it contains the part "${part}"`;
  }
  const bytes = new TextEncoder().encode(input.normalize('NFC')).length;
  return bytes > MAX_DOCUMENT_PATH_BYTES
    ? `it is ${bytes} bytes long, more than ${MAX_DOCUMENT_PATH_BYTES}`
    : undefined;
}

function printable(input: string): string {
  // eslint-disable-next-line no-control-regex -- as above
  const clean = input.replace(/[\u0000-\u001f\u007f]/g, '\u{fffd}').toWellFormed();
  return clean.length > 80 ? `${clean.slice(0, 77)}...` : clean;
}

/** The last part of a path, without its Markdown extension: `guides/start.md` gives `start`. */
export function documentName(path: DocumentPath): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(markdownExtension, '');
}

/** The file name endings that are read as Markdown. */
export const markdownExtension = /\.(?:md|markdown|mdx)$/i;
