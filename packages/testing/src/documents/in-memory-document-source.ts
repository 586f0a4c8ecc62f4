import {
  Invalid,
  markdownExtension,
  type MarkitectError,
  NotFound,
  Forbidden,
  parseDocumentPath,
} from '@markitect/domain';
import type {
  DocumentSource,
  ResolvedSources,
  SourceFailure,
  SourceFile,
  SourceRequest,
} from '@markitect/ports';
import { compareCodePoints } from './in-memory-paging.js';

/** A file of an {@link InMemoryDocumentSource}; one with an error fails when it is walked (`walk`) or read. */
export type InMemoryFile =
  string | Uint8Array | { readonly error: MarkitectError; readonly at: 'walk' | 'read' };

/**
 * Files for tests, by absolute path. `files` may be changed at any time. Knows files and folders but neither
 * patterns nor ignore files: those are tested with the real file system.
 */
export class InMemoryDocumentSource implements DocumentSource {
  constructor(readonly files: Map<string, InMemoryFile>) {}

  async resolve(request: SourceRequest): Promise<ResolvedSources> {
    const roots = request.inputs.map((input) => absolute(request.base, input));
    for (const root of roots) this.#check(root, request.allowedRoots);
    return Promise.resolve({ roots });
  }

  async *walk(request: SourceRequest): AsyncIterable<SourceFile | SourceFailure> {
    const { roots } = await this.resolve(request);
    const walked = new Set<string>();
    for (const root of roots) {
      for (const source of this.#below(root)) {
        const file = this.files.get(source);
        if (file === undefined || walked.has(source) || !markdownExtension.test(source)) continue;
        walked.add(source);
        if (isFailing(file) && file.at === 'walk') yield { source, error: file.error };
        else yield { source, path: documentPath(request, root, source), bytes: bytesOf(file).length };
      }
    }
  }

  async read(source: string, maxBytes: number): Promise<Uint8Array> {
    const file = this.files.get(source);
    if (file === undefined) throw new NotFound('SOURCE_NOT_FOUND', `there is no ${source}`);
    if (isFailing(file)) throw file.error;
    const bytes = bytesOf(file);
    if (bytes.length > maxBytes) {
      throw new Invalid('DOCUMENT_TOO_LARGE', `${source} has more than ${maxBytes} bytes`, {
        details: { source, bytes: bytes.length, maxBytes },
      });
    }
    return Promise.resolve(new Uint8Array(bytes));
  }

  missing(sources: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(sources.filter((source) => !this.files.has(source)));
  }

  #check(root: string, allowedRoots: readonly string[] | undefined): void {
    const allowed = allowedRoots?.some((parent) => root === parent || root.startsWith(`${parent}/`));
    if (allowed === false) {
      throw new Forbidden('ROOT_NOT_ALLOWED', `${root} is outside the folders that may be read`);
    }
    if (this.#below(root).length === 0) {
      throw new NotFound('SOURCE_NOT_FOUND', `there is no ${root}`);
    }
    if (this.files.has(root) && !markdownExtension.test(root)) {
      throw new Invalid('SOURCE_UNSUPPORTED', `${root} is not a Markdown file`);
    }
  }

  #below(root: string): string[] {
    return [...this.files.keys()]
      .filter((source) => source === root || source.startsWith(`${root}/`))
      .sort(compareCodePoints);
  }
}

function isFailing(file: InMemoryFile): file is Extract<InMemoryFile, { error: MarkitectError }> {
  return typeof file === 'object' && 'error' in file;
}

function bytesOf(file: InMemoryFile): Uint8Array {
  if (isFailing(file)) return new Uint8Array();
  return typeof file === 'string' ? Buffer.from(file) : file;
}

function absolute(base: string, input: string): string {
  const clean = input.replace(/^\.\/|^\.$/, '').replace(/\/+$/, '');
  return clean.startsWith('/') ? clean : [base, clean].filter((part) => part !== '').join('/');
}

/** Below `as`, the path from the input; else the path from the base, or from the input's folder when outside it. */
function documentPath({ as, base }: SourceRequest, root: string, source: string) {
  const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/'));
  const inner = source === root ? folderOf(root) : root;
  if (as !== undefined) return parseDocumentPath(`${as}${source.slice(inner.length)}`);
  const outer = source.startsWith(`${base}/`) ? base : folderOf(root);
  return parseDocumentPath(source.slice(outer.length + 1));
}
