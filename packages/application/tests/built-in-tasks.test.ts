import { describe, expect, it } from '@jest/globals';
import { Conflict, type JsonValue, NotFound, type Task } from '@markitect/domain';
import { markitectFailure } from '@markitect/testing';
import type { IngestService } from '../src/documents/ingest-service.js';
import type { IssueSyncService } from '../src/issues/issue-sync-service.js';
import { documentsIngestHandler, issuesSyncHandler, tasksPruneHandler } from '../src/tasks/built-in-tasks.js';
import type { TaskContext, TaskHandler } from '../src/tasks/task-type.js';

/** Runs a handler as a worker does; answers its result and what it has reported. */
async function handle(handler: TaskHandler, payload: JsonValue, signal = new AbortController().signal) {
  const reports: unknown[] = [];
  const context: TaskContext = {
    task: {} as Task,
    payload,
    signal,
    fence: 1,
    report: async (progress) => void reports.push(progress),
    complete: () => Promise.reject(new Error('not used')),
  };
  return { result: await handler.begin(payload)(context), reports };
}

const ingestReport = {
  created: 1,
  updated: 0,
  unchanged: 0,
  removed: 0,
  failed: 1,
  bytes: 5,
  seconds: 0.1,
  interrupted: false,
  failures: [{ source: '/a.md', error: new NotFound('FILE_NOT_FOUND', 'gone') }],
};

function fakeIngest(change: object = {}) {
  const requests: unknown[] = [];
  const ingest: Pick<IngestService, 'ingest'> = {
    ingest: async (request, run) => {
      requests.push(request);
      run?.onProgress?.({ files: 1, bytes: 5, failed: 0, totalFiles: 2 });
      return { ...ingestReport, ...change };
    },
  };
  return { requests, ingest: ingest as IngestService };
}

describe('documents.ingest', () => {
  it('reads only below the roots of the worker, and answers with its report', async () => {
    const { ingest, requests } = fakeIngest();
    const { result, reports } = await handle(documentsIngestHandler(ingest, ['/srv', '/other']), {
      paths: ['book'],
      prune: true,
    });
    expect(requests).toEqual([
      { inputs: ['book'], prune: true, base: '/srv', allowedRoots: ['/srv', '/other'] },
    ]);
    expect(reports).toEqual([{ done: 1, note: 'files', total: 2 }]);
    expect(result).toMatchObject({
      created: 1,
      failures: [{ source: '/a.md', code: 'FILE_NOT_FOUND', message: 'gone' }],
    });
  });

  it('is refused for good by a worker without roots', async () => {
    const { ingest } = fakeIngest();
    const error = await markitectFailure(() => handle(documentsIngestHandler(ingest, []), { paths: ['a'] }));
    expect(error).toMatchObject({ code: 'ROOT_NOT_ALLOWED', retryable: false });
  });

  it('is not done when it was interrupted', async () => {
    const stop = new AbortController();
    stop.abort(new Conflict('TASK_CANCELLED', 'stop'));
    const { ingest } = fakeIngest({ interrupted: true });
    const error = await markitectFailure(() =>
      handle(documentsIngestHandler(ingest, ['/srv']), { paths: ['a'] }, stop.signal),
    );
    expect(error.code).toBe('TASK_CANCELLED');
  });

  it.each([null, {}, { paths: [] }, { paths: ['a'], pruned: true }])('refuses %j', async (payload) => {
    const { ingest } = fakeIngest();
    const error = await markitectFailure(() => handle(documentsIngestHandler(ingest, ['/srv']), payload));
    expect(error.code).toBe('TASK_PAYLOAD_INVALID');
  });
});

describe('issues.sync', () => {
  const report = {
    kind: 'full',
    resumed: false,
    issues: 3,
    removed: 0,
    total: 3,
    seconds: 1,
    interrupted: false,
  } as const;
  const sync = (change: object = {}) =>
    ({
      sync: async (run) => {
        run?.onProgress?.({ phase: 'all', issues: 2, total: 3 });
        return { ...report, ...change };
      },
    }) as Pick<IssueSyncService, 'sync'> as IssueSyncService;

  it.each([null, {}, { full: true }])('takes %j, and answers with its report', async (payload) => {
    const { result, reports } = await handle(issuesSyncHandler(sync()), payload);
    expect(result).toEqual(report);
    expect(reports).toEqual([{ done: 2, total: 3, note: 'all' }]);
  });

  it('is refused for good without a tracker', async () => {
    const error = await markitectFailure(() => handle(issuesSyncHandler(undefined), null));
    expect(error).toMatchObject({ code: 'TRACKER_NOT_CONFIGURED', retryable: false });
  });

  it('is not done when it was interrupted', async () => {
    const stop = new AbortController();
    stop.abort(new Conflict('TASK_CANCELLED', 'stop'));
    const error = await markitectFailure(() =>
      handle(issuesSyncHandler(sync({ interrupted: true })), null, stop.signal),
    );
    expect(error.code).toBe('TASK_CANCELLED');
  });
});

describe('tasks.prune', () => {
  it.each([
    [null, { days: 7, dead: false }],
    [{}, { days: 7, dead: false }],
    [
      { days: 0, dead: true },
      { days: 0, dead: true },
    ],
  ])('reads %j as %j', async (payload, wanted) => {
    const asked: unknown[] = [];
    const prune = async (request: unknown) => asked.push(request);
    expect((await handle(tasksPruneHandler({ prune }), payload)).result).toEqual({ pruned: 1 });
    expect(asked).toEqual([wanted]);
  });
});
