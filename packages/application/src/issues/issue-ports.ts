import type { BoardRules } from '@markitect/domain';
import type {
  DocumentRepository,
  IssueRepository,
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
  readonly documents: DocumentRepository;
  readonly workspaces: WorkspaceRepository;
}

export interface IssueServiceOptions {
  readonly rules: BoardRules;
  /** How old an answer may be while the tracker is down, in milliseconds. Default: any age. */
  readonly staleMaxAgeMs?: number;
  readonly now?: () => Date;
}

/** How a read may be answered. */
export interface ReadOptions {
  /**
   * How old the answer may be when the tracker does not answer, in milliseconds; 0: it has to be what the tracker says
   * now. Default: what the service was made with.
   */
  readonly maxAgeMs?: number;
}
