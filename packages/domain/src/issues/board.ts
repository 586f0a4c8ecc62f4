import type { IssueState } from './issue.js';

/** What makes an issue stand in a column. All that is given has to hold. */
export interface ColumnCondition {
  readonly state?: IssueState;
  /** The name of a label. */
  readonly label?: string;
  /** The title of a milestone. */
  readonly milestone?: string;
}

/** A column of the board and what it is made of. */
export interface ColumnRule {
  readonly name: string;
  readonly condition: ColumnCondition;
}

/** How issues are shown as a board. */
export interface BoardRules {
  /**
   * From left to right. An issue stands in the column whose condition holds and asks for most (a milestone counts
   * before a label, a label before a state); of equals in the first. A closed issue for which columns with
   * `state: 'closed'` hold stands in one of those, whatever labels and milestone it still has.
   */
  readonly columns: readonly ColumnRule[];
  /** Labels that say how urgent an issue is, the most urgent first. */
  readonly priorities: readonly string[];
  /** An open issue that nobody has touched for so many days is stale. */
  readonly staleAfterDays: number;
}
