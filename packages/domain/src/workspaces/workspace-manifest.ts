import { Corrupt, Invalid } from '../errors/markitect-error.js';
import { parseFilePath } from '../files/file-path.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import { isWorkspaceSlug, type WorkspaceSlug } from './workspace-slug.js';

/** A file as a baseline or a scan knows it. */
export interface WorkspaceFile {
  /** Relative to the folder of the workspace, `/` between its parts. */
  readonly path: string;
  /** The SHA-256 of the bytes, as 64 lower-case hexadecimal digits. */
  readonly checksum: string;
  readonly bytes: number;
}

/** How a workspace ended. */
export interface WorkspaceEnd {
  readonly as: 'finished' | 'abandoned';
  readonly at: Timestamp;
  /** The archive of a finished workspace, below the root of archives. */
  readonly archive?: string;
}

/**
 * All that is kept of a workspace besides the files in its folder. The stored manifest is the truth; no copy of it lies
 * in the folder. The state is not in it: it is computed, by `workspaceState`.
 */
export interface WorkspaceManifest {
  /** Names this workspace for ever, also when its slug is used again. */
  readonly id: string;
  readonly slug: WorkspaceSlug;
  readonly title: string;
  /** The name of the template it was started from. */
  readonly template: string;
  /** The files as they were last saved, at first those of the template, by path. */
  readonly baseline: readonly WorkspaceFile[];
  /** Counts the changes of what is stored under this slug, from 1. */
  readonly revision: number;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** When it was last saved; absent before the first time. */
  readonly savedAt?: Timestamp;
  /** Absent while it is open. */
  readonly end?: WorkspaceEnd;
}

/** What a manifest alone says of the state: `open` stands for clean, active and dirty. */
export type WorkspacePhase = 'open' | 'finished' | 'abandoned';

export const workspacePhases = ['open', 'finished', 'abandoned'] as const satisfies readonly WorkspacePhase[];

/** The phase of a workspace. */
export function workspacePhase(manifest: Pick<WorkspaceManifest, 'end'>): WorkspacePhase {
  return manifest.end?.as ?? 'open';
}

/** The most characters a title may have. */
export const MAX_WORKSPACE_TITLE_LENGTH = 200;

/** Checks a title: one line of text that is not blank. Throws Invalid `REQUEST_INVALID`. */
export function parseWorkspaceTitle(input: string): string {
  const title = input.trim();
  if (isTitle(title)) return title;
  throw new Invalid(
    'REQUEST_INVALID',
    `a title must be one line of 1 to ${MAX_WORKSPACE_TITLE_LENGTH} characters`,
    { details: { field: 'title', maximum: MAX_WORKSPACE_TITLE_LENGTH } },
  );
}

/**
 * The manifest that a stored value is; fields it does not know are left out. Throws Corrupt
 * `WORKSPACE_MANIFEST_CORRUPT` naming the field at fault.
 */
export function parseWorkspaceManifest(value: JsonValue): WorkspaceManifest {
  const manifest = new Reader(value, '');
  const savedAt = manifest.optional('savedAt', isTimestamp);
  const end = manifest.optional('end', isObject);
  return {
    id: manifest.field('id', isWord),
    slug: manifest.field('slug', (slug): slug is WorkspaceSlug => isText(slug) && isWorkspaceSlug(slug)),
    title: manifest.field('title', isTitle),
    template: manifest.field('template', isWord),
    baseline: parseBaseline(manifest.field('baseline', isList)),
    revision: manifest.field('revision', isCount),
    createdAt: manifest.field('createdAt', isTimestamp),
    updatedAt: manifest.field('updatedAt', isTimestamp),
    ...(savedAt === undefined ? {} : { savedAt }),
    ...(end === undefined ? {} : { end: parseEnd(end) }),
  };
}

function parseEnd(value: JsonObject): WorkspaceEnd {
  const end = new Reader(value, 'end.');
  const archive = end.optional('archive', isWord);
  return {
    as: end.field('as', (as) => as === 'finished' || as === 'abandoned'),
    at: end.field('at', isTimestamp),
    ...(archive === undefined ? {} : { archive }),
  };
}

function parseBaseline(values: readonly JsonValue[]): WorkspaceFile[] {
  const files = values.map((value, index) => {
    const file = new Reader(value, `baseline[${index}].`);
    return {
      path: file.field('path', isPath),
      checksum: file.field('checksum', isChecksum),
      bytes: file.field('bytes', (bytes) => bytes === 0 || isCount(bytes)),
    };
  });
  if (new Set(files.map(({ path }) => path)).size < files.length) throw corrupt('baseline');
  return files;
}

/** Takes the fields of a stored object one by one. */
class Reader {
  readonly #object: JsonObject;
  readonly #prefix: string;

  constructor(value: JsonValue, prefix: string) {
    if (!isObject(value)) throw corrupt(prefix === '' ? 'the whole' : prefix.slice(0, -1));
    this.#object = value;
    this.#prefix = prefix;
  }

  field<T extends JsonValue>(name: string, is: (value: JsonValue) => value is T): T {
    return this.optional(name, is) ?? this.#fail(name);
  }

  optional<T extends JsonValue>(name: string, is: (value: JsonValue) => value is T): T | undefined {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return value === undefined || is(value) ? value : this.#fail(name);
  }

  #fail(name: string): never {
    throw corrupt(this.#prefix + name);
  }
}

const corrupt = (field: string) =>
  new Corrupt('WORKSPACE_MANIFEST_CORRUPT', `a stored workspace manifest is damaged: ${field}`, {
    details: { field },
  });

const isText = (value: JsonValue): value is string => typeof value === 'string';
const isWord = (value: JsonValue): value is string => isText(value) && value !== '';
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
const isCount = (value: JsonValue): value is number => Number.isSafeInteger(value) && Number(value) > 0;
const isChecksum = (value: JsonValue): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isTimestamp = (value: JsonValue): value is Timestamp =>
  isText(value) &&
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));
const isTitle = (value: JsonValue): value is string =>
  isText(value) &&
  value !== '' &&
  value.length <= MAX_WORKSPACE_TITLE_LENGTH &&
  value.isWellFormed() &&
  !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(value);

function isPath(value: JsonValue): value is string {
  try {
    return isText(value) && parseFilePath(value) === value;
  } catch {
    return false;
  }
}
