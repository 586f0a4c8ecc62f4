import {
  Conflict,
  type DocumentSummary,
  type ErrorCode,
  Invalid,
  isMarkitectError,
  type Precondition,
  requirePrecondition,
} from '@markitect/domain';

/** The tags of an `If-Match` or `If-None-Match` header, without quotes. */
type TagList = '*' | readonly { readonly tag: string; readonly isWeak: boolean }[];

/** The header text of a document's tag. */
export function etagHeader(tag: string): string {
  return `"${tag}"`;
}

/**
 * Whether the client already has the state named by `tag` (RFC 9110 §13.1.2; weak comparison). Throws Invalid
 * `REQUEST_INVALID` for a header that is no list of tags.
 */
export function isNotModified(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const list = parseTags('if-none-match', ifNoneMatch);
  return list === '*' || list.some((item) => item.tag === tag);
}

/**
 * Refuses a reading request whose `If-Match` does not name the present state (strong comparison). Throws Conflict
 * `PRECONDITION_FAILED`, Invalid `REQUEST_INVALID`.
 */
export function requireMatch(ifMatch: string | undefined, found: DocumentSummary): void {
  if (ifMatch === undefined) return;
  try {
    requirePrecondition(found.path, writePrecondition({ 'if-match': ifMatch }), found);
  } catch (error) {
    throw asFailedPrecondition(error);
  }
}

/**
 * What a writing request expects to find. `If-Match` is compared strongly: a weak tag matches nothing. Of
 * `If-None-Match` only `*` has a meaning for a write. Throws Invalid `REQUEST_INVALID`.
 */
export function writePrecondition(headers: {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}): Precondition | undefined {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw invalid('if-match', 'If-Match and If-None-Match cannot both hold: send one of them');
  }
  if (ifMatch !== undefined) return matchPrecondition(ifMatch);
  if (ifNoneMatch === undefined) return undefined;
  if (parseTags('if-none-match', ifNoneMatch) === '*') return 'absent';
  throw invalid('if-none-match', 'If-None-Match of a write can only be *');
}

/** What `If-Match` alone expects, compared strongly: a weak tag matches nothing. Throws Invalid `REQUEST_INVALID`. */
export function matchPrecondition(ifMatch: string): Exclude<Precondition, 'absent'> {
  const list = parseTags('if-match', ifMatch);
  return list === '*' ? 'present' : { tags: list.filter((item) => !item.isWeak).map((item) => item.tag) };
}

/** Runs a conditional write; a condition that does not hold is Conflict `PRECONDITION_FAILED`. */
export async function conditionally<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw asFailedPrecondition(error);
  }
}

/** What is told of a state that is no longer the one expected. */
const changedCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'DOCUMENT_CHANGED',
  'ISSUE_CHANGED',
  'RECORD_CHANGED',
  'WORKSPACE_CHANGED',
]);

function asFailedPrecondition(error: unknown): unknown {
  if (!isMarkitectError(error) || !changedCodes.has(error.code)) return error;
  return new Conflict('PRECONDITION_FAILED', error.message, { details: error.details, cause: error });
}

/** RFC 9110 §8.8.3; a tag may hold commas, which also stand between tags. */
const entityTags = /(?<weak>W\/)?"(?<tag>[\x21\x23-\x7e\x80-\xff]*)"/g;

function parseTags(field: string, header: string): TagList {
  if (header.trim() === '*') return '*';
  // What is left between commas without the tags: one mark for each tag. No header can hold a NUL itself.
  const marks = header.replace(entityTags, '\0').split(',');
  const isList = marks.every((part) => /^[ \t]*\0?[ \t]*$/.test(part));
  const tags = [...header.matchAll(entityTags)].map(({ groups }) => ({
    tag: groups?.['tag'] ?? '',
    isWeak: groups?.['weak'] !== undefined,
  }));
  if (!isList || tags.length === 0) throw invalid(field, `${field} is not * or a list of quoted tags`);
  return tags;
}

function invalid(field: string, message: string): Invalid {
  return new Invalid('REQUEST_INVALID', message, { details: { field: `header.${field}` } });
}
