import type { BoardRules } from './board.js';
import type { Issue } from './issue.js';
import type { IssueNumber } from './issue-number.js';

/** What is to be known of an issue besides what it says of itself. */
export interface IssueConditions {
  /** The open issues it waits for, by number. A closed issue waits for none. */
  readonly blockedBy: readonly IssueNumber[];
  /** It is open, and the day on which it was due is over, in UTC. */
  readonly overdue: boolean;
  /** It is open, and nobody has touched it for as many days as the rules say. */
  readonly stale: boolean;
  /** The whole days since it was last touched. */
  readonly idleDays: number;
}

const DAY_MS = 86_400_000;

/** Judges an issue by the issues it waits for and the time. */
export function issueConditions(
  issue: Pick<Issue, 'state' | 'dueOn' | 'updatedAt'>,
  blockers: readonly Pick<Issue, 'number' | 'state'>[],
  { staleAfterDays }: Pick<BoardRules, 'staleAfterDays'>,
  now: Date,
): IssueConditions {
  const isOpen = issue.state === 'open';
  // The tracker's clock may be ahead of ours.
  const idleDays = Math.max(0, Math.floor((now.getTime() - Date.parse(issue.updatedAt)) / DAY_MS));
  return {
    blockedBy: isOpen
      ? blockers
          .filter(({ state }) => state === 'open')
          .map(({ number }) => number)
          .sort((a, b) => a - b)
      : [],
    overdue: isOpen && issue.dueOn !== undefined && issue.dueOn < now.toISOString().slice(0, 10),
    stale: isOpen && idleDays >= staleAfterDays,
    idleDays,
  };
}
