import {
  type BackfillState,
  Conflict,
  type CutoverState,
  isMirrored,
  otherSide,
  primaryOf,
} from '@markitect/domain';
import { canonicalJson } from '../compare/canonical.js';
import type { Component } from '../engine/component.js';
import { copyAsWrite } from '../engine/write-path.js';
import { nextKeys } from './next-keys.js';
import { readStates } from './read-states.js';
import { stoppedOnFailure, withoutFailure } from './stopped-on-failure.js';
import { unkeyedOf } from './unkeyed-of.js';

/** How a backfill is run. */
export interface BackfillOptions {
  /** Begin at the first key, also when a former run was cut off or is complete. Default: go on. */
  readonly restart?: boolean;
  /** The most keys in a second. Default: as many as can be. */
  readonly perSecond?: number;
  /**
   * Slow down while the median of live operations of the side that answers is above this, in milliseconds. Default: never.
   */
  readonly maxLatencyMs?: number;
  /** How many keys there are, for progress. Default: nobody knows. */
  readonly total?: number;
  /** How many keys of a side are asked for at a time. Default 100. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
  /** Told of the former run that this one goes on with. */
  readonly onResume?: (former: BackfillState) => void;
  readonly onProgress?: (state: BackfillState) => void;
}

/** Keys of a side that are looked at together. */
const BATCH = 100;

/** How far back latencies of live operations are looked at, in milliseconds. */
const LATENCY_WINDOW_MS = 5000;
const THROTTLE_PAUSE_MS = 250;

/** What waits looks so often whether it is to stop, in milliseconds … */
const WAIT_STEP_MS = 1000;
/** … and says that it is there when it has not for so long: see `isCutOff`. */
const SIGN_OF_LIFE_MS = 10_000;

/**
 * Copies every key that differs from the side that answers to the other one, from the last checkpoint on, until there are
 * no more or the signal aborts. A key that is damaged or may not be read on either side is left to the repairs, with the
 * reason. Each copy is made under a mark, as a write without a write: so it never puts an older state over one that is
 * written meanwhile. Throws Conflict `CUTOVER_NOT_READY` where nothing follows; what either side throws (the checkpoint
 * stays, with the error).
 */
export async function backfill(component: Component, options: BackfillOptions = {}): Promise<BackfillState> {
  const { store, replicas, name, clock } = component;
  const at = (): string => new Date(clock.now()).toISOString();
  // From before the stage is asked for: what is begun before `legacy` is entered must not be taken for newer.
  const startedAt = at();
  const begun = await component.reload();
  requireFollower(component, begun);
  if (replicas === undefined) throw nothingFollows(name);
  const source = primaryOf(begun.stage);
  const former =
    options.restart === true || begun.backfill?.status === 'complete' ? undefined : begun.backfill;
  if (former?.checkpoint !== undefined) options.onResume?.(former);
  let state: BackfillState = {
    ...(former === undefined
      ? { seen: 0, copied: 0, startedAt }
      : { ...withoutFailure(former), resumed: { at: startedAt, seen: former.seen } }),
    ...(options.total === undefined ? {} : { total: options.total }),
    status: 'running',
    updatedAt: at(),
  };
  const save = async (change: Partial<BackfillState>): Promise<void> => {
    state = { ...state, ...change, updatedAt: at() };
    await store.update(name, { backfill: state });
    options.onProgress?.(state);
  };
  const sayStillThere = async (): Promise<void> => {
    if (clock.now() - Date.parse(state.updatedAt) >= SIGN_OF_LIFE_MS) await save({});
  };
  return stoppedOnFailure(save, async () => {
    await save({ unkeyed: await unkeyedOf(replicas) });
    for (;;) {
      if (options.signal?.aborted === true) {
        await save({ status: 'stopped' });
        return state;
      }
      const from = clock.now();
      const current = await component.state();
      // After a change of stage the other side may answer: what is copied then is another question.
      if (!isMirrored(current.stage) || primaryOf(current.stage) !== source) throw nothingFollows(name);
      // Of both sides: what is gone from the one that answers must go from the other.
      const { keys, isLast } = await nextKeys(replicas, state.checkpoint, options.batch ?? BATCH);
      const copied = await copyDiffering(component, keys);
      const last = keys.at(-1);
      await save({
        seen: state.seen + keys.length,
        copied: state.copied + copied,
        ...(last === undefined ? {} : { checkpoint: last }),
        ...(isLast ? { status: 'complete' } : {}),
      });
      if (isLast) return state;
      await throttle(component, options, { keys: keys.length, tookMs: clock.now() - from }, sayStillThere);
    }
  });
}

/** Copies those of these keys that are not alike on both sides; answers how many. */
async function copyDiffering(component: Component, keys: readonly string[]): Promise<number> {
  const { replicas } = component;
  if (replicas === undefined || keys.length === 0) return 0;
  const source = primaryOf((await component.state()).stage);
  const [right, other] = await Promise.all([
    readStates(replicas[source], keys),
    readStates(replicas[otherSide(source)], keys),
  ]);
  const isDamaged = (index: number): boolean =>
    right[index]?.damage !== undefined || other[index]?.damage !== undefined;
  const differing = keys.filter(
    (_, index) =>
      !isDamaged(index) && canonicalJson(right[index]?.state) !== canonicalJson(other[index]?.state),
  );
  if (differing.length > 0) await copyAsWrite(component, differing);
  // Each for itself: what cannot be copied is left to the repairs, and keeps the others back no longer.
  for (const key of keys.filter((_, index) => isDamaged(index))) await copyAsWrite(component, [key]);
  return differing.length;
}

/** Waits as long as the options ask for after a batch; no longer when it is to stop. */
async function throttle(
  { clock, store, name }: Component,
  { perSecond, maxLatencyMs, signal }: BackfillOptions,
  { keys, tookMs }: { readonly keys: number; readonly tookMs: number },
  sayStillThere: () => Promise<void>,
): Promise<void> {
  const isStopped = (): boolean => signal?.aborted === true;
  let leftMs = perSecond === undefined ? 0 : (keys / perSecond) * 1000 - tookMs;
  while (leftMs > 0 && !isStopped()) {
    await clock.sleep(Math.min(leftMs, WAIT_STEP_MS));
    leftMs -= WAIT_STEP_MS;
    await sayStillThere();
  }
  while (maxLatencyMs !== undefined && !isStopped()) {
    const tallies = await store.tallies(name, new Date(clock.now() - LATENCY_WINDOW_MS).toISOString());
    if (tallies.every(({ medianMs = 0 }) => medianMs <= maxLatencyMs)) return;
    await clock.sleep(THROTTLE_PAUSE_MS);
    await sayStillThere();
  }
}

/** Throws Conflict `CUTOVER_NOT_READY` where nothing follows the side that answers. */
export function requireFollower(component: Component, { stage }: CutoverState): void {
  if (component.replicas === undefined || !isMirrored(stage)) throw nothingFollows(component.name);
}

function nothingFollows(name: string): Conflict {
  return new Conflict(
    'CUTOVER_NOT_READY',
    `${name}: nothing is copied in this stage; start the cutover first`,
    {
      details: { component: name, blockers: ['not-mirrored'] },
    },
  );
}
