import { Conflict } from '../errors/markitect-error.js';
import type { DocumentSummary } from './document.js';
import type { DocumentPath } from './document-path.js';

/** Names one state of one document: its revision and the beginning of its hash. The text of its HTTP ETag. */
export function entityTag(document: Pick<DocumentSummary, 'revision' | 'hash'>): string {
  return `${document.revision}-${document.hash.slice(0, 16)}`;
}

/** The state a write expects to find: none, any, or one of those named by {@link entityTag}. */
export type Precondition = 'absent' | 'present' | { readonly tags: readonly string[] };

/**
 * Throws Conflict `DOCUMENT_CHANGED`, naming the present tag, unless the document stored now (`undefined`: none)
 * is as expected.
 */
export function requirePrecondition(
  path: DocumentPath,
  expected: Precondition | undefined,
  current: Pick<DocumentSummary, 'revision' | 'hash'> | undefined,
): void {
  if (expected === undefined) return;
  const found = current === undefined ? null : entityTag(current);
  const holds =
    expected === 'absent'
      ? found === null
      : expected === 'present'
        ? found !== null
        : found !== null && expected.tags.includes(found);
  if (holds) return;
  const state = found === null ? 'does not exist' : `is at ${found}`;
  throw new Conflict('DOCUMENT_CHANGED', `${path} ${state}; the request ${wish(expected)}`, {
    details: { path, current: found },
  });
}

function wish(expected: Precondition): string {
  if (typeof expected === 'string') return `expected it ${expected}`;
  // No state at all: all the tags a request gave were weak ones, which name no exact state.
  if (expected.tags.length === 0) return 'expected it at a weak tag, which names no exact state';
  return `expected it at ${expected.tags.join(' or ')}`;
}
