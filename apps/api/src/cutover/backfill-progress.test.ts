import { expect, it } from '@jest/globals';
import type { BackfillState } from '@markitect/domain';
import { backfillProgress } from './backfill-progress.js';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const state: BackfillState = {
  status: 'running',
  seen: 200,
  copied: 150,
  total: 1000,
  startedAt: at(100),
  updatedAt: at(104),
};

it('tells how fast a backfill is that runs, and how long the rest takes', () => {
  expect(backfillProgress(state, 104_500)).toEqual({ ...state, keysPerSecond: 50, remainingMs: 16_000 });
  const { total, ...uncounted } = state;
  expect(total).toBe(1000);
  expect(backfillProgress(uncounted, 104_500)).toEqual({ ...uncounted, keysPerSecond: 50 });
  // More have come than there were.
  expect(backfillProgress({ ...state, seen: 1200 }, 104_500).remainingMs).toBe(0);
});

it('does not count what was done before it was cut off', () => {
  const resumed = { at: at(102), seen: 100 };
  expect(backfillProgress({ ...state, resumed }, 104_500)).toMatchObject({
    keysPerSecond: 50,
    remainingMs: 16_000,
  });
});

it('tells nothing of one that has just begun, is over, or was not heard of for long', () => {
  for (const other of [
    { ...state, seen: 0 },
    { ...state, resumed: { at: at(103), seen: 200 } },
    { ...state, updatedAt: state.startedAt },
    { ...state, status: 'stopped' as const },
    { ...state, status: 'complete' as const },
  ]) {
    expect(backfillProgress(other, 104_500)).toEqual(other);
  }
  expect(backfillProgress(state, 164_001)).toEqual(state);
});
