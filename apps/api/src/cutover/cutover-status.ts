import type {
  CutoverLogEntry,
  CutoverSide,
  CutoverStage,
  CutoverState,
  CutoverTally,
} from '@markitect/domain';
import type { Blocker } from '@markitect/migration';

/** Where a component stands, and what keeps it from its next step. */
export interface CutoverStatus extends CutoverState {
  /** Both sides are one store, reached in two ways: nothing is copied or compared key by key. */
  readonly isShared: boolean;
  readonly places: Readonly<Record<CutoverSide, string>>;
  /** The other side answers while the one that should is down. */
  readonly isDegraded: boolean;
  readonly repairs: { readonly inFlight: number; readonly pending: number };
  /** How long the oldest key that waits to be copied has waited, in milliseconds; 0: none waits. */
  readonly lagMs: number;
  /** What was measured lately, by side: since the last change of the stage, at most for 15 minutes. */
  readonly measured: readonly CutoverTally[];
  /** The step that comes next; absent: it is complete. */
  readonly next?: CutoverStep;
  /** What keeps it from that. */
  readonly blockers: readonly Blocker[];
  readonly lastChange?: CutoverLogEntry;
}

/** A step of a cutover. */
export type CutoverStep = 'start' | 'switch-reads' | 'switch-writes' | 'complete';

/** The step that comes after a stage. */
export function nextStep(stage: CutoverStage, percent: number): CutoverStep | undefined {
  const steps = {
    legacy: 'start',
    mirror: 'switch-reads',
    served: percent < 100 ? 'switch-reads' : 'switch-writes',
    modern: 'complete',
    complete: undefined,
  } as const;
  return steps[stage];
}
