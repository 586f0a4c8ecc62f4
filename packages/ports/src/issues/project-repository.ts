import type { IssueNumber } from '@markitect/domain';
import { definePort } from '../port.js';

/** A board that the tracker itself keeps. */
export interface Project {
  readonly id: number;
  readonly title: string;
  readonly isClosed: boolean;
}

/** A column of such a board, with the issues in it from top to bottom. */
export interface ProjectColumn {
  readonly id: number;
  readonly title: string;
  readonly issues: readonly IssueNumber[];
}

/**
 * The boards that a tracker keeps by itself. Errors of all operations: NotSupported `PROJECTS_NOT_SUPPORTED` (then the
 * board is computed from labels, milestones and state); those of `IssueRepository`.
 */
export interface ProjectRepository {
  /** The boards of the tracker, by id. */
  projects(): Promise<readonly Project[]>;

  /** The columns of a board, from left to right. Throws NotFound `PROJECT_NOT_FOUND`. */
  columns(project: number): Promise<readonly ProjectColumn[]>;

  /** Puts an issue into a column of a board. Throws NotFound `PROJECT_NOT_FOUND`, `ISSUE_NOT_FOUND`. */
  move(project: number, column: number, issue: IssueNumber): Promise<void>;
}

export const projectRepositoryPort = definePort<ProjectRepository>('ProjectRepository', {
  projects: { kind: 'read', idempotent: true },
  columns: { kind: 'read', idempotent: true, key: String },
  move: { kind: 'write', idempotent: true, key: String },
});
