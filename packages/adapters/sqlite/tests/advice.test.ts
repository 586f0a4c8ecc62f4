import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  analyticsRepositoryPort,
  cacheTierPort,
  conversationRepositoryPort,
  documentRepositoryPort,
  invalidationLogPort,
  issueBlockersPort,
  issueIndexPort,
  issueMirrorPort,
  issueRepositoryPort,
  leaseStorePort,
  profileRepositoryPort,
  rateLimitRepositoryPort,
  replicaStorePort,
  scrapingJobRepositoryPort,
  searchRepositoryPort,
  searchResultRepositoryPort,
  taskQueuePort,
  taskScheduleRepositoryPort,
  unitOfWorkPort,
  workspaceRepositoryPort,
} from '@markitect/ports';
import {
  LOCAL_TRACKER,
  SqliteAdministration,
  SqliteAnalyticsRepository,
  SqliteCacheTier,
  SqliteConversationReplicaStore,
  SqliteConversationRepository,
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
  type StoreAdvice,
} from '../src/index.js';
import { acceptedPlans } from '../src/administration/accepted-plans.js';
import { exerciseLeases, exerciseLog, exerciseTier } from '../src/administration/exercise/exercise-cache.js';
import { exerciseDocuments } from '../src/administration/exercise/exercise-documents.js';
import {
  exerciseIssueIndex,
  exerciseIssues,
  exerciseMirror,
} from '../src/administration/exercise/exercise-issues.js';
import { exerciseUnit, exerciseWorkspaces, nowhere } from '../src/administration/exercise/exercise-units.js';
import {
  exerciseAnalytics,
  exerciseConversations,
  exerciseEntries,
  exerciseRecords,
  exerciseReplicas,
} from '../src/administration/exercise/exercise-people.js';
import { exerciseRateLimits, exerciseResearch } from '../src/administration/exercise/exercise-research.js';
import { exerciseSchedules, exerciseTasks } from '../src/administration/exercise/exercise-tasks.js';
import { advise } from '../src/administration/plan-advice.js';
import { temporaryStore } from './temporary-store.js';

type Store = Awaited<ReturnType<typeof temporaryStore>>;

let store: Store;
beforeAll(async () => void (store = await temporaryStore()));
afterAll(() => store.close());

/** Counts the operations of a port that are called. */
function counted<T extends object>(target: T, called: Set<string>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name, target);
      called.add(String(name));
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('the statements that are looked at', () => {
  const tracker = () => new SqliteIssueRepository(store.connection, { source: LOCAL_TRACKER, user: 'a' });

  const research = () => ({
    searches: new SqliteSearchRepository(store.connection),
    scrapingJobs: new SqliteScrapingJobRepository(store.connection),
    searchResults: new SqliteSearchResultRepository(store.connection),
  });

  // An operation that is added to a port must be exercised too, else nobody looks at its plan.
  it.each<[string, object, (called: Set<string>) => Promise<void>]>([
    ['documents', documentRepositoryPort, (c) => exerciseDocuments(counted(store.repository, c))],
    ['issues', issueRepositoryPort, (c) => exerciseIssues(counted(tracker(), c))],
    ['the full texts of issues', issueIndexPort, (c) => exerciseIssueIndex(counted(tracker(), c))],
    ['what issues wait for', issueBlockersPort, (c) => exerciseIssueIndex(counted(tracker(), c))],
    [
      'a mirror',
      issueMirrorPort,
      (c) => exerciseMirror(counted(new SqliteIssueMirror(store.connection, { source: 'x' }), c), tracker()),
    ],
    [
      'workspaces',
      workspaceRepositoryPort,
      (c) => exerciseWorkspaces(counted(new SqliteWorkspaceRepository(store.connection), c)),
    ],
    ['a cache tier', cacheTierPort, (c) => exerciseTier(counted(new SqliteCacheTier(store.connection), c))],
    [
      'the log of invalidations',
      invalidationLogPort,
      (c) => exerciseLog(counted(new SqliteInvalidationLog(store.connection), c)),
    ],
    ['tasks', taskQueuePort, (c) => exerciseTasks(counted(new SqliteTaskQueue(store.connection), c))],
    [
      'schedules',
      taskScheduleRepositoryPort,
      (c) => exerciseSchedules(counted(new SqliteTaskScheduleRepository(store.connection), c)),
    ],
    [
      'limits of rates',
      rateLimitRepositoryPort,
      (c) => exerciseRateLimits(counted(new SqliteRateLimitRepository(store.connection), c)),
    ],
    [
      'searches',
      searchRepositoryPort,
      (c) => exerciseResearch({ ...research(), searches: counted(research().searches, c) }),
    ],
    [
      'scraping jobs',
      scrapingJobRepositoryPort,
      (c) => exerciseResearch({ ...research(), scrapingJobs: counted(research().scrapingJobs, c) }),
    ],
    [
      'results',
      searchResultRepositoryPort,
      (c) => exerciseResearch({ ...research(), searchResults: counted(research().searchResults, c) }),
    ],
    [
      'records',
      profileRepositoryPort,
      (c) => exerciseRecords(counted(new SqliteProfileRepository(store.connection), c)),
    ],
    [
      'conversations',
      conversationRepositoryPort,
      (c) => exerciseConversations(counted(new SqliteConversationRepository(store.connection), c)),
    ],
    [
      'events',
      analyticsRepositoryPort,
      (c) => exerciseAnalytics(counted(new SqliteAnalyticsRepository(store.connection), c)),
    ],
    [
      'what a cutover copies',
      replicaStorePort,
      (c) => {
        // Only for files: every row has a key.
        c.add('unkeyed');
        return exerciseReplicas(
          counted(new SqliteConversationReplicaStore(store.connection), c),
          exerciseEntries.conversations.slice(0, 1),
        );
      },
    ],
    ['leases', leaseStorePort, (c) => exerciseLeases(counted(new SqliteLeaseStore(store.connection), c))],
    [
      'units of work',
      unitOfWorkPort,
      (c) =>
        exerciseUnit(
          counted(
            new SqliteUnitOfWork(store.connection, { files: { nowhere }, onEffectFailure: () => undefined }),
            c,
          ),
          'nowhere',
          () => Promise.resolve(),
        ),
    ],
  ])('are those of every operation of %s', async (_, port, exercise) => {
    const called = new Set<string>();
    await exercise(called);
    const { operations } = port as { readonly operations: object };
    expect(Object.keys(operations).filter((name) => !called.has(name))).toEqual([]);
  });

  it('are remembered by the connection that prepared them, once each', async () => {
    const before = store.connection.statements.size;
    for (let time = 0; time < 3; time += 1) await store.connection.readers().all('SELECT 1 AS once');
    expect(store.connection.statements.size).toBe(before + 1);
    expect(store.connection.statements).toContain('SELECT 1 AS once');
  });
});

describe('advice', () => {
  let advice: StoreAdvice;
  beforeAll(
    async () => void (advice = await new SqliteAdministration(store.connection).advise({ minRows: 0 })),
  );

  it('finds nothing in our own statements for which there is no reason', () => {
    expect(advice).toMatchObject({ statements: expect.any(Number) as unknown, unfitting: 0 });
    expect(advice.statements).toBeGreaterThan(300);
    const unexplained = advice.findings.filter(({ reason }) => reason === undefined);
    expect(
      unexplained.map(({ statement, plan }) => `${statement.replace(/\s+/g, ' ')}\n${plan.join('\n')}`),
    ).toEqual([]);
  });

  it('finds every search beginning with the words, and not with all documents of a tag', () => {
    const searches = advice.findings.filter(({ statement }) => statement.includes('bm25('));
    expect(searches.some(({ statement }) => statement.includes('document_tags'))).toBe(true);
    for (const { plan } of searches)
      expect(plan.join()).toMatch(/SCAN s VIRTUAL TABLE[^,]*,\s+SEARCH [di] USING/);
  });

  it('gives no reason that nothing needs', () => {
    const given = new Set(
      advice.findings.map(({ reason, kind, table }) => `${kind} ${table} ${reason ?? ''}`),
    );
    for (const { kind, tables, reason } of acceptedPlans) {
      for (const table of tables) expect(given).toContain(`${kind} ${table} ${reason}`);
    }
  });

  const ask = (statement: string, minRows = 0) =>
    advise(store.connection.readers(), [statement], { minRows });

  it.each<[string, string, string, string]>([
    [
      'a column compared with something',
      'scan',
      'SELECT slug FROM workspaces WHERE revision = ?',
      'CREATE INDEX "workspaces_by_revision" ON "workspaces" ("revision")',
    ],
    [
      'a range',
      'scan',
      'DELETE FROM workspaces AS w WHERE w.revision > 7',
      'CREATE INDEX "workspaces_by_revision" ON "workspaces" ("revision")',
    ],
    [
      'an order, after what is compared',
      'sort',
      'SELECT slug FROM workspaces WHERE phase = ? ORDER BY revision DESC LIMIT 10',
      'CREATE INDEX "workspaces_by_phase_and_revision" ON "workspaces" ("phase", "revision")',
    ],
    [
      'a join',
      'scan',
      'SELECT w.slug FROM json_each(?) AS given JOIN workspaces w ON w.revision = given.value',
      'CREATE INDEX "workspaces_by_revision" ON "workspaces" ("revision")',
    ],
  ])('proposes an index for %s that SQLite would use', async (_, kind, statement, index) => {
    const { findings } = await ask(statement);
    expect(findings).toEqual([
      expect.objectContaining({
        kind,
        table: 'workspaces',
        statement,
        proposal: expect.objectContaining({ statement: index }) as unknown,
      }),
    ]);
    expect(findings[0]?.proposal?.plan.join()).toMatch(/SEARCH .* INDEX workspaces_by_/);
  });

  it('proposes none where none would help, and finds nothing wrong with a walk that a limit ends', async () => {
    const { findings } = await ask('SELECT total(revision) FROM workspaces');
    expect(findings).toEqual([expect.not.objectContaining({ proposal: expect.anything() as unknown })]);
    expect((await ask('SELECT manifest FROM workspaces ORDER BY slug LIMIT 5')).findings).toEqual([]);
    expect((await ask('SELECT manifest FROM workspaces WHERE slug = ?')).findings).toEqual([]);
  });

  it('leaves out what needs another schema, and counts it', async () => {
    expect(await ask('SELECT nothing FROM workspaces')).toMatchObject({ statements: 0, unfitting: 1 });
    expect(await ask('SELECT a FROM of_the_future')).toMatchObject({ statements: 0, unfitting: 1 });
  });

  it('says nothing of small tables, and does not touch the database', async () => {
    expect((await ask('SELECT total(revision) FROM workspaces', 1000)).findings).toEqual([]);
    const indexes = await store.connection
      .readers()
      .all(`SELECT name FROM sqlite_schema WHERE name LIKE '%tried%' OR name = 'workspaces_by_revision'`);
    expect(indexes).toEqual([]);
  });

  it('goes by the statistics of ANALYZE where there are any', async () => {
    const other = await temporaryStore();
    const writer = await other.connection.writer();
    await writer.exclusive((handle) => handle.exec('ANALYZE'));
    const { findings } = await advise(
      other.connection.readers(),
      ['SELECT slug FROM workspaces WHERE revision = 1'],
      { minRows: 0 },
    );
    expect(findings).toHaveLength(1);
    await other.close();
  });
});
