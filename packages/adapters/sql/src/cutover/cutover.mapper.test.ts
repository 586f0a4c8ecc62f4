import { describe, expect, it } from '@jest/globals';
import { defaultCutoverLimits } from '@markitect/domain';
import { cutoverMismatchOf, cutoverRepairOf, cutoverStateOf, cutoverTallyOf } from './cutover.mapper.js';

const component = {
  name: 'users',
  stage: 'served',
  percent: 12.5,
  epoch: 3,
  switching_to: 'modern',
  switching_token: 't',
  switching_process: 'p',
  is_switching: 1,
  is_carrying_over: 1,
  changed_at: 0,
  forgotten_at: 0,
  limits: JSON.stringify(defaultCutoverLimits),
  backfill: null,
  diff: null,
} as const;
const mark = {
  id: 1,
  component: 'users',
  key: 'k',
  token: '',
  process: '',
  source: 'legacy',
  overlapped: 0,
  attempts: 2,
  retry_at: 5,
  created_at: 0,
  failure: '{"code":"DATABASE_BUSY","message":"busy"}',
} as const;

describe('rows of cutovers', () => {
  it('say where a component stands; a change of a silent process is none', () => {
    expect(cutoverStateOf(component)).toEqual({
      component: 'users',
      stage: 'served',
      percent: 12.5,
      epoch: 3,
      switchingTo: 'modern',
      isCarryingOver: true,
      limits: defaultCutoverLimits,
      changedAt: '1970-01-01T00:00:00.000Z',
    });
    const silent = cutoverStateOf({
      ...component,
      is_switching: 0,
      is_carrying_over: 0,
      backfill: '{"seen":1}',
    });
    expect(silent.switchingTo).toBeUndefined();
    expect(silent).toMatchObject({ isCarryingOver: false, backfill: { seen: 1 } });
  });

  it('say which marks are pending, and when they are due', () => {
    const pending = cutoverRepairOf(mark);
    expect(pending).toMatchObject({ status: 'pending', retryAt: '1970-01-01T00:00:00.005Z', attempts: 2 });
    expect(pending.failure).toEqual({ code: 'DATABASE_BUSY', message: 'busy' });
    expect(pending.process).toBeUndefined();
    const inFlight = cutoverRepairOf({ ...mark, token: 't', process: 'p', failure: null });
    expect(inFlight).toMatchObject({ status: 'in-flight', process: 'p' });
    expect([inFlight.retryAt, inFlight.failure]).toEqual([undefined, undefined]);
  });

  it('leave out what was not measured, and keys that are not known', () => {
    const counts = { operations: 1, errors: 0, compared: 0, mismatched: 0 };
    const tally = { id: 1, at: 0, component: 'users', side: 'modern', median_ms: null, ...counts } as const;
    expect(cutoverTallyOf(tally)).toEqual({ component: 'users', side: 'modern', ...counts });
    expect(cutoverTallyOf({ ...tally, median_ms: 0.5 }).medianMs).toBe(0.5);
    const mismatch = { id: 1, component: 'users', at: 0, operation: 'list', key: null, fields: '[]' };
    expect(cutoverMismatchOf(mismatch)).not.toHaveProperty('key');
  });
});
