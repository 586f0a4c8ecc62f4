import { refuseField } from '../errors/refuse-field.js';
import type { Timestamp } from '../timestamp.js';
import type { ResearchSource } from './research-source.js';

/** What a research is called by: a whole number from 1, never used again. */
export type SearchId = number;

/**
 * `pending`: no source has begun. `completed`: every source has ended, at least one with success. `failed`: every
 * source has failed.
 */
export const searchStatuses = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type SearchStatus = (typeof searchStatuses)[number];

/** The statuses that only a rerun leaves, as a new search. */
export const finishedSearchStatuses = ['completed', 'failed', 'cancelled'] as const satisfies SearchStatus[];

/** A question put to several sources. */
export interface Search {
  readonly id: SearchId;
  readonly question: string;
  readonly sources: readonly ResearchSource[];
  readonly status: SearchStatus;
  /** The most results asked of each source. */
  readonly maxResults: number;
  /** The search it repeats. */
  readonly rerunOf?: SearchId;
  /** The path of the document it was saved as. */
  readonly document?: string;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly finishedAt?: Timestamp;
}

/** A search to be stored. */
export type SearchDraft = Pick<Search, 'question' | 'sources' | 'maxResults' | 'rerunOf'>;

export const MAX_QUESTION_LENGTH = 2000;
/** The most results that can be asked of each source. */
export const MAX_SEARCH_RESULTS = 1_000_000;

/** Checks a draft. Throws Invalid `REQUEST_INVALID` naming the field. */
export function searchDraft(draft: SearchDraft): SearchDraft {
  const { question, sources, maxResults } = draft;
  refuseField(
    'question',
    question.trim() === '' || question.length > MAX_QUESTION_LENGTH,
    `1 to ${MAX_QUESTION_LENGTH} characters, not all of them spaces`,
  );
  refuseField('question', /\p{Cc}/u.test(question), 'without control characters');
  refuseField('sources', sources.length < 1 || sources.length > 100, '1 to 100 sources');
  refuseField(
    'maxResults',
    !(Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= MAX_SEARCH_RESULTS),
    `a whole number from 1 to ${MAX_SEARCH_RESULTS}`,
  );
  return draft;
}
