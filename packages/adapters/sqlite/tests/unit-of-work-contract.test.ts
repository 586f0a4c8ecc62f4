import { join } from 'node:path';
import { FsFileStore } from '@markitect/adapter-fs';
import {
  describeUnitOfWorkContract,
  describeWorkspaceRepositoryContract,
  type SentMessage,
} from '@markitect/testing';
import { SqliteUnitOfWork, SqliteWorkspaceRepository } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

describeUnitOfWorkContract('SqliteUnitOfWork', async () => {
  const { folder, connection, repository, close } = await temporaryStore();
  const store = (name: string) => new FsFileStore({ root: join(folder, name) });
  const roots = { files: store('files'), others: store('others') };
  const delivered: SentMessage[] = [];
  const forgotten = { keys: [] as string[], tags: [] as string[] };
  const receive = async ({ topic, payload }: SentMessage): Promise<void> => {
    delivered.push({ topic, payload });
    await Promise.resolve();
  };
  const handlers = { changed: receive, told: receive, other: receive };
  const unitOfWork = new SqliteUnitOfWork(connection, {
    files: roots,
    handlers,
    onInvalidate: ({ keys, tags }) => {
      forgotten.keys.push(...keys);
      forgotten.tags.push(...tags);
    },
  });
  return {
    unitOfWork,
    documents: repository,
    files: (root) => roots[root as keyof typeof roots],
    deliveredMessages: () => delivered,
    invalidated: () => forgotten,
    close,
  };
});

describeWorkspaceRepositoryContract('SqliteWorkspaceRepository', async () => {
  const { connection, close } = await temporaryStore();
  return { repository: new SqliteWorkspaceRepository(connection), close };
});
