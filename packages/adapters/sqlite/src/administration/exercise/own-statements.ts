import { SqliteCutoverStateStore } from '../../cutover/sqlite-cutover-state-store.js';
import { SqliteCacheTier } from '../../cache/sqlite-cache-tier.js';
import { SqliteInvalidationLog } from '../../cache/sqlite-invalidation-log.js';
import { SqliteLeaseStore } from '../../cache/sqlite-lease-store.js';
import { SqliteDocumentRepository } from '../../documents/sqlite-document-repository.js';
import { LOCAL_TRACKER } from '../../issues/issue-writes.js';
import { SqliteIssueMirror } from '../../issues/sqlite-issue-mirror.js';
import { SqliteIssueRepository } from '../../issues/sqlite-issue-repository.js';
import {
  SqliteAnalyticsReplicaStore,
  SqliteAnalyticsRepository,
} from '../../people/sqlite-analytics-repository.js';
import {
  SqliteConversationReplicaStore,
  SqliteConversationRepository,
} from '../../people/sqlite-conversation-repository.js';
import {
  SqliteConfigurationReplicaStore,
  SqliteConfigurationRepository,
  SqliteProfileReplicaStore,
  SqliteProfileRepository,
} from '../../people/sqlite-record-repository.js';
import { SqliteRateLimitRepository } from '../../research/sqlite-rate-limit-repository.js';
import { SqliteScrapingJobRepository } from '../../research/sqlite-scraping-job-repository.js';
import { SqliteSearchRepository } from '../../research/sqlite-search-repository.js';
import { SqliteSearchResultRepository } from '../../research/sqlite-search-result-repository.js';
import type { SqliteConnection } from '../../sqlite.connection.js';
import { SqliteTaskQueue } from '../../tasks/sqlite-task-queue.js';
import { SqliteTaskScheduleRepository } from '../../tasks/sqlite-task-schedule-repository.js';
import { SqliteUnitOfWork } from '../../unit-of-work/sqlite-unit-of-work.js';
import { SqliteWorkspaceRepository } from '../../workspaces/sqlite-workspace-repository.js';
import { withScratchStore } from '../scratch-store.js';
import { exerciseCutover } from './exercise-cutover.js';
import { exerciseLeases, exerciseLog, exerciseTier } from './exercise-cache.js';
import { exerciseDocuments } from './exercise-documents.js';
import { exerciseIssueIndex, exerciseIssues, exerciseMirror } from './exercise-issues.js';
import {
  exerciseAnalytics,
  exerciseConversations,
  exerciseEntries,
  exerciseRecords,
  exerciseReplicas,
} from './exercise-people.js';
import { exerciseRateLimits, exerciseResearch } from './exercise-research.js';
import { exerciseSchedules, exerciseTasks } from './exercise-tasks.js';
import { exerciseUnit, exerciseWorkspaces, nowhere } from './exercise-units.js';

/**
 * The statements that the repositories really prepare, found out by calling every operation of each on an empty
 * database in the folder of temporary files. Takes under a second. Throws Unavailable `FILE_SYSTEM_FAILED`.
 */
export function ownStatements(): Promise<ReadonlySet<string>> {
  return withScratchStore(async (store) => {
    await exerciseAll(store);
    return new Set(store.statements);
  });
}

async function exerciseAll(store: SqliteConnection): Promise<void> {
  const documents = new SqliteDocumentRepository(store, { invalidates: ['exercise'] });
  await exerciseDocuments(documents);
  const issues = new SqliteIssueRepository(store, { source: LOCAL_TRACKER, user: 'exercise' });
  await exerciseIssues(issues);
  await exerciseIssueIndex(issues);
  await exerciseMirror(new SqliteIssueMirror(store, { source: 'exercise' }), issues);
  await exerciseWorkspaces(new SqliteWorkspaceRepository(store));
  await exerciseTier(new SqliteCacheTier(store, { maxBytes: 1 }));
  const log = new SqliteInvalidationLog(store, { keptForMs: 1 });
  await log.open();
  await exerciseLog(log);
  log.close();
  await exerciseLeases(new SqliteLeaseStore(store));
  await exerciseCutover(new SqliteCutoverStateStore(store));
  await exerciseTasks(new SqliteTaskQueue(store));
  await exerciseSchedules(new SqliteTaskScheduleRepository(store));
  await exerciseRateLimits(new SqliteRateLimitRepository(store));
  await exerciseResearch({
    searches: new SqliteSearchRepository(store),
    scrapingJobs: new SqliteScrapingJobRepository(store),
    searchResults: new SqliteSearchResultRepository(store),
  });
  await exercisePeople(store);
  const unitOfWork = new SqliteUnitOfWork(store, {
    files: { nowhere },
    handlers: { exercise: () => Promise.resolve() },
    onEffectFailure: () => undefined,
  });
  await exerciseUnit(unitOfWork, 'nowhere', async (transaction) => {
    await exerciseDocuments(transaction.documents);
    await exerciseIssues(transaction.issues);
    await exerciseWorkspaces(transaction.workspaces);
    await exerciseTasks(transaction.tasks);
    await exerciseResearch(transaction);
  });
  await unitOfWork.pending();
  await unitOfWork.recover();
}

async function exercisePeople(store: SqliteConnection): Promise<void> {
  await exerciseRecords(new SqliteProfileRepository(store));
  await exerciseRecords(new SqliteConfigurationRepository(store));
  await exerciseConversations(new SqliteConversationRepository(store));
  await exerciseAnalytics(new SqliteAnalyticsRepository(store));
  const { records, conversations, events } = exerciseEntries;
  await exerciseReplicas(new SqliteProfileReplicaStore(store), records);
  await exerciseReplicas(new SqliteConfigurationReplicaStore(store), records);
  const copies = new SqliteConversationReplicaStore(store);
  for (const entry of conversations) await copies.write([entry]);
  await exerciseReplicas(copies, conversations.slice(0, 1));
  await exerciseReplicas(new SqliteAnalyticsReplicaStore(store), events);
}
