import { expect, it } from '@jest/globals';
import type { ResearchStatus, WorkerEvent } from '@markitect/application';
import { retryText } from './research-retry.js';

const now = Date.parse('2026-11-21T08:00:00.000Z');
const at = '2026-11-21T08:00:00.000Z';
const source = { scraper: 'web', target: 'https://example.org/' };
const times = { createdAt: at, updatedAt: at };
const status: ResearchStatus = {
  search: { id: 1, question: 'Why?', sources: [source], status: 'running', maxResults: 10, ...times },
  jobs: [
    {
      id: 1,
      searchId: 1,
      source,
      status: 'running',
      taskId: 7,
      found: 0,
      done: 0,
      problems: [],
      problemCount: 0,
      ...times,
    },
  ],
};
const event = (taskId: number, end: string) =>
  ({
    kind: 'ended',
    end,
    task: { id: taskId, attempts: 2, maxAttempts: 5 },
    failure: { code: 'HTTP_SERVER_FAILED', message: 'failed' },
    ...(end === 'retrying' ? { retryAt: '2026-11-21T08:00:08.000Z' } : {}),
  }) as WorkerEvent;

it('a source that is tried again is told, with when and how often', () => {
  expect(retryText(event(7, 'retrying'), status, now)).toBe(
    'web:https://example.org/ failed (HTTP_SERVER_FAILED), again in 8 s, attempt 3 of 5',
  );
});

it('nothing is told of other researches, nor of what is over', () => {
  expect(retryText(event(8, 'retrying'), status, now)).toBeUndefined();
  expect(retryText(event(7, 'dead'), status, now)).toBeUndefined();
  expect(retryText(event(7, 'retrying'), undefined, now)).toBeUndefined();
});
