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
  /** When {@link since} was seen to be the last change, by the clock here. */
  readonly sinceSeenAt?: Timestamp;
  /**
   * What was changed at this time or earlier, by the clock of the tracker, was read when that was over: what has the
   * same time still, is the same.
   */
  readonly settled?: Timestamp;
  /** When the mirror last was as the tracker was. */
  readonly syncedAt?: Timestamp;
}

/** Whose turn it is to fill a mirror. */
export interface MirrorTurn {
  /** Names this turn; different from that of every other one. */
  readonly token: string;
  /** Who has it, for people: `markitect serve (process 4711 on build-1)`. */
  readonly holder: string;
  readonly since: Timestamp;
  /** When it ends unless it is renewed. */
  readonly until: Timestamp;
}

/** Who wants the turn, and for how long. */
export interface TurnRequest extends Pick<MirrorTurn, 'token' | 'holder'> {
  readonly ttlMs: number;
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

  /** The issues it has of these numbers, in the order asked for; `undefined` where it has none. */
  getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]>;

  /**
   * Takes the turn when nobody has it, or renews it for the token that has it, and answers whose it is then: of many who
   * ask at the same time one gets it. A turn ends by itself when its time is over, and where that can be seen when its
   * process is gone. It saves work and is no lock: steps of two who fill a mirror at the same time make nothing false.
   */
  takeTurn(request: TurnRequest): Promise<MirrorTurn>;

  /** Gives the turn back. Does nothing when the token does not have it. */
  endTurn(token: string): Promise<void>;
}

export const issueMirrorPort = definePort<IssueMirror>('IssueMirror', {
  progress: { kind: 'read', idempotent: true },
  apply: { kind: 'write', idempotent: true },
  numbers: { kind: 'read', idempotent: true },
  getMany: { kind: 'read', idempotent: true },
  takeTurn: { kind: 'write', idempotent: true },
  endTurn: { kind: 'write', idempotent: true },
});
