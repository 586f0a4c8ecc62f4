import { type WorkspaceManifest, type WorkspaceSlug } from '@markitect/domain';
import type { Transaction, UnitOfWork, WorkspaceRepository } from '@markitect/ports';
import type { TransactionalFileStore } from '../../unit-of-work/unit-of-work-options.js';

/** Calls every operation, so that each statement of it is prepared. Adds a workspace, which stays. */
export async function exerciseWorkspaces(workspaces: WorkspaceRepository): Promise<void> {
  const checksum = '0'.repeat(64);
  const { slug, revision } = await workspaces.save(
    manifest(checksum),
    (await workspaces.get(exercise))?.revision ?? 0,
  );
  await workspaces.save({ ...manifest(checksum), slug, updatedAt: '2026-01-02T00:00:00.000Z' }, revision);
  for (const query of [{}, { phase: 'open' as const }]) {
    const { nextCursor } = await workspaces.list({ ...query, limit: 1 });
    if (nextCursor !== undefined) await workspaces.list({ ...query, limit: 1, cursor: nextCursor });
  }
  for await (const streamed of workspaces.stream({})) if (streamed.slug === slug) break;
  await workspaces.knownChecksums([checksum]);
}

/** What a unit of work does besides what the repositories do: savepoints, files, invalidations, messages. */
export async function exerciseUnit(
  unitOfWork: UnitOfWork,
  root: string,
  work: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await unitOfWork.run(async (transaction) => {
    await transaction.nested(() => Promise.resolve());
    const files = transaction.files(root);
    await files.write('exercise', new Uint8Array());
    await files.read('exercise');
    await files.copy('exercise', 'exercise copy');
    await files.move('exercise copy', 'exercise moved');
    await files.remove('exercise moved');
    await transaction.cache.invalidate(['exercise']);
    await transaction.cache.invalidateTags(['exercise']);
    await transaction.outbox.send('exercise', null);
    await work(transaction);
  });
  const open = await unitOfWork.begin();
  await open.rollback();
}

/** A root in which every file is there, empty, and nothing happens. */
export const nowhere: TransactionalFileStore = {
  read: () => Promise.resolve({ bytes: new Uint8Array(), checksum: '' }),
  list: emptyList,
  exists: () => Promise.resolve(true),
  write: () => Promise.resolve(''),
  copy: () => Promise.resolve(),
  move: () => Promise.resolve(),
  remove: () => Promise.resolve(true),
  tidy: () => Promise.resolve([]),
  stage: () => Promise.resolve(''),
  readStaged: () => Promise.resolve(new Uint8Array()),
  check: () => Promise.resolve(),
  apply: () => Promise.resolve(true),
  applyRemove: () => Promise.resolve(true),
  staged: () => Promise.resolve(['orphan']),
  discard: () => Promise.resolve(true),
};

async function* emptyList() {
  // A folder without files.
}

const exercise = 'exercise' as WorkspaceSlug;

function manifest(checksum: string): WorkspaceManifest {
  return {
    id: 'exercise',
    slug: exercise,
    title: 'Exercise',
    template: 'default',
    baseline: [{ path: 'notes.md', checksum, bytes: 0 }],
    revision: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  };
}
