import type { IssueQuery } from '@markitect/domain';
import type { KnownNames } from './known-names.js';

/** What the server is asked for, for a query. */
export interface ServerFilters {
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Whether it answers all the query means and nothing else; otherwise it answers more. */
  readonly isExact: boolean;
  /** Nothing can meet the query: it names what the tracker does not have. */
  readonly isEmpty: boolean;
}

/**
 * The part of a query that the server filters by exactly as the query means it: state, all of some labels, milestone,
 * author, assignee, changed since and before. The rest (any or none of some labels, without milestone or assignee, text) is left
 * to the caller. The server's `q` is never used: with the default search engine it looks for words in an index that
 * lags behind, so it misses issues. The server drops names it does not know, and then answers everything: only names
 * that mean exactly one thing are sent. `anew`: they are looked up now, not remembered; one or two requests more.
 */
export async function serverFilters(
  query: IssueQuery,
  names: KnownNames,
  anew: boolean,
): Promise<ServerFilters> {
  const { all = [], any = [], none = [] } = query.labels ?? {};
  const [plainLabels, plainMilestone] = await Promise.all([
    sequentially(all, (name) => names.isPlainLabel(name, anew)),
    typeof query.milestone === 'string' ? names.isPlainMilestone(query.milestone, anew) : true,
  ]);
  const isPlain = (text: string): boolean => !text.includes(',') && text.trim() === text;
  const labels = all.filter((name, index) => plainLabels[index] === true && isPlain(name));
  const milestone =
    typeof query.milestone === 'string' && plainMilestone === true && isPlain(query.milestone)
      ? query.milestone
      : undefined;
  const before = query.updatedBefore === undefined ? undefined : lastSecondBefore(query.updatedBefore);
  // What accounts that are gone have written is shown as Ghost's, whom the server does not find.
  const author = query.author === 'Ghost' ? undefined : query.author;
  return {
    query: {
      state: query.state ?? 'all',
      type: 'issues',
      labels: labels.length === 0 ? undefined : labels.join(','),
      milestones: milestone,
      created_by: author,
      assigned_by: query.assignee ?? undefined,
      since: query.updatedSince === undefined ? undefined : wholeSecond(query.updatedSince),
      before: before === undefined ? undefined : secondText(before),
    },
    isExact:
      labels.length === all.length &&
      any.length === 0 &&
      none.length === 0 &&
      query.assignee !== null &&
      query.milestone === milestone &&
      query.author === author &&
      query.text === undefined,
    // The server takes the first second of its clock for no time at all. Nothing was changed before it.
    isEmpty: plainLabels.includes(undefined) || plainMilestone === undefined || (before ?? 1) < 1,
  };
}

/** One after the other: the first fetches what the others need. */
async function sequentially<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await map(item));
  return results;
}

/** The server cuts fractions off and its times have none: the next whole second means the same as a fraction. */
function wholeSecond(time: string): string {
  return secondText(Math.ceil(Date.parse(time) / 1000));
}

/** What is changed before a time, is changed in this second or earlier: the server means the second as well. */
function lastSecondBefore(time: string): number {
  return Math.ceil(Date.parse(time) / 1000) - 1;
}

function secondText(second: number): string {
  return new Date(second * 1000).toISOString().replace('.000Z', 'Z');
}
