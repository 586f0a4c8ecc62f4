import { join } from 'node:path';
import { FsFileStore } from '@markitect/adapter-fs';
import {
  describeUnitOfWorkContract,
  describeWorkspaceRepositoryContract,
  type SentMessage,
} from '@markitect/testing';
import {
  LOCAL_TRACKER,
  SqliteInvalidationLog,
  SqliteIssueRepository,
  SqliteTaskQueue,
  SqliteTaskSignal,
  SqliteUnitOfWork,
  SqliteWorkspaceRepository,
} from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

describeUnitOfWorkContract('SqliteUnitOfWork', async () => {
  const { folder, connection, repository, close } = await temporaryStore();
  const store = (name: string) => new FsFileStore({ root: join(folder, name) });
  const roots = { files: store('files'), others: store('others') };
  const delivered: SentMessage[] = [];
  const receive = async ({ topic, payload }: SentMessage): Promise<void> => {
    delivered.push({ topic, payload });
    await Promise.resolve();
  };
  const handlers = { changed: receive, told: receive, other: receive };
  const unitOfWork = new SqliteUnitOfWork(connection, { files: roots, handlers });
  const log = new SqliteInvalidationLog(connection);
  const start = (await log.since(0)).position;
  const invalidated = async () => {
    const names = (await log.since(start)).invalidations.map(({ name }) => name);
    const of = (kind: string) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(2));
    return { keys: of('k:'), tags: of('t:') };
  };
  return {
    unitOfWork,
    documents: repository,
    issues: new SqliteIssueRepository(connection, { source: LOCAL_TRACKER, user: 'ada' }),
    tasks: new SqliteTaskQueue(connection),
    taskSignal: () => new SqliteTaskSignal(connection),
    files: (root) => roots[root as keyof typeof roots],
    deliveredMessages: () => delivered,
    invalidated,
    close,
  };
});

describeWorkspaceRepositoryContract('SqliteWorkspaceRepository', async () => {
  const { connection, close } = await temporaryStore();
  return { repository: new SqliteWorkspaceRepository(connection), close };
});
