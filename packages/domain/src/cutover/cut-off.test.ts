import { expect, it } from '@jest/globals';
import { isCutOff } from './cut-off.js';

it('what runs is cut off when it was not heard of for more than a minute', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const after = (status: 'running' | 'stopped' | 'complete', ms: number): boolean =>
    isCutOff({ status, startedAt: at, updatedAt: at }, Date.parse(at) + ms);
  expect([after('running', 60_000), after('running', 60_001)]).toEqual([false, true]);
  expect([after('stopped', 90_000), after('complete', 90_000)]).toEqual([false, false]);
});
