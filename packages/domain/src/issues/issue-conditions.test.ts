import { describe, expect, it } from '@jest/globals';
import type { Issue } from './issue.js';
import { issueConditions } from './issue-conditions.js';

const now = new Date('2026-03-31T12:00:00.000Z');
const judge = (
  issue: Partial<Pick<Issue, 'state' | 'dueOn' | 'updatedAt'>>,
  blockers: readonly [number, 'open' | 'closed'][] = [],
) =>
  issueConditions(
    { state: 'open', updatedAt: '2026-03-31T00:00:00.000Z', ...issue },
    blockers.map(([number, state]) => ({ number, state })),
    { staleAfterDays: 30 },
    now,
  );

describe('an issue', () => {
  it('is blocked by the open issues it waits for, while it is open itself', () => {
    const blockers: [number, 'open' | 'closed'][] = [
      [9, 'open'],
      [3, 'closed'],
      [2, 'open'],
    ];
    expect(judge({}, blockers).blockedBy).toEqual([2, 9]);
    expect(judge({ state: 'closed' }, blockers).blockedBy).toEqual([]);
  });

  it('is overdue from the day after the one it was due on', () => {
    expect(judge({ dueOn: '2026-03-30' }).overdue).toBe(true);
    expect(judge({ dueOn: '2026-03-31' }).overdue).toBe(false);
    expect(judge({}).overdue).toBe(false);
    expect(judge({ dueOn: '2026-03-30', state: 'closed' }).overdue).toBe(false);
  });

  it('is stale when it was not touched for as many whole days as the rules say', () => {
    expect(judge({ updatedAt: '2026-03-01T12:00:00.000Z' })).toMatchObject({ stale: true, idleDays: 30 });
    expect(judge({ updatedAt: '2026-03-01T12:00:00.001Z' })).toMatchObject({ stale: false, idleDays: 29 });
    expect(judge({ updatedAt: '2026-01-01T00:00:00.000Z', state: 'closed' }).stale).toBe(false);
    expect(judge({ updatedAt: '2026-04-01T00:00:00.000Z' })).toMatchObject({ stale: false, idleDays: 0 });
  });
});
