import { describe, expect, it } from '@jest/globals';
import { type CutoverRepair, type CutoverState, defaultCutoverLimits } from '@markitect/domain';
import { explainRepair } from './explain-repair.js';

const createdAt = '2026-11-21T08:00:00.000Z';
const now = (seconds: number) => Date.parse(createdAt) + seconds * 1000;
const pending: CutoverRepair = {
  id: 1,
  component: 'users',
  key: 'ada',
  source: 'legacy',
  status: 'pending',
  attempts: 0,
  createdAt,
};
const inFlight: CutoverRepair = { ...pending, status: 'in-flight', process: 'host-7-ab' };
const state = (stage: CutoverState['stage']): CutoverState => ({
  component: 'users',
  stage,
  percent: 0,
  epoch: 1,
  isCarryingOver: false,
  limits: defaultCutoverLimits,
  changedAt: createdAt,
});
const explained = (repair: CutoverRepair, seconds = 1, stage: CutoverState['stage'] = 'mirror') =>
  explainRepair(repair, state(stage), now(seconds)).join('\n');

describe('explainRepair', () => {
  it('names who is at it, since when, and who takes over', () => {
    const soon = explained(inFlight);
    expect(soon).toContain(`Process host-7-ab is at it, since ${createdAt}.`);
    expect(soon).toContain('about 5 s after it fell silent');
    expect(soon).toContain('`markitect cutover repairs retry users`');
    expect(explained(inFlight, 34)).toContain('for 34 s: the process is slow, or has died');
  });

  it('counts attempts as people do', () => {
    const failure = { code: 'FILE_UNWRITABLE', message: 'read-only' };
    expect(explained({ ...pending, attempts: 1, failure })).toContain(
      'The only attempt has failed: read-only (FILE_UNWRITABLE).',
    );
    expect(explained({ ...pending, attempts: 3, failure })).toContain('The last of 3 attempts has failed');
  });

  it('says what becomes of what waits', () => {
    expect(explained(pending)).toContain('as soon as a server or `markitect cutover watch` runs');
    expect(explained({ ...pending, retryAt: createdAt })).toContain(`tried again at ${createdAt}`);
    expect(explained(pending, 1, 'modern')).toContain('this key is still read from there');
    expect(explained(pending, 1, 'legacy')).toContain('it ends by itself');
  });
});
