import { Invalid } from '../errors/markitect-error.js';
import type { Timestamp } from '../timestamp.js';
import type { Issue } from './issue.js';
import { parseInstant } from './issue-dates.js';

export const issueSorts = ['number', 'createdAt', 'updatedAt', 'comments'] as const;
export type IssueSort = (typeof issueSorts)[number];

/** Which issues, and in what order. Plain, frozen data: the same query gives the same issues on every repository. */
export interface IssueQuery {
  /** Absent: both. */
  readonly state?: 'open' | 'closed';
  readonly labels?: {
    /** Has all of these. */
    readonly all?: readonly string[];
    /** Has at least one of these. */
    readonly any?: readonly string[];
    /** Has none of these. */
    readonly none?: readonly string[];
  };
  /** Is assigned to this user; `null`: to nobody. */
  readonly assignee?: string | null;
  readonly author?: string;
  /** Belongs to the milestone of this title; `null`: to none. */
  readonly milestone?: string | null;
  /** Each of its words occurs in title or body, as a part of a word too, whatever the case. */
  readonly text?: string;
  /** Was changed at this time or later. */
  readonly updatedSince?: Timestamp;
  /** Was last changed before this time. */
  readonly updatedBefore?: Timestamp;
  /** Default `number`. Equal values are ordered by number. */
  readonly sort?: IssueSort;
  /** Default `desc`: the latest first. `asc` is exactly its reverse. */
  readonly order?: 'asc' | 'desc';
}

/** Checks, tidies and freezes a query: empty parts are left out. Throws Invalid `REQUEST_INVALID` naming the field. */
export function issueQuery(query: IssueQuery): IssueQuery {
  const { state, assignee, author, milestone, text, updatedSince, updatedBefore, sort, order } = query;
  refuse('state', state !== undefined && !['open', 'closed'].includes(state), 'open or closed');
  refuse('sort', sort !== undefined && !issueSorts.includes(sort), issueSorts.join(', '));
  refuse('order', order !== undefined && !['asc', 'desc'].includes(order), 'asc or desc');
  for (const [field, value] of Object.entries({ assignee, author, milestone })) {
    refuse(field, typeof value === 'string' && value.trim() === '', 'a name');
  }
  const labels = Object.fromEntries(
    (['all', 'any', 'none'] as const).flatMap((part) => {
      const names = query.labels?.[part] ?? [];
      refuse(
        `labels.${part}`,
        names.some((name) => name.trim() === ''),
        'names of labels',
      );
      return names.length === 0 ? [] : [[part, Object.freeze([...new Set(names)].sort())]];
    }),
  );
  const words = queryWords(text);
  return Object.freeze({
    ...(state === undefined ? {} : { state }),
    ...(Object.keys(labels).length === 0 ? {} : { labels: Object.freeze(labels) }),
    ...(assignee === undefined ? {} : { assignee }),
    ...(author === undefined ? {} : { author }),
    ...(milestone === undefined ? {} : { milestone }),
    ...(words.length === 0 ? {} : { text: words.join(' ') }),
    ...(updatedSince === undefined ? {} : { updatedSince: parseInstant(updatedSince, 'updatedSince') }),
    ...(updatedBefore === undefined ? {} : { updatedBefore: parseInstant(updatedBefore, 'updatedBefore') }),
    ...(sort === undefined ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
  });
}

/** The words of a query's text, in lower case. */
export function queryWords(text: string | undefined): readonly string[] {
  return (text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** What the words of a query are looked for in. */
export function issueText({ title, body }: Pick<Issue, 'title' | 'body'>): string {
  return `${title}\n${body}`.toLowerCase();
}

/** Whether an issue is one of those a query means. The definition that every repository keeps to. */
export function meetsQuery(issue: Issue, query: IssueQuery): boolean {
  const has = (name: string) => issue.labels.some((label) => label.name === name);
  const { all = [], any = [], none = [] } = query.labels ?? {};
  const haystack = query.text === undefined ? '' : issueText(issue);
  return (
    (query.state === undefined || issue.state === query.state) &&
    all.every(has) &&
    (any.length === 0 || any.some(has)) &&
    !none.some(has) &&
    (query.assignee === undefined ||
      (query.assignee === null ? issue.assignees.length === 0 : issue.assignees.includes(query.assignee))) &&
    (query.author === undefined || issue.author === query.author) &&
    (query.milestone === undefined || (issue.milestone ?? null) === query.milestone) &&
    (query.updatedSince === undefined || Date.parse(issue.updatedAt) >= Date.parse(query.updatedSince)) &&
    (query.updatedBefore === undefined || Date.parse(issue.updatedAt) < Date.parse(query.updatedBefore)) &&
    queryWords(query.text).every((word) => haystack.includes(word))
  );
}

/** Orders issues as a query asks for. The definition that every repository keeps to. */
export function compareIssues({
  sort = 'number',
  order = 'desc',
}: IssueQuery): (a: Issue, b: Issue) => number {
  const place = (issue: Issue): number => {
    if (sort === 'number' || sort === 'comments') return issue[sort];
    return Date.parse(issue[sort]);
  };
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => sign * (place(a) - place(b) || a.number - b.number);
}

function refuse(field: string, isWrong: boolean, allowed: string): void {
  if (!isWrong) return;
  throw new Invalid('REQUEST_INVALID', `${field} must be ${allowed}`, { details: { field, allowed } });
}
