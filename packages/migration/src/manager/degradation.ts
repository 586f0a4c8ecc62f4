import { type CutoverSide, type CutoverState, isMirrored, otherSide, primaryOf } from '@markitect/domain';
import type { CutoverStateStore } from '@markitect/ports';
import type { Component } from '../engine/component.js';
import type { CutoverOperations } from '../operations/cutover-operations.js';

/** Finds out whether a side can be used. Throws when it can't. */
export type Probe = (side: CutoverSide) => Promise<void>;

/** So many failed probes in a row, and a side counts as down; as many good ones, and it is back. */
const ENOUGH = 3;

/** As many lines of the log are looked at for the last change: notes of backfills and the like stand there, too. */
const LINES = 50;

/** Where a component stood before it was degraded; `undefined`: it is not. Throws what the store throws. */
export async function degradedFrom(
  store: CutoverStateStore,
  component: string,
): Promise<Pick<CutoverState, 'stage' | 'percent'> | undefined> {
  const { items } = await store.log({ component, limit: LINES });
  const last = items.find(({ from, to }) => from.stage !== to.stage || from.percent !== to.percent);
  return last?.action === 'degrade' ? last.from : undefined;
}

/**
 * Lets the other side answer while the one that should is down, and gives back when it has returned and what was written
 * meanwhile is carried over. It is a change of stage like any other, with its line in the log: `degrade` and `restore`.
 */
export class Degradation {
  readonly #component: Component;
  readonly #operations: CutoverOperations;
  readonly #probe: Probe;
  readonly #inARow: Record<CutoverSide, { good: number; bad: number }> = {
    legacy: { good: 0, bad: 0 },
    modern: { good: 0, bad: 0 },
  };

  constructor(component: Component, operations: CutoverOperations, probe: Probe) {
    this.#component = component;
    this.#operations = operations;
    this.#probe = probe;
  }

  /** Whether a side counts as up: it does until it has failed often enough. */
  isUp(side: CutoverSide): boolean {
    return this.#inARow[side].bad < ENOUGH;
  }

  /** See {@link degradedFrom}. */
  degradedFrom(): Promise<Pick<CutoverState, 'stage' | 'percent'> | undefined> {
    return degradedFrom(this.#component.store, this.#component.name);
  }

  /** Looks at both sides, and degrades or restores where that is due. */
  async check(): Promise<void> {
    await Promise.all([this.#look('legacy'), this.#look('modern')]);
    const state = await this.#component.reload();
    if (!isMirrored(state.stage)) return;
    const from = await this.degradedFrom();
    if (from !== undefined) await this.#restore(state, from);
    else await this.#degrade(state);
  }

  async #degrade(state: CutoverState): Promise<void> {
    const primary = primaryOf(state.stage);
    const other = otherSide(primary);
    // Only a side that has everything can stand in.
    const isFull = this.#component.replicas === undefined || state.backfill?.status === 'complete';
    if (this.isUp(primary) || !this.isUp(other) || !isFull) return;
    const [stage, percent] = other === 'modern' ? (['modern', 100] as const) : (['mirror', 0] as const);
    const request = { who: 'manager', why: `${primary} is down` };
    await this.#operations.step(stage, percent, 'degrade', request, state.epoch);
  }

  async #restore(state: CutoverState, from: Pick<CutoverState, 'stage' | 'percent'>): Promise<void> {
    const back = primaryOf(from.stage);
    if (this.#inARow[back].good < ENOUGH) return;
    const { pending } = await this.#component.store.depth(state.component);
    if (pending > 0) return;
    await this.#operations.step(from.stage, from.percent, 'restore', {
      who: 'manager',
      why: `${back} is back, and has what was written meanwhile`,
    });
  }

  async #look(side: CutoverSide): Promise<void> {
    const counts = this.#inARow[side];
    try {
      await this.#probe(side);
      counts.good += 1;
      counts.bad = 0;
    } catch {
      counts.good = 0;
      counts.bad += 1;
    }
  }
}
