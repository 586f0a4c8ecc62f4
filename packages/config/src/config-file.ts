import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Invalid } from '@markitect/domain';
import { LineCounter, parseDocument } from 'yaml';
import { nearestName } from './nearest-name.js';
import { environmentName } from './describe-settings.js';
import { settingPaths, settings } from './settings.js';

/** What a configuration file says. */
export interface ConfigFile {
  /** Absolute. */
  readonly file: string;
  /** Where its relative paths start. */
  readonly folder: string;
  /** The values as written, by the setting's name. */
  readonly values: ReadonlyMap<string, unknown>;
}

const names = ['markitect.config.yaml', 'markitect.config.yml', 'markitect.config.json'];

/**
 * Reads the file named, or else the one in `cwd` with a usual name, if there is one. JSON is read as the YAML it is.
 * Throws Invalid `CONFIG_INVALID` when the named file is not there, `cwd` has two, or the contents are no mapping of
 * known settings.
 */
export async function readConfigFile(
  cwd: string,
  named?: { readonly file: string; readonly from: string },
): Promise<ConfigFile | undefined> {
  if (named !== undefined) {
    const file = resolve(cwd, named.file);
    const text = await textOf(file);
    if (text === undefined)
      throw invalid(`the file ${file} that ${named.from} names does not exist`, { file });
    return parseConfigFile(file, text);
  }
  const found: { readonly file: string; readonly text: string }[] = [];
  for (const name of names) {
    const file = resolve(cwd, name);
    const text = await textOf(file);
    if (text !== undefined) found.push({ file, text });
  }
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    throw invalid(`both ${first.file} and ${second.file} exist; keep one, or name one with --config`, {
      file: second.file,
    });
  }
  return parseConfigFile(first.file, first.text);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw invalid(`the file ${file} cannot be read (${code})`, { file }, cause);
  }
}

/** The code of a failed system call, e.g. `EACCES`. */
export function errnoOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}

function parseConfigFile(file: string, text: string): ConfigFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const fault = document.errors[0];
  if (fault !== undefined) {
    // The parser's own message quotes the text, which may hold what nobody should see.
    const { line } = lineCounter.linePos(fault.pos[0]);
    throw invalid(`${file} is not valid YAML or JSON at line ${line} (${fault.code})`, { file, line });
  }
  let contents: unknown;
  try {
    contents = document.toJS();
  } catch (cause) {
    throw invalid(`${file} is not valid YAML or JSON: an alias cannot be resolved`, { file }, cause);
  }
  const values = new Map<string, unknown>();
  // An empty file sets nothing.
  if (contents !== null && contents !== undefined) collect(file, contents, '', values);
  return { file, folder: dirname(file), values };
}

/** Sections are the names that settings begin with, e.g. `database`. */
const sections = [...new Set(settingPaths.map((path) => path.slice(0, path.indexOf('.') + 1)))].filter(
  Boolean,
);

function collect(file: string, contents: unknown, section: string, values: Map<string, unknown>): void {
  const where = section === '' ? file : `${section.slice(0, -1)} (file ${file})`;
  if (typeof contents !== 'object' || contents === null || Array.isArray(contents)) {
    throw invalid(`${where} must be a mapping of settings`, { file });
  }
  for (const [key, value] of Object.entries(contents)) {
    const path = section + key;
    const known = settingPaths.find((candidate) => candidate === path);
    if (known !== undefined && settings[known].secret === true) {
      throw invalid(
        `${path} may not stand in a file of settings (${file}); set ${environmentName(known)} or ${environmentName(known)}_FILE`,
        { file, setting: path },
      );
    }
    if (known !== undefined) values.set(path, value);
    else if (section === '' && sections.includes(`${key}.`)) collect(file, value, `${key}.`, values);
    else throw unknownSetting(file, path);
  }
}

function unknownSetting(file: string, path: string): Invalid {
  const candidates = [...settingPaths, ...sections.map((section) => section.slice(0, -1))];
  // A name may also be right and stand in the wrong section.
  const last = path.slice(path.lastIndexOf('.') + 1);
  const nearest =
    settingPaths.find((candidate) => candidate.endsWith(`.${last}`)) ?? nearestName(path, candidates);
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return invalid(`"${path}" (file ${file}) is not a setting${hint}`, {
    file,
    setting: path,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

function invalid(
  message: string,
  details: Readonly<Record<string, string | number>>,
  cause?: unknown,
): Invalid {
  return new Invalid('CONFIG_INVALID', message, { details, ...(cause === undefined ? {} : { cause }) });
}
