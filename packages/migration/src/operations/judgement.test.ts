import { describe, expect, it } from '@jest/globals';
import {
  type BackfillState,
  type CutoverState,
  type CutoverTally,
  defaultCutoverLimits,
  type DiffState,
} from '@markitect/domain';
import { blockers, type Evidence, notes } from './judgement.js';

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
const unkeyed = (count: number) => ({ side: 'legacy', count, first: ['line 7'] }) as const;
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
    ['a diff begun long ago, though it has ended lately', { now: Date.parse(at(62)) + 1 }, ['diff']],
    ['what has no key', stated({ diff: { ...diff, unkeyed: [unkeyed(3)] } }), ['diff']],
    [
      'keys nobody can ask for',
      stated({ diff: { ...diff, unaddressable: { count: 1, first: [''] } } }),
      ['diff'],
    ],
    ['repairs', { depth: { inFlight: 0, pending: 1 } }, ['repairs']],
    ['mismatches', { tallies: [tally('modern', { compared: 1000, mismatched: 2 })] }, ['mismatches']],
    ['errors', { tallies: [tally('modern', { errors: 11 })] }, ['errors']],
    ['slowness', { tallies: [tally('legacy'), tally('modern', { medianMs: 3.1 })] }, ['latency']],
  ])('names %s', (_, changes, expected) => {
    expect(gates(changes)).toEqual(expected);
  });

  it.each<[string, Partial<CutoverState>, string]>([
    [
      'keyless records',
      { diff: { ...diff, unkeyed: [unkeyed(3)] } },
      '3 records of legacy have no key of their own: give them one or remove them',
    ],
    [
      'one of them',
      { diff: { ...diff, unkeyed: [unkeyed(1)] } },
      '1 record of legacy has no key of its own: give it one or remove it',
    ],
    ['a run', { backfill: { ...backfill, status: 'running', updatedAt: at(3) } }, 'the backfill is running'],
    ['a killed run', { backfill: { ...backfill, status: 'running' } }, 'the backfill was cut off'],
    ['a killed diff', { diff: { ...diff, status: 'running', updatedAt: at(2) } }, 'the diff was cut off'],
    [
      'a failed run',
      {
        backfill: { ...backfill, status: 'stopped', failure: { code: 'DATABASE_FULL', message: 'no room' } },
      },
      'the backfill has failed: no room',
    ],
  ])('says what is with %s', (_, changes, reason) => {
    expect(blockers({ ...ready, ...stated(changes) })).toContainEqual(expect.objectContaining({ reason }));
  });

  it('notes what was measured too little to say anything, and blocks nothing for it', () => {
    const unmeasured = { ...ready, tallies: [tally('modern', { operations: 7, compared: 99 })] };
    expect(blockers(unmeasured)).toEqual([]);
    expect(notes(unmeasured)).toEqual([
      expect.stringMatching(/^99 reads compared .* \(100 asked for\): the mismatch rate says nothing$/),
      expect.stringMatching(/^7 operations of modern /),
    ]);
    expect(notes(ready)).toEqual([]);
  });

  it('says nothing of what was not measured enough, and asks for no copies of one shared store', () => {
    const few = { operations: 99, errors: 99, compared: 99, mismatched: 99, medianMs: 99 };
    expect(gates({ tallies: [tally('legacy'), tally('modern', few)] })).toEqual([]);
    const bare = stated({ backfill: undefined as never, diff: undefined as never });
    expect(gates({ ...bare, isShared: true })).toEqual([]);
  });
});
