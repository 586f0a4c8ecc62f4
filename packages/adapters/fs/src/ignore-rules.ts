import { stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { SourceFailure } from '@markitect/ports';
import ignore, { type Ignore } from 'ignore';
import { errnoOf, fileSystemError, isAbsence } from './file-system-error.js';
import { readRegularFile } from './read-file.js';

/** Files with patterns, in the order in which they are applied: a later one overrides an earlier. */
export const ignoreFileNames = ['.gitignore', '.ignore', '.markitectignore'] as const;

const MAX_IGNORE_FILE_BYTES = 1024 * 1024;

/**
 * What is excluded in one folder: its own ignore files, those of the folders above it and the request's patterns, with
 * git's rules: the last matching pattern decides, and what lies in an excluded folder cannot be taken back.
 *
 * All patterns are rewritten to start at one top folder and put in one list, because git decides by the last match
 * over all files, which separate matchers per folder cannot.
 */
export class IgnoreRules {
  readonly #fromFiles: Ignore;
  readonly #fromRequest: Ignore;
  readonly #all: Ignore;

  private constructor(fromFiles: Ignore, fromRequest: Ignore) {
    this.#fromFiles = fromFiles;
    this.#fromRequest = fromRequest;
    // A matcher remembers every path it was asked for; a new one for each folder lets that go with the folder.
    this.#all = matcher().add(fromFiles).add(fromRequest);
  }

  /**
   * The rules that hold above the input folder `root` and the request's patterns. Parent folders count up to the top
   * of the git repository `root` lies in, if it does; `mayRead` can end that earlier. The input folder itself is never
   * excluded: it was named.
   */
  static async above(
    root: string,
    patterns: readonly string[],
    mayRead: (folder: string) => boolean,
    report: (failure: SourceFailure) => void,
  ): Promise<{ rules: IgnoreRules; prefix: string }> {
    const top = (await repositoryTop(root, mayRead)) ?? root;
    const prefix = relative(top, root).split(sep).join('/');
    const files = matcher();
    let folder = top;
    let place = '';
    for (const part of prefix === '' ? [] : prefix.split('/')) {
      await addIgnoreFiles(files, folder, place, ignoreFileNames, report);
      folder = join(folder, part);
      place = place === '' ? part : `${place}/${part}`;
      files.add(`!/${escaped(place)}/`);
    }
    const request = matcher().add(patterns.flatMap((pattern) => rewritten(pattern, prefix)));
    return { rules: new IgnoreRules(files, request), prefix };
  }

  /** The rules inside a folder. `names`: what lies in it. `place`: its path from the top. */
  async inside(
    folder: string,
    place: string,
    names: ReadonlySet<string>,
    report: (failure: SourceFailure) => void,
  ): Promise<IgnoreRules> {
    const files = matcher().add(this.#fromFiles);
    const present = ignoreFileNames.filter((name) => names.has(name));
    await addIgnoreFiles(files, folder, place, present, report);
    return new IgnoreRules(files, this.#fromRequest);
  }

  /** Whether a path, given from the top, is excluded. */
  excludes(path: string, isFolder: boolean): boolean {
    return this.#all.ignores(isFolder ? `${path}/` : path);
  }
}

function matcher(): Ignore {
  return ignore({ ignorecase: false });
}

async function repositoryTop(
  root: string,
  mayRead: (folder: string) => boolean,
): Promise<string | undefined> {
  for (let folder = root; mayRead(folder); folder = dirname(folder)) {
    try {
      await stat(join(folder, '.git'));
      return folder;
    } catch {
      // Not here, or not for us to see: either way, look further up.
    }
    if (folder === dirname(folder)) break;
  }
  return undefined;
}

async function addIgnoreFiles(
  rules: Ignore,
  folder: string,
  place: string,
  names: readonly string[],
  report: (failure: SourceFailure) => void,
): Promise<void> {
  for (const name of names) {
    const file = join(folder, name);
    try {
      const bytes = await readRegularFile(file, MAX_IGNORE_FILE_BYTES);
      const text = new TextDecoder().decode(bytes);
      rules.add(text.split('\n').flatMap((line) => rewritten(line, place)));
    } catch (error) {
      // A folder of that name is no ignore file.
      if (isAbsence(error) || errnoOf(error) === 'EISDIR') continue;
      report({ source: file, error: fileSystemError(error, file, 'source') });
    }
  }
}

/** A line of an ignore file in the folder `place`, as a pattern that means the same at the top. */
function rewritten(line: string, place: string): string[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.trim() === '' || text.startsWith('#')) return [];
  if (place === '') return [text];
  const negated = text.startsWith('!');
  // With a folder in front, an escape for the first character is needed no more.
  const pattern = (negated ? text.slice(1) : text).replace(/^\\(?=[!#])/, '');
  const slash = pattern.trimEnd().slice(0, -1).indexOf('/');
  const anchored = slash < 0 ? `**/${pattern}` : pattern.replace(/^\//, '');
  return [`${negated ? '!' : ''}/${escaped(place)}/${anchored}`];
}

function escaped(place: string): string {
  return place.replace(/[\\*?[]/g, '\\$&');
}
