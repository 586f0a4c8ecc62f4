import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import { markdownExtension, NotFound, parseDocumentPath } from '@markitect/domain';
import type { SourceRequest } from '@markitect/ports';
import picomatch from 'picomatch';
import type { AllowedRoots } from './allowed-roots.js';
import { fileSystemError, isAbsence, unsupported } from './file-system-error.js';
import { isWithin } from './is-within.js';

/** A pattern below a folder. */
export interface SourcePattern {
  /** As given, for messages. */
  readonly text: string;
  /** Whether a file, given by its path below the folder, is meant. */
  matches(path: string): boolean;
  /** How many folders below the first a matching file can lie in. */
  readonly maxDepth: number;
  /** Whether it can match something in a folder whose name begins with a dot. */
  readonly hidden: boolean;
}

/** An input that exists. */
export interface SourceInput {
  readonly kind: 'file' | 'folder';
  /** Absolute, as named: of a pattern the folder it starts from. */
  readonly path: string;
  /** The same without symbolic links. */
  readonly real: string;
  /** The document path is this and the path below the folder; for a file it is the document path itself. */
  readonly prefix: string;
  readonly pattern?: SourcePattern;
}

/**
 * Finds out what the inputs of a request are, in their order and each once. Errors as `DocumentSource.resolve` has
 * them, except that a pattern is not tried; Invalid `DOCUMENT_PATH_INVALID` for an impossible `as`.
 */
export async function sourceInputs(
  request: SourceRequest,
  allowed: readonly AllowedRoots[],
): Promise<readonly SourceInput[]> {
  const as = request.as?.replace(/\/+$/, '');
  if (as !== undefined && as !== '') parseDocumentPath(as);
  const inputs = new Map<string, SourceInput>();
  for (const text of request.inputs) {
    const input = await sourceInput(text, request.base, as, allowed);
    const key = `${input.path}\n${input.pattern?.text ?? ''}`;
    if (!inputs.has(key)) inputs.set(key, input);
  }
  return [...inputs.values()];
}

async function sourceInput(
  text: string,
  base: string,
  as: string | undefined,
  allowed: readonly AllowedRoots[],
): Promise<SourceInput> {
  if (text === '') throw new NotFound('SOURCE_NOT_FOUND', 'an empty path names no file or folder');
  const path = resolve(base, text);
  for (const roots of allowed) await roots.requireNearest(path);
  const kind = await kindOf(path);
  if (kind !== undefined) {
    if (kind === 'file' && !markdownExtension.test(path)) throw unsupported(path);
    return located(kind, path, base, as, allowed);
  }
  const scan = picomatch.scan(text, { nonegate: true });
  // What exists under the very name is meant literally, so brackets in names need no escape; only then is it a pattern.
  if (!scan.isGlob) throw notFound(path);
  const folder = resolve(base, scan.base.replace(/\\(.)/g, '$1') || (text.startsWith('/') ? '/' : '.'));
  if ((await kindOf(folder)) !== 'folder') throw notFound(path);
  return {
    ...(await located('folder', folder, base, as, allowed)),
    pattern: sourcePattern(text, scan.glob),
  };
}

function sourcePattern(text: string, glob: string): SourcePattern {
  return {
    text,
    matches: picomatch(glob, { nonegate: true }),
    maxDepth: /\*\*|[{(]/.test(glob) ? Infinity : glob.split('/').length - 1,
    hidden: /(?:^|[/{,(|])\\?\[?\./.test(glob),
  };
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw fileSystemError(error, path, 'source');
  }
}

async function located(
  kind: 'file' | 'folder',
  path: string,
  base: string,
  as: string | undefined,
  allowed: readonly AllowedRoots[],
): Promise<SourceInput> {
  try {
    const real = await realpath(path);
    for (const roots of allowed) roots.require(real, path);
    // A named file that may not be read is one failure among others; a folder would fail as a whole.
    if (kind === 'folder') await access(path, constants.R_OK | constants.X_OK);
    return { kind, path, real, prefix: prefixOf(kind, path, base, as) };
  } catch (error) {
    throw fileSystemError(error, path, 'source');
  }
}

function prefixOf(kind: 'file' | 'folder', path: string, base: string, as: string | undefined): string {
  const name = basename(path);
  if (as !== undefined) return kind === 'folder' ? as : as === '' ? name : `${as}/${name}`;
  const inside = isWithin(path, resolve(base)) ? relative(base, path) : name;
  return inside.split(sep).join('/');
}

/** Nothing at a path, or nothing that a pattern matches. */
export function notFound(path: string, pattern?: string): NotFound {
  const message =
    pattern === undefined ? `${path} does not exist` : `the pattern "${pattern}" matches no Markdown file`;
  return new NotFound('SOURCE_NOT_FOUND', message, { details: { path: pattern ?? path } });
}
