import type { WorkerEvent } from '@markitect/application';
import type { Task } from '@markitect/domain';
import { expect, it } from '@jest/globals';
import { afterEvent, noWork, workLine } from './work-progress.js';

const task = (id: number) => ({ id, type: 'documents.ingest' }) as Task;
const after = (...events: WorkerEvent[]) => events.reduce(afterEvent, noWork);
const space = (width: number) => ({ bar: '', width });

it('counts what runs, is done and has failed', () => {
  const state = after(
    { kind: 'started', task: task(1), waitMs: 0 },
    { kind: 'started', task: task(2), waitMs: 0 },
    { kind: 'ended', task: task(1), end: 'completed', runMs: 5 },
    { kind: 'ended', task: task(2), end: 'retrying', runMs: 5 },
    { kind: 'started', task: task(3), waitMs: 0 },
    { kind: 'progress', task: task(3), progress: { done: 350, total: 2000, note: 'files' } },
  );
  expect(workLine({ ...state, waiting: 7 }, 2, space(100))).toBe(
    '1 running  1 done  1 failed  7 waiting  0.5/s  #3 documents.ingest 350/2000 files',
  );
});

it('leaves out what does not fit', () => {
  const state = after({ kind: 'started', task: task(1), waitMs: 0 });
  expect(workLine(state, 1, space(80))).toBe('1 running  0 done  #1 documents.ingest');
  expect(workLine(state, 1, space(38))).toBe('1 running  0 done  #1 documents.inge…');
  expect(workLine(state, 1, space(30))).toBe('1 running  0 done');
  expect(workLine(noWork, 1, space(80))).toBe('idle  0 done');
});
