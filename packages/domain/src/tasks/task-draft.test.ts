import { describe, expect, it } from '@jest/globals';
import { DEFAULT_MAX_ATTEMPTS, MAX_TASK_PAYLOAD_LENGTH, taskDraft, type TaskDraft } from './task-draft.js';

describe('taskDraft', () => {
  it('fills in what is not said', () => {
    expect(taskDraft({ type: 'issues.sync' })).toEqual({
      type: 'issues.sync',
      payload: null,
      priority: 0,
      maxAttempts: DEFAULT_MAX_ATTEMPTS,
      limitKey: 'issues.sync',
    });
  });

  it('keeps what is said, times in UTC', () => {
    const draft = {
      type: 'a.b-c_1',
      payload: { deep: [1, null, 'ä'] },
      priority: -1000,
      maxAttempts: 1000,
      uniqueKey: 'one',
      limitKey: 'shared',
      runAt: '2026-11-21T09:00:00+01:00',
    };
    expect(taskDraft(draft)).toEqual({ ...draft, runAt: '2026-11-21T08:00:00.000Z' });
  });

  it.each<[string, Partial<TaskDraft>]>([
    ['type', { type: '' }],
    ['type', { type: 'a..b' }],
    ['type', { type: 'a b' }],
    ['type', { type: 'x'.repeat(201) }],
    ['priority', { priority: 1001 }],
    ['priority', { priority: 0.5 }],
    ['maxAttempts', { maxAttempts: 0 }],
    ['maxAttempts', { maxAttempts: Number.NaN }],
    ['uniqueKey', { uniqueKey: '' }],
    ['limitKey', { limitKey: 'x'.repeat(201) }],
    ['runAt', { runAt: 'tomorrow' }],
    ['payload', { payload: 'x'.repeat(MAX_TASK_PAYLOAD_LENGTH) }],
  ])('refuses a bad %s by its name: %j', (field, change) => {
    expect(() => taskDraft({ type: 'good', ...change })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: expect.objectContaining({ field }) }),
    );
  });

  it('takes the longest payload that is allowed', () => {
    const payload = 'x'.repeat(MAX_TASK_PAYLOAD_LENGTH - 2);
    expect(taskDraft({ type: 'good', payload }).payload).toBe(payload);
  });
});
