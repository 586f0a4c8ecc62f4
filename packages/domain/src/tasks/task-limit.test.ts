import { describe, expect, it } from '@jest/globals';
import { taskLimit, type TaskLimit } from './task-limit.js';

describe('taskLimit', () => {
  it('takes a limit of either kind', () => {
    expect(taskLimit({ key: 'a', concurrency: 1 })).toEqual({ key: 'a', concurrency: 1 });
    expect(taskLimit({ key: 'a', perSecond: 0.5, burst: 3 })).toEqual({ key: 'a', perSecond: 0.5, burst: 3 });
  });

  it.each<[string, TaskLimit]>([
    ['key', { key: '', concurrency: 1 }],
    ['concurrency', { key: 'a' }],
    ['concurrency', { key: 'a', concurrency: 0 }],
    ['concurrency', { key: 'a', concurrency: 1.5 }],
    ['perSecond', { key: 'a', perSecond: 0 }],
    ['perSecond', { key: 'a', perSecond: Number.POSITIVE_INFINITY }],
    ['burst', { key: 'a', perSecond: 1, burst: 0 }],
  ])('refuses a bad %s by its name: %j', (field, limit) => {
    expect(() => taskLimit(limit)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: expect.objectContaining({ field }) }),
    );
  });
});
