import {
  isMarkitectError,
  type JsonObject,
  type JsonValue,
  MAX_WORKSPACE_TITLE_LENGTH,
  parseWorkspaceManifest,
  parseWorkspaceTitle,
  type Timestamp,
  type WorkspaceEnd,
  type WorkspaceManifest,
  type WorkspaceSlug,
} from '@markitect/domain';
import { bracketed, type JsonStyle, valueText } from '../json-files/json-style.js';
import { spoken, writtenParts } from '../json-files/json-text.js';
import type { KeyedText } from '../json-files/keyed-texts.js';
import { isObject, LooseFields, looseInstant, looseText } from '../people/loose-values.js';

/** By what names programs call what a manifest has. */
const names = {
  id: ['id', 'uuid', 'workspace_id', 'workspaceId'],
  title: ['title', 'name'],
  template: ['template', 'type', 'kind'],
  revision: ['revision'],
  createdAt: ['createdAt', 'created_at', 'created', 'started_at', 'startedAt', 'date'],
  updatedAt: ['updatedAt', 'updated_at', 'updated', 'modified_at', 'modifiedAt', 'modified'],
  savedAt: ['savedAt', 'saved_at', 'saved'],
  status: ['status', 'state', 'phase'],
  endedAt: ['finished_at', 'finishedAt', 'closed_at', 'closedAt', 'completed_at', 'completedAt', 'ended_at'],
} as const;

const manifestNames = new Set<string>(
  Object.keys({
    id: 0,
    slug: 0,
    title: 0,
    template: 0,
    baseline: 0,
    revision: 0,
    createdAt: 0,
    updatedAt: 0,
    savedAt: 0,
    end: 0,
  } satisfies Record<keyof WorkspaceManifest, 0>),
);
const allNames = new Set<string>([...manifestNames, ...Object.values(names).flat()]);

/** A file in our form has a baseline: no other program keeps checksums. */
const isOurs = (written: JsonObject): boolean => Object.hasOwn(written, 'baseline');

/**
 * The manifest that the file of a workspace says. The folder says its slug. A file with a `baseline` is one of ours: what
 * it has must be right, what it has not is taken for what it would be in a new workspace. Any other is read as programs
 * write it, by any of their names; what cannot be understood is taken for missing. A time that is not said is that of the
 * file. Throws SyntaxError for what is no object, or ours and wrong.
 */
export function manifestIn(slug: WorkspaceSlug, { text, fileChangedAt }: KeyedText): WorkspaceManifest {
  const written = JSON.parse(text) as JsonValue;
  if (!isObject(written)) throw new SyntaxError('it is no object');
  if (!isOurs(written)) return loose(slug, written, fileChangedAt);
  const missing = { id: slug, title: slug, template: 'default', revision: 1, createdAt: fileChangedAt };
  try {
    return parseWorkspaceManifest({ ...missing, updatedAt: fileChangedAt, ...written, slug });
  } catch (error) {
    if (!isMarkitectError(error)) throw error;
    const { field } = error.details;
    throw new SyntaxError(`${typeof field === 'string' ? field : 'it'} cannot be read`, { cause: error });
  }
}

/** The file of a manifest, in one form; what the one before has besides is kept, to the letter, behind it. */
export function workspaceText(
  manifest: WorkspaceManifest,
  style: JsonStyle,
  before: KeyedText | undefined,
): string {
  const parts = Object.entries(manifest).map(
    ([name, value]) => `${JSON.stringify(name)}:${style.space}${valueText(value, style, 1)}`,
  );
  if (before !== undefined) {
    const known = isOurs(JSON.parse(before.text) as JsonObject) ? manifestNames : allNames;
    for (const { name, text } of writtenParts(before.text)) {
      if (!known.has(spoken(name))) parts.push(`${name}:${style.space}${text}`);
    }
  }
  return bracketed('{}', parts, style, 0);
}

function loose(slug: WorkspaceSlug, written: JsonObject, fileChangedAt: Timestamp): WorkspaceManifest {
  const fields = new LooseFields(written);
  const saidAt = fields.take(names.updatedAt, looseInstant);
  const updatedAt = saidAt ?? fileChangedAt;
  const savedAt = fields.take(names.savedAt, looseInstant);
  const end = endOf(fields, updatedAt);
  return {
    id: fields.take(names.id, word) ?? slug,
    slug,
    title: fields.take(names.title, title) ?? slug,
    template: fields.take(names.template, word) ?? 'default',
    baseline: [],
    revision: fields.take(names.revision, count) ?? 1,
    createdAt:
      fields.take(names.createdAt, looseInstant) ?? (updatedAt < fileChangedAt ? updatedAt : fileChangedAt),
    updatedAt,
    ...(savedAt === undefined ? {} : { savedAt }),
    ...(end === undefined ? {} : { end }),
  };
}

function endOf(fields: LooseFields, updatedAt: Timestamp): WorkspaceEnd | undefined {
  const status = fields.take(names.status, word)?.toLowerCase() ?? '';
  const at = fields.take(names.endedAt, looseInstant) ?? updatedAt;
  if (/^(?:finished|done|completed?|closed|archived)$/.test(status)) return { as: 'finished', at };
  return /^(?:abandoned|cancell?ed|dropped)$/.test(status) ? { as: 'abandoned', at } : undefined;
}

function word(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? looseText(value) : undefined;
  return text?.trim() === '' ? undefined : text;
}

/** The beginning of the first line. */
function title(value: JsonValue | undefined): string | undefined {
  const [line = ''] =
    word(value)
      ?.trim()
      .split(/[\r\n\u2028\u2029]/) ?? [];
  const shown = line.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_WORKSPACE_TITLE_LENGTH);
  // Where a character of two units was cut.
  const text = shown.toWellFormed().trim();
  return text === '' ? undefined : parseWorkspaceTitle(text);
}

function count(value: JsonValue | undefined): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}
