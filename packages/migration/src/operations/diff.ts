import {
  Conflict,
  type CutoverSide,
  type CutoverState,
  type DiffState,
  primaryOf,
  shareOfKey,
} from '@markitect/domain';
import { compareCodePoints } from '@markitect/ports';
import { canonicalHash } from '../compare/canonical.js';
import { type Difference, differences } from '../compare/differences.js';
import type { Component } from '../engine/component.js';
import { copyMarked } from '../engine/copy-keys.js';
import { copyAsWrite } from '../engine/write-path.js';
import { requireFollower } from './backfill.js';
import { isClean, isStale } from './judgement.js';
import { nextKeys } from './next-keys.js';
import { type KeyState, readStates } from './read-states.js';
import { stoppedOnFailure, withoutFailure } from './stopped-on-failure.js';
import { MAX_NAMED, unaddressableOf, unkeyedOf } from './unkeyed-of.js';

/** A key that is not alike on both sides. */
export interface KeyDifference {
  readonly key: string;
  /** `damaged`: it cannot be read on one side or either; counted as different. */
  readonly kind: 'only-legacy' | 'only-modern' | 'different' | 'damaged';
  readonly fields: readonly Difference[];
  /** What is damaged, for a reader. */
  readonly damage?: string;
}

/** How a comparison is run. */
export interface DiffOptions {
  /**
   * Begin at the first key. Default: go on where the last run was cut off, unless what that has found is too old for a
   * judgement by now.
   */
  readonly restart?: boolean;
  /** The share of keys to compare, above 0 to 100. Default 100. */
  readonly percent?: number;
  /**
   * Copy what differs from this side to the other one. `primary`: from the one that answers when it begins, whichever that
   * is; a side that does not answer takes the place of what was written to the one that does. Default: change nothing.
   */
  readonly repair?: CutoverSide | 'primary';
  /** How many keys of a side are asked for at a time. Default 200. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
  /** Told of the former run that this one goes on with. */
  readonly onResume?: (former: DiffState) => void;
  readonly onDifference?: (difference: KeyDifference) => void;
  readonly onProgress?: (state: DiffState) => void;
}

/** Keys that are compared together. */
const BATCH = 200;

/** A key that is written while it is compared is compared again; after so many times it counts as it is. */
const MAX_LOOKS = 5;
const LOOK_PAUSE_MS = 20;

/** Before a key that could not be repaired is tried again, in milliseconds. */
const REPAIR_PAUSE_MS = 500;

/**
 * Compares both sides key by key, in both directions: the keys of either are merged in their order. A key that is marked
 * is compared when the write has ended; one that is damaged or may not be read counts as different. With `repair` what
 * differs is copied from the side named, and counts as alike when it is alike then. A sample is not stored where there is a
 * full comparison, unless it finds something where that one has found nothing. Throws Conflict `CUTOVER_NOT_READY` where
 * nothing follows; what either side throws (the checkpoint stays, with the error).
 */
export async function diff(component: Component, options: DiffOptions = {}): Promise<DiffState> {
  const { store, replicas, name, clock } = component;
  const at = (): string => new Date(clock.now()).toISOString();
  // From before the stage is asked for: what is begun before `legacy` is entered must not be taken for newer.
  const startedAt = at();
  const begun = await component.reload();
  requireFollower(component, begun);
  if (replicas === undefined) throw new TypeError('a component without replicas has no differences');
  const primary = primaryOf(begun.stage);
  const repairFrom = options.repair === 'primary' ? primary : options.repair;
  const percent = options.percent ?? 100;
  const former = options.restart === true ? undefined : formerOf(begun, percent, clock.now());
  if (former?.checkpoint !== undefined) options.onResume?.(former);
  const fresh = { compared: 0, onlyLegacy: 0, onlyModern: 0, different: 0, startedAt };
  let state: DiffState = {
    ...(former === undefined ? fresh : withoutFailure(former)),
    percent,
    status: 'running',
    updatedAt: at(),
  };
  const save = async (change: Partial<DiffState>): Promise<void> => {
    state = { ...state, ...change, updatedAt: at() };
    if (await isStored(component, state)) await store.update(name, { diff: state });
    options.onProgress?.(state);
  };
  return stoppedOnFailure(save, async () => {
    await save({ unkeyed: await unkeyedOf(replicas) });
    for (;;) {
      if (options.signal?.aborted === true) {
        await save({ status: 'stopped' });
        return state;
      }
      const { keys, isLast } = await nextKeys(replicas, state.checkpoint, options.batch ?? BATCH);
      const chosen = keys.filter((key) => percent >= 100 || shareOfKey(`diff:${name}`, key) < percent);
      const found = await differing(component, chosen, primary, repairFrom);
      const odd = await unaddressableOf(replicas, chosen);
      for (const each of found) options.onDifference?.(each);
      const counted = (kind: KeyDifference['kind']): number =>
        found.filter((each) => each.kind === kind).length;
      const last = keys.at(-1);
      await save({
        compared: state.compared + chosen.length,
        onlyLegacy: state.onlyLegacy + counted('only-legacy'),
        onlyModern: state.onlyModern + counted('only-modern'),
        different: state.different + counted('different') + counted('damaged'),
        ...(odd.length === 0 ? {} : { unaddressable: added(state.unaddressable, odd) }),
        ...(last === undefined ? {} : { checkpoint: last }),
        ...(isLast ? { status: 'complete' } : {}),
      });
      if (isLast) return state;
    }
  });
}

/** The run that is gone on with: it was cut off, has compared the same share, and a judgement may still take it. */
function formerOf(state: CutoverState, percent: number, now: number): DiffState | undefined {
  const { diff: former } = state;
  if (former === undefined || former.status === 'complete' || former.percent !== percent) return undefined;
  return isStale(former, state, now) === undefined ? former : undefined;
}

/** A sample takes the place of a full comparison only to say that this one is wrong by now. */
async function isStored(component: Component, state: DiffState): Promise<boolean> {
  if (state.percent >= 100) return true;
  const { diff: stored } = await component.reload();
  if (stored === undefined || stored.percent < 100) return true;
  return stored.status === 'complete' && isClean(stored) && !isClean(state);
}

function added(
  before: DiffState['unaddressable'],
  keys: readonly string[],
): NonNullable<DiffState['unaddressable']> {
  return {
    count: (before?.count ?? 0) + keys.length,
    first: [...(before?.first ?? []), ...keys].slice(0, MAX_NAMED),
  };
}

/** The keys that differ for good: that differed alike twice, and were not marked in between and after. */
async function differing(
  component: Component,
  keys: readonly string[],
  primary: CutoverSide,
  repairFrom: CutoverSide | undefined,
): Promise<readonly KeyDifference[]> {
  let found = await compareKeys(component, keys);
  if (repairFrom !== undefined && found.length > 0) {
    await copyFrom(component, primary, repairFrom, keysOf(found));
    found = await compareKeys(component, keysOf(found));
  }
  const settled: Comparison[] = [];
  for (let look = 1; found.length > 0; look += 1) {
    if (look > 1) await component.clock.sleep(LOOK_PAUSE_MS);
    const before = await markedOf(component, found);
    const again = await compareKeys(component, keysOf(found));
    const after = await markedOf(component, again);
    const isSettled = ({ key, print }: Comparison): boolean => {
      const isAlike = found.some((each) => each.key === key && each.print === print);
      return look >= MAX_LOOKS || (isAlike && !before.has(key) && !after.has(key));
    };
    settled.push(...again.filter(isSettled));
    found = again.filter((each) => !isSettled(each));
  }
  return settled
    .sort((left, right) => compareCodePoints(left.key, right.key))
    .map(({ key, kind, fields, damage }) => ({
      key,
      kind,
      fields,
      ...(damage === undefined ? {} : { damage }),
    }));
}

/**
 * Makes keys be as on the side named. From the side that answers they are copied as by a write. From the other one each is
 * taken first as what is carried over is: until it is copied it is read there, and no write of it begins; keys that are
 * marked are left out, for what is written just now is newer than what was compared. Throws Conflict `CUTOVER_CHANGED` when
 * another side answers now than when the side was named: what was right then is old.
 */
async function copyFrom(
  component: Component,
  primary: CutoverSide,
  from: CutoverSide,
  keys: readonly string[],
): Promise<void> {
  const { store, name, process, leftovers } = component;
  const requirePrimary = (side: CutoverSide): void => {
    if (side === primary) return;
    throw new Conflict('CUTOVER_CHANGED', `${name} is read from ${side} since this diff was begun`, {
      details: { component: name },
    });
  };
  if (from === primary) {
    await copyAsWrite(component, keys, async (side) => {
      requirePrimary(side);
      return Promise.resolve();
    });
    return;
  }
  for (const key of keys) {
    const { epoch, stage } = await component.reload();
    requirePrimary(primaryOf(stage));
    await component.stayHeardOf();
    const token = component.nextToken();
    const mark = { component: name, keys: [key], token, process, epoch, source: from };
    try {
      const answer = await store.mark(mark);
      if (!answer.isMarked) continue;
      if (answer.carried.length === 0) {
        const { left, failure } = await copyMarked(component, mark);
        if (left.length > 0) await leftovers.park({ ...mark, keys: left }, failure, REPAIR_PAUSE_MS);
        continue;
      }
    } catch (error) {
      await leftovers.release(mark);
      throw error;
    }
    await leftovers.release(mark);
  }
}

function keysOf(found: readonly Comparison[]): readonly string[] {
  return found.map(({ key }) => key);
}

async function markedOf(component: Component, found: readonly Comparison[]): Promise<ReadonlySet<string>> {
  const { marked } = await component.store.look(component.name, keysOf(found));
  return new Set(marked.map(({ key }) => key));
}

/** A difference, and what tells it from another one of the same key. */
interface Comparison extends KeyDifference {
  readonly print: string;
}

async function compareKeys(component: Component, keys: readonly string[]): Promise<readonly Comparison[]> {
  const { replicas } = component;
  if (replicas === undefined || keys.length === 0) return [];
  const [legacy, modern] = await Promise.all([
    readStates(replicas.legacy, keys),
    readStates(replicas.modern, keys),
  ]);
  return keys.flatMap((key, index) => comparison(key, legacy[index], modern[index]) ?? []);
}

/** `undefined`: both are alike. */
function comparison(
  key: string,
  legacy: KeyState | undefined,
  modern: KeyState | undefined,
): Comparison | undefined {
  const damage = legacy?.damage?.message ?? modern?.damage?.message;
  if (damage !== undefined) return { key, kind: 'damaged', fields: [], damage, print: damage };
  const [left, right] = [legacy?.state, modern?.state];
  const prints = [canonicalHash(left), canonicalHash(right)];
  if (prints[0] === prints[1]) return undefined;
  const kind = right === undefined ? 'only-legacy' : left === undefined ? 'only-modern' : 'different';
  return { key, kind, fields: differences(left, right), print: prints.join() };
}
