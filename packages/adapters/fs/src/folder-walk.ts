import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Forbidden, Invalid, markdownExtension, parseDocumentPath } from '@markitect/domain';
import { compareCodePoints, type SourceFailure, type SourceFile } from '@markitect/ports';
import { errnoOf, fileSystemError, isAbsence, unsupported } from './file-system-error.js';
import { IgnoreRules } from './ignore-rules.js';
import { isWithin } from './is-within.js';
import type { SourceInput } from './source-input.js';

/** A folder being read: what is left of it. */
interface Frame {
  /** Absolute, through the links that led here. */
  readonly path: string;
  /** Without symbolic links. */
  readonly real: string;
  /** Below the input folder; empty for itself. */
  readonly relative: string;
  readonly depth: number;
  readonly rules: IgnoreRules;
  /** In reverse, so that the next one is the last. */
  readonly entries: Dirent[];
}

type Found = SourceFile | SourceFailure;

/** The repository's own folder, and our data. */
const neverWalked: ReadonlySet<string> = new Set(['.git', '.markitect']);

/**
 * The Markdown files below an input folder, sorted by name within each folder, depth first. Keeps only the names of
 * the folders on the way to the present one.
 */
export class FolderWalk {
  readonly #input: SourceInput;
  readonly #patterns: readonly string[];
  readonly #mayRead: (folder: string) => boolean;
  readonly #stack: Frame[] = [];
  readonly #failures: SourceFailure[] = [];
  /** The path from the top of the ignore rules to the input folder. */
  #place = '';

  /** `patterns`: what to leave out. `mayRead`: whether ignore files of a folder above may be read. */
  constructor(input: SourceInput, patterns: readonly string[], mayRead: (folder: string) => boolean) {
    this.#input = input;
    this.#patterns = patterns;
    this.#mayRead = mayRead;
  }

  async *files(): AsyncGenerator<Found, void, undefined> {
    const { path, real } = this.#input;
    const above = await IgnoreRules.above(real, this.#patterns, this.#mayRead, this.#report);
    this.#place = above.prefix;
    await this.#enter(path, real, '', 0, above.rules);
    for (;;) {
      yield* this.#failures.splice(0);
      const frame = this.#stack.at(-1);
      if (frame === undefined) return;
      const entry = frame.entries.pop();
      if (entry === undefined) this.#stack.pop();
      else {
        const file = await this.#visit(frame, entry);
        if (file !== undefined) yield file;
      }
    }
  }

  readonly #report = (failure: SourceFailure): void => {
    this.#failures.push(failure);
  };

  async #enter(
    path: string,
    real: string,
    relative: string,
    depth: number,
    outer: IgnoreRules,
  ): Promise<void> {
    try {
      const entries = await readdir(path, { withFileTypes: true });
      const names = new Set(entries.map((entry) => entry.name));
      const rules = await outer.inside(path, this.#fromTop(relative), names, this.#report);
      entries.sort((a, b) => compareCodePoints(b.name, a.name));
      this.#stack.push({ path, real, relative, depth, rules, entries });
    } catch (error) {
      this.#lost(path, error);
    }
  }

  async #visit(frame: Frame, entry: Dirent): Promise<Found | undefined> {
    const { name } = entry;
    if (neverWalked.has(name)) return undefined;
    const path = join(frame.path, name);
    const relative = frame.relative === '' ? name : `${frame.relative}/${name}`;
    const isMarkdown = markdownExtension.test(name);
    const plain = entry.isFile() || entry.isDirectory();
    // Most entries are plain files of other kinds: they cost no system call.
    if (entry.isFile() && !(isMarkdown && this.#wanted(frame, relative))) return undefined;
    try {
      // Patterns for files also hold for links, as in git; those for folders hold for links to folders as well.
      if (frame.rules.excludes(this.#fromTop(relative), entry.isDirectory())) return undefined;
      if (entry.isDirectory()) {
        if (this.#descends(frame, name)) {
          await this.#enter(path, join(frame.real, name), relative, frame.depth + 1, frame.rules);
        }
        return undefined;
      }
      const self = plain ? undefined : await lstat(path);
      const isLink = self?.isSymbolicLink() === true;
      if (isLink) return await this.#follow(frame, path, relative, isMarkdown);
      if (self?.isDirectory() === true) {
        // Some file systems do not tell types when a folder is listed.
        if (this.#descends(frame, name) && !frame.rules.excludes(this.#fromTop(relative), true)) {
          await this.#enter(path, join(frame.real, name), relative, frame.depth + 1, frame.rules);
        }
        return undefined;
      }
      if (!isMarkdown || !this.#wanted(frame, relative)) return undefined;
      return this.#file(path, relative, self ?? (await lstat(path)));
    } catch (error) {
      this.#lost(path, error);
      return undefined;
    }
  }

  /** What a symbolic link leads to, if that lies in the input folder. */
  async #follow(
    frame: Frame,
    path: string,
    relative: string,
    isMarkdown: boolean,
  ): Promise<Found | undefined> {
    const mayRead = isMarkdown && this.#wanted(frame, relative);
    const mayDescend = this.#descends(frame, relative.slice(relative.lastIndexOf('/') + 1));
    if (!mayRead && !mayDescend) return undefined;
    let target: Stats;
    let real: string;
    try {
      target = await stat(path);
      real = await realpath(path);
    } catch (error) {
      if (isAbsence(error)) {
        if (!mayRead) return undefined;
        // Links break at their other end: this one is here, so it did not just vanish.
        return { source: path, error: fileSystemError(error, path, 'source') };
      }
      throw error;
    }
    const isFolder = target.isDirectory();
    if (!isFolder && !mayRead) return undefined;
    if (isFolder && !mayDescend) return undefined;
    if (isFolder && frame.rules.excludes(this.#fromTop(relative), true)) return undefined;
    if (isFolder && (isWithin(frame.real, real) || this.#stack.some((outer) => outer.real === real))) {
      throw new Invalid('LINK_LOOP', `${path} is a symbolic link that leads back to a folder it lies in`, {
        details: { path },
      });
    }
    if (!isWithin(real, this.#input.real)) {
      throw new Forbidden(
        'LINK_ESCAPES_ROOT',
        `${path} is a symbolic link that leads out of ${this.#input.path}`,
        {
          details: { path, root: this.#input.path },
        },
      );
    }
    if (!isFolder) return this.#file(path, relative, target);
    await this.#enter(path, real, relative, frame.depth + 1, frame.rules);
    return undefined;
  }

  #file(path: string, relative: string, stats: Stats): Found {
    const { prefix } = this.#input;
    try {
      if (!stats.isFile()) throw unsupported(path);
      const document = parseDocumentPath(prefix === '' ? relative : `${prefix}/${relative}`);
      return { source: path, path: document, bytes: stats.size };
    } catch (error) {
      return { source: path, error: fileSystemError(error, path, 'source') };
    }
  }

  #wanted(frame: Frame, relative: string): boolean {
    const { pattern } = this.#input;
    return pattern === undefined || (frame.depth <= pattern.maxDepth && pattern.matches(relative));
  }

  #descends(frame: Frame, name: string): boolean {
    const { pattern } = this.#input;
    if (pattern === undefined) return true;
    return frame.depth < pattern.maxDepth && (pattern.hidden || !name.startsWith('.'));
  }

  #fromTop(relative: string): string {
    if (relative === '' || this.#place === '') return relative || this.#place;
    return `${this.#place}/${relative}`;
  }

  /** Something listed a moment ago that cannot be reached. */
  #lost(path: string, error: unknown): void {
    if (errnoOf(error) === 'ENOENT') {
      // Node turns bytes that are no UTF-8 into U+FFFD, and then there is no such file. Without that the file has just
      // been removed, and it is as if the folder had been listed later.
      if (!path.includes('\u{fffd}')) return;
      const invalid = new Invalid('DOCUMENT_PATH_INVALID', `${path}: the name is not valid UTF-8`, {
        details: { field: 'path', fault: 'not valid UTF-8' },
      });
      this.#failures.push({ source: path, error: invalid });
      return;
    }
    this.#failures.push({ source: path, error: fileSystemError(error, path, 'source') });
  }
}
