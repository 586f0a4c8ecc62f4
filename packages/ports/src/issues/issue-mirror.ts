import type { Issue, IssueComment, IssueNumber, Label, Milestone, Timestamp } from '@markitect/domain';
import { definePort } from '../port.js';

/** An issue with what belongs to it, as a mirror keeps it. */
export interface MirroredIssue {
  readonly issue: Issue;
  readonly comments: readonly IssueComment[];
  /** The issues it waits for. */
  readonly blockers: readonly IssueNumber[];
}

/** How far a mirror is. */
export interface MirrorProgress {
  /** Where an interrupted pass over all issues goes on; absent when the last one was completed or none was begun. */
  readonly cursor?: string;
  /** When the pass under way began, by the clock of the tracker where it tells. */
  readonly startedAt?: Timestamp;
  /** What has changed since then is not in the mirror; absent before the first pass was completed. */
  readonly since?: Timestamp;
  /** When the mirror last was as the tracker was. */
  readonly syncedAt?: Timestamp;
}

/** What one step of a synchronisation changes, in one commit. */
export interface MirrorStep {
  /** Take the place of what was stored under their numbers, unless that was changed later: two processes may synchronise. */
  readonly issues?: readonly MirroredIssue[];
  /** Are no longer there. */
  readonly removed?: readonly IssueNumber[];
  /** All labels there are. */
  readonly labels?: readonly Label[];
  /** All milestones there are. */
  readonly milestones?: readonly Milestone[];
  readonly progress: MirrorProgress;
}

/** A copy of a tracker's issues that can be read when the tracker cannot. Its issues are read through an `IssueRepository`. */
export interface IssueMirror {
  progress(): Promise<MirrorProgress>;

  /** Does a step whole or not at all; doing it twice leaves what doing it once leaves. */
  apply(step: MirrorStep): Promise<void>;

  /** The numbers of the issues it has, by number. */
  numbers(): Promise<readonly IssueNumber[]>;
}

export const issueMirrorPort = definePort<IssueMirror>('IssueMirror', {
  progress: { kind: 'read', idempotent: true },
  apply: { kind: 'write', idempotent: true },
  numbers: { kind: 'read', idempotent: true },
});
