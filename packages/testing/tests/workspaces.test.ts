import { parseWorkspaceSlug, type LockHolder, type WorkspaceSlug } from '@markitect/domain';
import {
  describeArchiverContract,
  describeWorkspaceLockContract,
  describeWorkspaceRepositoryContract,
  FakeArchiver,
  InMemoryUnitOfWork,
  InMemoryWorkspaceLock,
  InMemoryWorkspaceRepository,
} from '../src/index.js';

describeWorkspaceRepositoryContract('InMemoryWorkspaceRepository', () =>
  Promise.resolve({ repository: new InMemoryWorkspaceRepository(), close: () => Promise.resolve() }),
);

describeWorkspaceRepositoryContract('InMemoryUnitOfWork.workspaces', () =>
  Promise.resolve({ repository: new InMemoryUnitOfWork().workspaces, close: () => Promise.resolve() }),
);

describeWorkspaceRepositoryContract('an open InMemoryTransaction.workspaces', async () => {
  const transaction = await new InMemoryUnitOfWork().begin();
  return { repository: transaction.workspaces, close: () => transaction.rollback() };
});

describeWorkspaceLockContract('InMemoryWorkspaceLock', () => {
  const held = new Map<WorkspaceSlug, LockHolder>();
  const now = '2026-01-01T12:00:00.000Z';
  const observe = () => ({
    host: 'here',
    now,
    staleAfterMs: 60_000,
    isAlive: (pid: number) => pid === process.pid,
  });
  return Promise.resolve({
    lock: new InMemoryWorkspaceLock(held, observe),
    other: new InMemoryWorkspaceLock(held, observe),
    makeStale: async (slug, why) => {
      await Promise.resolve();
      const gone = { owner: 'gone', host: 'here', pid: process.pid + 1, since: now, heartbeatAt: now };
      const silent = { ...gone, host: 'there', heartbeatAt: '2026-01-01T11:58:59.999Z' };
      held.set(parseWorkspaceSlug(slug), why === 'process gone' ? gone : silent);
    },
    close: () => Promise.resolve(),
  });
});

describeArchiverContract('FakeArchiver', () =>
  Promise.resolve({
    archiver: new FakeArchiver(),
    unpack: (archive) =>
      Promise.resolve(
        Object.fromEntries(FakeArchiver.unpack(archive).map(({ path, content }) => [path, content])),
      ),
  }),
);
