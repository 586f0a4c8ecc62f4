import { constants, type FileHandle, realpath, stat } from 'node:fs/promises';
import { Forbidden, parseDocumentPath } from '@markitect/domain';
import type {
  DocumentSource,
  ResolvedSources,
  SourceFailure,
  SourceFile,
  SourceRequest,
} from '@markitect/ports';
import { AllowedRoots } from './allowed-roots.js';
import { fileSystemError, isAbsence, unsupported } from './file-system-error.js';
import { FolderWalk } from './folder-walk.js';
import { isWithin } from './is-within.js';
import { readFlags, readRegularFile } from './read-file.js';
import { notFound, type SourceInput, sourceInputs } from './source-input.js';

/** How many paths are looked at in the same moment. */
const PARALLEL = 32;

/**
 * Markdown files of the local disk. Hidden files are read like others, but not `.git` and `.markitect`; patterns pass
 * hidden ones over unless they name the dot. A file that vanishes during the walk is left out without a word.
 */
export class FsDocumentSource implements DocumentSource {
  /** Also throws Invalid `DOCUMENT_PATH_INVALID` for a prefix `as` that is none. The roots of a pattern: its folder. */
  async resolve(request: SourceRequest): Promise<ResolvedSources> {
    const allowed = await this.#allowed(request);
    const inputs = await sourceInputs(request, allowed);
    for (const input of inputs) {
      if (input.pattern === undefined) continue;
      // Only a walk can tell whether a pattern matches; it ends at the first file.
      const first = await this.#walk(input, request, allowed).next();
      if (first.done === true) throw notFound(input.path, input.pattern.text);
    }
    return { roots: [...new Set(inputs.map((input) => input.path))] };
  }

  async *walk(request: SourceRequest): AsyncGenerator<SourceFile | SourceFailure, void, undefined> {
    const allowed = await this.#allowed(request);
    const inputs = await sourceInputs(request, allowed);
    const files = new Set(inputs.filter((input) => input.kind === 'file').map((input) => input.path));
    const folders = inputs.filter((input) => input.kind === 'folder');
    // Remembers only what more than one input covers: nothing, unless inputs overlap.
    const seen = new Set<string>();
    for (const input of inputs) {
      for await (const found of this.#walk(input, request, allowed)) {
        const { source } = found;
        const shared =
          (input.kind === 'folder' && files.has(source)) ||
          folders.some((folder) => folder !== input && covers(folder, source));
        if (shared) {
          if (seen.has(source)) continue;
          seen.add(source);
        }
        yield found;
      }
    }
  }

  async read(source: string, maxBytes: number, allowedRoots?: readonly string[]): Promise<Uint8Array> {
    try {
      if (allowedRoots === undefined) return await readRegularFile(source, maxBytes);
      return await this.#readInside(await AllowedRoots.of(allowedRoots), source, maxBytes);
    } catch (error) {
      throw fileSystemError(error, source, 'source');
    }
  }

  async missing(sources: readonly string[]): Promise<readonly string[]> {
    const missing: string[] = [];
    for (let start = 0; start < sources.length; start += PARALLEL) {
      const some = sources.slice(start, start + PARALLEL);
      const gone = await Promise.all(some.map(isGone));
      missing.push(...some.filter((_, index) => gone[index]));
    }
    return missing;
  }

  async #allowed(request: SourceRequest): Promise<readonly AllowedRoots[]> {
    return request.allowedRoots === undefined ? [] : [await AllowedRoots.of(request.allowedRoots)];
  }

  #walk(
    input: SourceInput,
    request: SourceRequest,
    allowed: readonly AllowedRoots[],
  ): AsyncGenerator<SourceFile | SourceFailure, void, undefined> {
    if (input.kind === 'file') return singleFile(input);
    const mayRead = (folder: string) => allowed.every((roots) => roots.allow(folder));
    return new FolderWalk(input, request.ignore ?? [], mayRead).files();
  }

  /**
   * Between looking at a path and opening it, a folder in it can be replaced by a link. So the path is opened as it was
   * resolved, and what was opened must still be what the path names afterwards.
   */
  async #readInside(roots: AllowedRoots, source: string, maxBytes: number): Promise<Uint8Array> {
    const real = await realpath(source);
    roots.require(real, source);
    return readRegularFile(real, maxBytes, readFlags | constants.O_NOFOLLOW, async (handle: FileHandle) => {
      const [opened, named, still] = await Promise.all([handle.stat(), stat(real), realpath(real)]);
      if (still === real && opened.ino === named.ino && opened.dev === named.dev) return;
      throw new Forbidden('ROOT_NOT_ALLOWED', `${source} changed while it was opened`, {
        details: { path: source },
      });
    });
  }
}

async function* singleFile(input: SourceInput): AsyncGenerator<SourceFile | SourceFailure, void, undefined> {
  const { path } = input;
  let found: SourceFile | SourceFailure;
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw unsupported(path);
    found = { source: path, path: parseDocumentPath(input.prefix), bytes: stats.size };
  } catch (error) {
    found = { source: path, error: fileSystemError(error, path, 'source') };
  }
  yield found;
}

function covers(folder: SourceInput, source: string): boolean {
  if (!isWithin(source, folder.path)) return false;
  if (folder.pattern === undefined) return true;
  const start = folder.path.endsWith('/') ? folder.path.length : folder.path.length + 1;
  return folder.pattern.matches(source.slice(start));
}

async function isGone(source: string): Promise<boolean> {
  try {
    // A folder that has taken the file's place has ended it too.
    return !(await stat(source)).isFile();
  } catch (error) {
    return isAbsence(error);
  }
}
