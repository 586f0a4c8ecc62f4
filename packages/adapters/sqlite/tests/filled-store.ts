import { parseDocumentPath } from '@markitect/domain';
import {
  documentDraft,
  documentLink,
  foundResult,
  issueLabel,
  issueMilestone,
  searchDraftOf,
  workspaceManifest,
} from '@markitect/testing';
import {
  LOCAL_TRACKER,
  SqliteAnalyticsRepository,
  SqliteCacheTier,
  SqliteConfigurationRepository,
  type SqliteConnection,
  SqliteConversationRepository,
  SqliteCutoverStateStore,
  SqliteDocumentRepository,
  SqliteInvalidationLog,
  SqliteIssueMirror,
  SqliteIssueRepository,
  SqliteLeaseStore,
  SqliteProfileRepository,
  SqliteRateLimitRepository,
  SqliteScrapingJobRepository,
  SqliteSearchRepository,
  SqliteSearchResultRepository,
  SqliteTaskQueue,
  SqliteTaskScheduleRepository,
  SqliteUnitOfWork,
  SqliteWorkspaceRepository,
} from '../src/index.js';

/** Puts something into every table, the way the product does. */
export async function fillStore(connection: SqliteConnection): Promise<void> {
  const documents = new SqliteDocumentRepository(connection);
  const links = [documentLink(parseDocumentPath('a.md'), 'b.md')];
  await documents.saveMany([
    documentDraft({ path: 'a.md', text: 'borrow checker', tags: ['rust'], links }),
    documentDraft({ path: 'b.md', text: 'ownership' }),
  ]);
  const baseline = [{ path: 'a.md', checksum: 'a'.repeat(64), bytes: 1 }];
  await new SqliteWorkspaceRepository(connection).save(workspaceManifest({ baseline }), 0);
  await fillIssues(connection);
  const units = new SqliteUnitOfWork(connection);
  await units.run(async (tx) => tx.outbox.send('nobody listens', { to: 'this' }));
  await new SqliteCacheTier(connection).setMany([
    ['key', { version: 1, expiresAt: Number.POSITIVE_INFINITY, body: 'value' }],
  ]);
  await new SqliteInvalidationLog(connection).append([{ kind: 'key', name: 'other' }]);
  await new SqliteLeaseStore(connection).acquire('lease', 3_600_000);
  await fillResearch(connection);
  await fillTasks(connection);
  await fillPeople(connection);
  await fillCutover(connection);
}

async function fillPeople(connection: SqliteConnection): Promise<void> {
  await new SqliteProfileRepository(connection).save('ada', { name: 'Ada' });
  await new SqliteConfigurationRepository(connection).save('theme', { dark: true });
  const conversations = new SqliteConversationRepository(connection);
  await conversations.create({ id: 'first', userId: 'ada' });
  await conversations.append('first', [{ id: 'one', role: 'user', content: 'Hello' }]);
  await new SqliteAnalyticsRepository(connection).append([
    { id: 'seen', type: 'seen', at: '2026-01-01T00:00:00.000Z', properties: {} },
  ]);
}

async function fillCutover(connection: SqliteConnection): Promise<void> {
  const store = new SqliteCutoverStateStore(connection);
  const component = 'users';
  const { epoch } = await store.create(component, 'ada', 'a test');
  await store.heartbeat('process', 3_600_000);
  await store.mark({ component, keys: ['k'], token: 'mark', process: 'process', epoch, source: 'legacy' });
  const at = new Date().toISOString();
  await store.tally(
    [{ component, side: 'legacy', operations: 1, errors: 0, compared: 0, mismatched: 0 }],
    [{ component, operation: 'get', fields: [], at }],
  );
  const where = { stage: 'legacy', percent: 0 } as const;
  await store.note({ component, who: 'ada', action: 'note', why: 'a test', from: where, to: where });
}

async function fillIssues(connection: SqliteConnection): Promise<void> {
  const issues = new SqliteIssueRepository(connection, { source: LOCAL_TRACKER, user: 'ada' });
  await issues.saveLabel(issueLabel('bug'));
  await issues.saveMilestone(issueMilestone('1.0'));
  const { number } = await issues.create({ title: 'Login fails', labels: ['bug'], assignees: ['ada'] });
  const other = await issues.create({ title: 'Blocked', milestone: '1.0' });
  await issues.comment(number, 'So it is.');
  await issues.edit(number, { title: 'Login fails still' });
  await issues.block(other.number, number);
  const mirror = new SqliteIssueMirror(connection, { source: 'gitea:https://example.org/a/b' });
  await mirror.takeTurn({ token: 'mine', holder: 'a test', ttlMs: 3_600_000 });
}

async function fillResearch(connection: SqliteConnection): Promise<void> {
  const searches = new SqliteSearchRepository(connection);
  const results = new SqliteSearchResultRepository(connection);
  const search = await searches.create(searchDraftOf());
  const [job] = await new SqliteScrapingJobRepository(connection).createMany(search.id, search.sources);
  if (job === undefined) throw new Error('a job');
  await results.addMany(search.id, job.id, [foundResult('a'), foundResult('b')]);
  await results.rank(search.id);
  const limits = new SqliteRateLimitRepository(connection);
  await limits.update({ name: 'web', perSecond: 2, burst: 1 });
  await limits.take('web', 0);
}

async function fillTasks(connection: SqliteConnection): Promise<void> {
  const queue = new SqliteTaskQueue(connection);
  await queue.enqueue([{ type: 'a' }, { type: 'b', uniqueKey: 'b', payload: { some: 'thing' } }]);
  await queue.pause('b');
  await queue.setLimit({ key: 'a', concurrency: 2, perSecond: 1 });
  await new SqliteTaskScheduleRepository(connection).save({
    name: 'nightly',
    cron: '0 3 * * *',
    timeZone: 'UTC',
    task: { type: 'a' },
    nextRunAt: '2026-12-01T03:00:00.000Z',
  });
}
