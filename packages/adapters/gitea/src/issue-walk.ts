import type { Issue, IssueQuery, Timestamp } from '@markitect/domain';
import type { IssuePages, IssueRange, PlacedIssue } from './issue-pages.js';

/** The issue after which a walk goes on, and where it stood when it was read. */
export interface WalkPlace {
  /** How many issues of the server's list lie behind, counted from the end the walk began at. */
  readonly behind: number;
  /** How long the list was. */
  readonly total: number;
  readonly createdAt: Timestamp;
  readonly number: number;
}

/** The next issues of a walk. */
export interface WalkStep {
  readonly entries: readonly { readonly issue: Issue; readonly place: WalkPlace }[];
  readonly isEnd: boolean;
  /**
   * Whether the latest created issue has the highest number all along. It has not in repositories that were imported
   * from elsewhere: then the server's order is not that of the numbers.
   */
  readonly isRegular: boolean;
}

/** How often a part of the list is read anew when it changes while it is read. */
const ATTEMPTS = 10;

/**
 * A walk along the server's list from one end to the other, that neither leaves out nor repeats an issue when others
 * come and go between two steps. The list is ordered by the time of creation, then by number. A step begins after the
 * issue of a place: where that no longer stands where it stood, its place is looked for (by halving, with requests
 * for one issue each).
 */
export class IssueWalk {
  readonly #pages: IssuePages;
  readonly #isForward: boolean;

  /** `order`: `desc` is the order of the server. */
  constructor(pages: IssuePages, order: IssueQuery['order']) {
    this.#pages = pages;
    this.#isForward = order !== 'asc';
  }

  /** At least one issue after a place, about `count` of them, none only at the end. */
  async step(after: WalkPlace | undefined, count: number): Promise<WalkStep> {
    if (after === undefined) return this.#first(count);
    const { behind, total } = after;
    // The issue walked to last is asked for along with the next ones: they count if it still stands in its place.
    const [{ issue, total: now }, range] = await Promise.all([
      this.#pages.at(this.#isForward ? behind - 1 : total - behind),
      this.#isForward
        ? this.#pages.range(behind, Math.min(behind + count, Math.max(total, behind + 1)) - 1)
        : this.#pages.range(Math.max(0, total - behind - count), Math.max(0, total - behind - 1)),
    ]);
    const isStill = issue?.number === after.number && now === range.total && range.isSteady;
    // Backwards places are counted from the end: they hold while nothing was added or taken away.
    if (isStill && (this.#isForward || now === total)) return this.#stepOf(range, after);
    return this.#search(after, count);
  }

  async #first(count: number): Promise<WalkStep> {
    // How many there are is not known yet: one page says so.
    let range = await this.#pages.range(0, Math.min(count, this.#pages.size) - 1);
    if (this.#isForward) return this.#stepOf(range, undefined);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const isAll = range.isSteady && range.entries.length >= range.total;
      if (isAll) break;
      const { total } = range;
      range = await this.#pages.range(Math.max(0, total - count), total - 1);
      if (range.isSteady && range.total === total) break;
    }
    return this.#stepOf(range, undefined);
  }

  /** Finds where the issue of a place stands, or would, and goes on from there. */
  async #search(after: WalkPlace, count: number): Promise<WalkStep> {
    for (let attempt = 1; ; attempt += 1) {
      const { index, total, isSteady } = await this.#firstIndexAfter(after);
      const range = this.#isForward
        ? await this.#pages.range(index, Math.min(index + count, Math.max(total, index + 1)) - 1)
        : index === 0
          ? { entries: [], total, isSteady: true }
          : await this.#pages.range(Math.max(0, index - count), index - 1);
      const isStill = isSteady && range.isSteady && range.total === total;
      if (isStill || attempt >= ATTEMPTS) return this.#stepOf(range, after);
    }
  }

  /**
   * The place of the first issue in the server's order that stands behind another (forward), or is it or stands behind
   * it (backward): then those before are the ones that are left.
   */
  async #firstIndexAfter(place: WalkPlace): Promise<{ index: number; total: number; isSteady: boolean }> {
    const { total } = await this.#pages.at(0);
    let low = 0;
    let high = total;
    let isSteady = true;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await this.#pages.at(middle);
      isSteady &&= found.total === total;
      const side = found.issue === undefined ? 1 : inServerOrder(found.issue, place);
      if (this.#isForward ? side > 0 : side >= 0) high = middle;
      else low = middle + 1;
    }
    return { index: low, total, isSteady };
  }

  #stepOf({ entries, total }: IssueRange, after: WalkPlace | undefined): WalkStep {
    const isAfter = ({ issue }: PlacedIssue): boolean => {
      if (after === undefined) return true;
      const side = inServerOrder(issue, after);
      return this.#isForward ? side > 0 : side < 0;
    };
    const seen = new Set<number>();
    const next = entries
      .filter((entry) => isAfter(entry) && !seen.has(entry.issue.number) && seen.add(entry.issue.number))
      .map(({ issue, index }) => ({
        issue,
        place: {
          behind: this.#isForward ? index + 1 : total - index,
          total,
          createdAt: issue.createdAt,
          number: issue.number,
        },
      }));
    if (!this.#isForward) next.reverse();
    const last = next.at(-1)?.place;
    return {
      entries: next,
      isEnd: last === undefined || last.behind >= total,
      isRegular: isRegular(entries),
    };
  }
}

/** Below 0 where `a` stands before `b` in the server's list: the latest created first. */
export function inServerOrder(
  a: Pick<Issue, 'createdAt' | 'number'>,
  b: Pick<Issue, 'createdAt' | 'number'>,
): number {
  if (a.createdAt !== b.createdAt) return a.createdAt > b.createdAt ? -1 : 1;
  return b.number - a.number;
}

/**
 * Whether numbers follow the times of creation. Pages that were read while the list changed may overlap: only issues of
 * one time are judged by where they stand.
 */
function isRegular(entries: readonly PlacedIssue[]): boolean {
  const issues = entries.map(({ issue }) => issue);
  const follows = (before: Issue | undefined, issue: Issue): boolean =>
    before === undefined || before.number >= issue.number;
  return (
    issues.every((issue, index) => {
      const before = issues[index - 1];
      return before?.createdAt !== issue.createdAt || follows(before, issue);
    }) && issues.toSorted(inServerOrder).every((issue, index, sorted) => follows(sorted[index - 1], issue))
  );
}
