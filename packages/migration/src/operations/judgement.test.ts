import { describe, expect, it } from '@jest/globals';
import {
  type BackfillState,
  type CutoverState,
  type CutoverTally,
  defaultCutoverLimits,
  type DiffState,
} from '@markitect/domain';
import { blockers, type Evidence } from './judgement.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const backfill: BackfillState = {
  status: 'complete',
  seen: 9,
  copied: 9,
  startedAt: at(0),
  updatedAt: at(1),
};
const diff: DiffState = {
  status: 'complete',
  percent: 100,
  compared: 9,
  onlyLegacy: 0,
  onlyModern: 0,
  different: 0,
  startedAt: at(2),
  updatedAt: at(3),
};
const state: CutoverState = {
  component: 'notes',
  stage: 'mirror',
  percent: 0,
  epoch: 2,
  isCarryingOver: false,
  backfill,
  diff,
  limits: defaultCutoverLimits,
  changedAt: at(0),
};
const tally = (side: CutoverTally['side'], changes: Partial<CutoverTally> = {}): CutoverTally => ({
  component: 'notes',
  side,
  operations: 1000,
  errors: 0,
  compared: 0,
  mismatched: 0,
  medianMs: 1,
  ...changes,
});
const ready: Evidence = {
  state,
  depth: { inFlight: 3, pending: 0 },
  tallies: [tally('legacy'), tally('modern', { compared: 1000 })],
  now: Date.parse(at(4)),
  isShared: false,
};
const gates = (changes: Partial<Evidence>): readonly string[] =>
  blockers({ ...ready, ...changes }).map(({ gate }) => gate);
const stated = (changes: Partial<CutoverState>) => ({ state: { ...state, ...changes } });

describe('a judgement', () => {
  it('finds nothing in the way of what is ready', () => {
    expect(blockers(ready)).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, readonly string[]]>([
    ['no backfill', stated({ backfill: undefined as never }), ['backfill']],
    ['a stopped backfill', stated({ backfill: { ...backfill, status: 'stopped' } }), ['backfill']],
    ['no diff', stated({ diff: undefined as never }), ['diff']],
    ['a sampled diff', stated({ diff: { ...diff, percent: 10 } }), ['diff']],
    ['a dirty diff', stated({ diff: { ...diff, onlyModern: 1 } }), ['diff']],
    ['a diff before the backfill', stated({ diff: { ...diff, startedAt: at(0) } }), ['diff']],
    ['an old diff', { now: Date.parse(at(200)) }, ['diff']],
    ['repairs', { depth: { inFlight: 0, pending: 1 } }, ['repairs']],
    ['mismatches', { tallies: [tally('modern', { compared: 1000, mismatched: 2 })] }, ['mismatches']],
    ['errors', { tallies: [tally('modern', { errors: 11 })] }, ['errors']],
    ['slowness', { tallies: [tally('legacy'), tally('modern', { medianMs: 3.1 })] }, ['latency']],
  ])('names %s', (_, changes, expected) => {
    expect(gates(changes)).toEqual(expected);
  });

  it('says nothing of what was not measured enough, and asks for no copies of one shared store', () => {
    const few = { operations: 99, errors: 99, compared: 99, mismatched: 99, medianMs: 99 };
    expect(gates({ tallies: [tally('legacy'), tally('modern', few)] })).toEqual([]);
    const bare = stated({ backfill: undefined as never, diff: undefined as never });
    expect(gates({ ...bare, isShared: true })).toEqual([]);
  });
});
