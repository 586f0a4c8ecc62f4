import type { IssueNumber } from '@markitect/domain';
import { definePort } from '../port.js';

/** What many issues wait for, told at once: for lists and boards, where asking for each would cost too much. */
export interface IssueBlockers {
  /**
   * Of the issues of these numbers that wait for open ones: the numbers of those, by number. `undefined`: it is not known
   * here. Throws the errors of a database.
   */
  openBlockers(
    numbers: readonly IssueNumber[],
  ): Promise<ReadonlyMap<IssueNumber, readonly IssueNumber[]> | undefined>;
}

export const issueBlockersPort = definePort<IssueBlockers>('IssueBlockers', {
  openBlockers: { kind: 'read', idempotent: true },
});
