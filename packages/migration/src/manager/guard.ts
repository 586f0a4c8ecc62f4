import type { CutoverState } from '@markitect/domain';
import type { Component } from '../engine/component.js';
import type { CutoverOperations } from '../operations/cutover-operations.js';
import { type Blocker, excesses } from '../operations/judgement.js';

/** How far back the guard looks at most, in milliseconds. */
const WINDOW_MS = 60_000;

/**
 * Watches a component after a switch: when errors, mismatches or latency of modern pass the limits it goes back one step, and
 * says why in the log. Answers why, or that all is well.
 */
export async function watch(
  component: Component,
  operations: CutoverOperations,
): Promise<readonly Blocker[]> {
  const state: CutoverState = await component.reload();
  if (state.stage !== 'served' && state.stage !== 'modern') return [];
  const { store, name, clock } = component;
  const since = Math.max(Date.parse(state.changedAt), clock.now() - WINDOW_MS);
  const found = excesses(state, await store.tallies(name, new Date(since).toISOString()));
  if (found.length === 0) return [];
  // Only from where it was judged: the guards of several processes go back one step together, not one each.
  const request = { who: 'guard', why: found.map(({ reason }) => reason).join('; ') };
  await operations.reverse(request, state.epoch);
  return found;
}
