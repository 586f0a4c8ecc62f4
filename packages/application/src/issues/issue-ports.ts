import type { BoardRules } from '@markitect/domain';
import type {
  DocumentRepository,
  IssueBlockers,
  IssueRepository,
  OperationLimits,
  ProjectRepository,
  WorkspaceRepository,
} from '@markitect/ports';
import type { BoardReader } from './board-reader.js';

/** What issues need from outside. */
export interface IssuePorts {
  /** The tracker in use. Made by `staleReads`, it answers with what was last known while it is down. */
  readonly issues: IssueRepository;
  /** The boards the tracker keeps itself; absent: the board follows the rules. */
  readonly projects?: ProjectRepository;
  /** Puts boards together. Default: from `issues` and `projects`, each time. */
  readonly boards?: BoardReader;
  /** What cards wait for, where that is known at once. Default: it is not told. */
  readonly blockers?: IssueBlockers;
  /** The name of the user whose token the tracker is asked with; `undefined`: it does not say. */
  readonly user?: () => Promise<string | undefined>;
  readonly documents: DocumentRepository;
  readonly workspaces: WorkspaceRepository;
}

export interface IssueServiceOptions {
  readonly rules: BoardRules;
  /** How old an answer may be while the tracker is down, in milliseconds. Default: any age. */
  readonly staleMaxAgeMs?: number;
  /**
   * The most milliseconds that showing an issue takes with all that belongs to it: parts that are not there then are
   * missing. Default: each request has its own deadline only.
   */
  readonly showDeadlineMs?: number;
  readonly now?: () => Date;
}

/**
 * How a read may be answered. A read may take several requests: deadline and signal are for all of them together, while
 * the deadline of a connection is for each. When they end a read, what was last known answers if that is allowed.
 */
export interface ReadOptions extends OperationLimits {
  /**
   * How old the answer may be when the tracker does not answer, in milliseconds; 0: it has to be what the tracker says
   * now. Default: what the service was made with.
   */
  readonly maxAgeMs?: number;
}
