import type { Issue, IssueNumber, IssueQuery } from '@markitect/domain';

/** What of the board to show. */
export interface BoardRequest {
  /** Only issues that meet it; its order is not used. */
  readonly filter?: Omit<IssueQuery, 'sort' | 'order'>;
  /** The most cards of each column, 1 to 500. Default 20. */
  readonly cards?: number;
}

/** An issue on the board. */
export interface BoardCard {
  readonly issue: Issue;
  /** The label that says how urgent it is. */
  readonly priority?: string;
  /**
   * The open issues it waits for, by number; absent: none, or it is not known without asking for each card. Of Gitea it
   * is known from the copy, as of the last synchronisation.
   */
  readonly blockedBy?: readonly IssueNumber[];
}

export interface BoardColumn {
  readonly name: string;
  /**
   * The most urgent first, then those changed last; of closed issues those changed last. On a board that the tracker
   * keeps: from top to bottom.
   */
  readonly cards: readonly BoardCard[];
  /** How many issues stand in it, those that are not among the cards included. */
  readonly total: number;
}

export interface Board {
  /** The board of the tracker; absent: it follows the rules. */
  readonly project?: string;
  /** From left to right. */
  readonly columns: readonly BoardColumn[];
}

/** What moving a card did. */
export interface Moved {
  readonly issue: Issue;
  /** The name of the column in which it stands now. */
  readonly column: string;
  /** Whether anything had to be changed. */
  readonly changed: boolean;
}
