import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { IssueSyncService } from '@markitect/application';
import type { Issue, IssueQuery, Page, PageRequest } from '@markitect/domain';
import { InMemoryIssueMirror, InMemoryIssueRepository } from '@markitect/testing';
import type { ApiServer } from '../src/routes/served-application.js';
import { buildServer } from '../src/server/build-server.js';
import { type OpenApi, openApi } from './open-api.js';

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** A tracker whose second page of issues waits for its release. */
class SlowTracker extends InMemoryIssueRepository {
  readonly reached = gate();
  readonly released = gate();

  override async list(query: IssueQuery, page: PageRequest = {}): Promise<Page<Issue>> {
    if (page.cursor !== undefined) {
      this.reached.open();
      await this.released.opened;
    }
    return super.list(query, page);
  }
}

let api: OpenApi;
let app: ApiServer;
let tracker: SlowTracker;
let stopping: AbortController;
let issueSync: IssueSyncService;

beforeEach(async () => {
  api = await openApi();
  tracker = new SlowTracker({ user: 'ada' });
  for (const title of ['One', 'Two', 'Three']) await tracker.create({ title });
  issueSync = new IssueSyncService({ tracker, mirror: new InMemoryIssueMirror() }, { pageSize: 1 });
  stopping = new AbortController();
  app = await serve(stopping.signal);
});
afterEach(async () => {
  await app.close();
  await api.close();
});

const serve = (signal?: AbortSignal) =>
  buildServer({
    application: { ...api.application, issueSync },
    config: api.config,
    ...(signal === undefined ? {} : { stopping: signal }),
  });
const sync = (to = app) =>
  to.inject({ method: 'POST', url: '/v1/issues/sync', payload: {} }).then((answer) => answer.json<object>());
const progress = (of = app) => of.inject({ url: '/v1/issues/sync' }).then((answer) => answer.json<object>());

describe('/v1/issues/sync', () => {
  it('tells how far it is while it runs, and all who ask for it get the one report', async () => {
    const first = sync();
    await tracker.reached.opened;
    expect(await progress()).toEqual({
      running: true,
      phase: 'all',
      issues: 1,
      total: 3,
      resumable: true,
    });
    const asked = jest.spyOn(issueSync, 'sync');
    const second = sync();
    while (asked.mock.calls.length === 0) await setImmediate();
    tracker.released.open();
    const report = await first;
    expect(report).toMatchObject({ kind: 'full', total: 3, resumed: false, interrupted: false });
    expect(await second).toEqual(report);
    expect(await progress()).toEqual({
      running: false,
      resumable: false,
      syncedAt: expect.any(String),
    });
  });

  it('ends between two steps when the server shuts down, and goes on later', async () => {
    const first = sync();
    await tracker.reached.opened;
    stopping.abort();
    tracker.released.open();
    expect(await first).toMatchObject({ interrupted: true, total: 2 });

    const next = await serve();
    expect(await progress(next)).toEqual({ running: false, resumable: true });
    expect(await sync(next)).toMatchObject({ kind: 'full', total: 3, resumed: true, interrupted: false });
    await next.close();
  });
});
