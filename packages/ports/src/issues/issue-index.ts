import type { Issue, Page, PageRequest, SearchTerm, SnippetPart } from '@markitect/domain';
import { definePort } from '../port.js';

/** A full-text search of issues. Results come best first: the title counts most, then the body, then comments. */
export interface IssueSearch extends PageRequest {
  readonly terms: readonly SearchTerm[];
  /** Default `all`. `any`: at least one of those that are not excluded; the more, and the rarer, the better. */
  readonly match?: 'all' | 'any';
  /** Absent: both. */
  readonly state?: 'open' | 'closed';
}

/** An issue found, and why. */
export interface IssueHit {
  readonly issue: Issue;
  /** Grows with how well it fits; comparable within one search only. */
  readonly score: number;
  readonly snippet: readonly SnippetPart[];
}

/** The full texts of the issues of one tracker, its comments included: of the embedded one or of a mirror. */
export interface IssueIndex {
  /** One page of the issues that meet the terms. Throws Invalid `CURSOR_INVALID` and the errors of a database. */
  search(search: IssueSearch): Promise<Page<IssueHit>>;
}

export const issueIndexPort = definePort<IssueIndex>('IssueIndex', {
  search: { kind: 'read', idempotent: true },
});
