import type { DocumentPath, MarkitectError } from '@markitect/domain';
import { definePort } from '../port.js';

/** What to read. */
export interface SourceRequest {
  /** Files, folders or glob patterns, absolute or relative to `base`. */
  readonly inputs: readonly string[];
  /** The folder relative inputs start from, and document paths are relative to. Absolute. */
  readonly base: string;
  /**
   * The prefix of the document paths instead of the one the input's place gives: with `as: 'book'`, the file
   * `x/y.md` of the input `x` becomes `book/y.md`.
   */
  readonly as?: string;
  /** Patterns in the form of a `.gitignore`, relative to each input folder. */
  readonly ignore?: readonly string[];
  /** When given, nothing outside these folders is reached, symbolic links resolved. Absolute. */
  readonly allowedRoots?: readonly string[];
}

/** A Markdown file found. */
export interface SourceFile {
  /** Absolute path of the file. */
  readonly source: string;
  /** The document it becomes. */
  readonly path: DocumentPath;
  readonly bytes: number;
}

/** Something found that cannot be read as a document. */
export interface SourceFailure {
  /** Absolute path. */
  readonly source: string;
  readonly error: MarkitectError;
}

/** The inputs of a request after checking them all. */
export interface ResolvedSources {
  /** Absolute files and folders under which a document belongs to this request: what pruning may remove. */
  readonly roots: readonly string[];
}

/** Markdown files outside the store. */
export interface DocumentSource {
  /**
   * Checks every input before anything is read. Throws NotFound `SOURCE_NOT_FOUND`, Invalid `SOURCE_UNSUPPORTED`,
   * Forbidden `ROOT_NOT_ALLOWED`, `FILE_UNREADABLE`, Invalid `LINK_LOOP`, and `DOCUMENT_PATH_INVALID` for an impossible
   * `as`. Outside `allowedRoots` everything is `ROOT_NOT_ALLOWED`, whether it exists or not.
   */
  resolve(request: SourceRequest): Promise<ResolvedSources>;

  /**
   * The Markdown files of a request, each once, inputs in their order and names sorted within a folder, without
   * those that ignore files (`.gitignore`, `.ignore`, `.markitectignore`) exclude. Failures come in between and do
   * not end the walk. Memory does not grow with the number of files of other folders.
   */
  walk(request: SourceRequest): AsyncIterable<SourceFile | SourceFailure>;

  /**
   * The bytes of a file. With `allowedRoots`, as in the request, it holds to them even when a symbolic link has been put
   * in place since the walk. Throws Invalid `DOCUMENT_TOO_LARGE` when it has more than `maxBytes` (without reading it),
   * `SOURCE_UNSUPPORTED`, `LINK_LOOP`, NotFound `SOURCE_NOT_FOUND`, Forbidden `FILE_UNREADABLE`, `ROOT_NOT_ALLOWED`,
   * Unavailable `FILE_SYSTEM_FAILED`.
   */
  read(source: string, maxBytes: number, allowedRoots?: readonly string[]): Promise<Uint8Array>;

  /** Of these absolute paths, those where there is certainly no file any more: nothing, or something else. */
  missing(sources: readonly string[]): Promise<readonly string[]>;
}

export const documentSourcePort = definePort<DocumentSource>('DocumentSource', {
  resolve: { kind: 'read', idempotent: true },
  walk: { kind: 'read', idempotent: true },
  read: { kind: 'read', idempotent: true, key: (source) => source },
  missing: { kind: 'read', idempotent: true },
});
