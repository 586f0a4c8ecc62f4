import type {
  CutoverLogEntry,
  CutoverSide,
  CutoverStage,
  CutoverState,
  CutoverTally,
} from '@markitect/domain';
import { type Blocker, CutoverOperations, degradedFrom } from '@markitect/migration';
import type { CutoverStateStore } from '@markitect/ports';
import { type BackfillProgress, backfillProgress } from './backfill-progress.js';
import { SLOW_MS } from './explain-repair.js';
import type { MovedComponent } from './moved-component.js';
import type { SideHealth, SideProbes } from './side-probes.js';

/** Where a component stands, and what keeps it from its next step. */
export interface CutoverStatus extends CutoverState, SideHealth {
  readonly backfill?: BackfillProgress;
  /** Both sides are one store, reached in two ways: nothing is copied or compared key by key. */
  readonly isShared: boolean;
  readonly places: Readonly<Record<CutoverSide, string>>;
  /** The other side answers while the one that should is down. */
  readonly isDegraded: boolean;
  readonly repairs: { readonly inFlight: number; readonly pending: number };
  /**
   * How long the oldest key that waits to be copied has waited, in milliseconds; 0: none waits. One that is in flight for
   * ten seconds counts as waiting.
   */
  readonly lagMs: number;
  /** What was measured lately, by side: since the last change of the stage, at most for 15 minutes. */
  readonly measured: readonly CutoverTally[];
  /** The step that comes next; absent: it is complete. */
  readonly next?: CutoverStep;
  /** What keeps it from that. */
  readonly blockers: readonly Blocker[];
  readonly lastChange?: CutoverLogEntry;
}

/** How far back measurements are shown, at most, in milliseconds. */
const WINDOW_MS = 15 * 60_000;

/** Where a component stands now. Throws what the store throws; that a side is down is part of the answer. */
export async function readStatus(
  moved: MovedComponent,
  store: CutoverStateStore,
  probes: SideProbes,
): Promise<CutoverStatus> {
  const { component, places } = moved;
  const { name } = component;
  const state = await component.reload();
  const now = component.clock.now();
  const since = new Date(Math.max(Date.parse(state.changedAt), now - WINDOW_MS)).toISOString();
  const [repairs, oldest, measured, log, blockers, before, health] = await Promise.all([
    store.depth(name),
    store.repairs(name, { limit: 1 }),
    store.tallies(name, since),
    store.log({ component: name, limit: 1 }),
    new CutoverOperations(component).blockers(),
    degradedFrom(store, name),
    probes.look(moved),
  ]);
  const next = nextStep(state.stage, state.percent);
  const [first] = oldest.items;
  const [last] = log.items;
  const age = first === undefined ? 0 : Math.max(0, now - Date.parse(first.createdAt));
  return {
    ...state,
    ...(state.backfill === undefined ? {} : { backfill: backfillProgress(state.backfill, now) }),
    ...health,
    isShared: component.replicas === undefined,
    places,
    isDegraded: before !== undefined,
    repairs,
    lagMs: repairs.pending > 0 || age > SLOW_MS ? age : 0,
    measured,
    ...(next === undefined ? {} : { next }),
    blockers: next === undefined || next === 'start' ? [] : blockers,
    ...(last === undefined ? {} : { lastChange: last }),
  };
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
