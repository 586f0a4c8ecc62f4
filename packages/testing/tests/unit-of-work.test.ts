import { describe, expect, it } from '@jest/globals';
import type { InvalidationLog } from '@markitect/ports';
import {
  describeUnitOfWorkContract,
  InMemoryFileStore,
  InMemoryUnitOfWork,
  markitectFailure,
} from '../src/index.js';

describeUnitOfWorkContract('InMemoryUnitOfWork', async () => {
  const roots = { files: new InMemoryFileStore(), others: new InMemoryFileStore() };
  const unitOfWork = new InMemoryUnitOfWork(roots);
  return Promise.resolve({
    unitOfWork,
    documents: unitOfWork.documents,
    issues: unitOfWork.issues,
    tasks: unitOfWork.tasks,
    taskSignal: () => unitOfWork.taskSignal(),
    files: (root) => roots[root as keyof typeof roots],
    deliveredMessages: () => unitOfWork.delivered,
    invalidated: () => unitOfWork.invalidated,
    close: () => Promise.resolve(),
  });
});

describe('InMemoryUnitOfWork', () => {
  it('says that it is committed when a file cannot be put in place, and goes on when it can', async () => {
    const files = new InMemoryFileStore();
    const unitOfWork = new InMemoryUnitOfWork({ files });
    const error = await markitectFailure(() =>
      unitOfWork.run(async (tx) => {
        await tx.files('files').write('a/b', new Uint8Array([1]));
        await tx.outbox.send('topic', 'message');
        // Somebody outside puts a file where the folder is to be.
        await files.write('a', new Uint8Array([2]));
      }),
    );
    expect(error).toMatchObject({ code: 'COMMIT_NOT_APPLIED', retryable: false });
    expect((await markitectFailure(() => unitOfWork.recover())).code).toBe('COMMIT_NOT_APPLIED');
    expect(unitOfWork.delivered).toEqual([]);
    await files.remove('a');
    await unitOfWork.recover();
    await unitOfWork.recover();
    expect(await files.exists('a/b')).toBe(true);
    expect(unitOfWork.delivered).toHaveLength(1);
  });

  it('tells a log of invalidations after the files are in place, and of everything when one comes late', async () => {
    const files = new InMemoryFileStore();
    const said: unknown[] = [];
    const log: InvalidationLog = {
      position: () => said.length,
      since: () => Promise.reject(new Error('not asked')),
      latest: () => Promise.reject(new Error('not asked')),
      append: async (invalidations) => {
        said.push({ invalidations, isInPlace: await files.exists('f') });
        return said.length;
      },
    };
    const unitOfWork = new InMemoryUnitOfWork({ files }, 'local', log);
    await unitOfWork.run(async (tx) => {
      await tx.cache.invalidate(['a']);
      await tx.cache.invalidateTags(['t']);
      await tx.files('files').write('f', new Uint8Array([1]));
      await tx
        .nested(async (inner) => {
          await inner.cache.invalidate(['undone']);
          throw new Error('undone');
        })
        .catch(() => undefined);
    });
    const own = [
      { kind: 'key', name: 'a' },
      { kind: 'tag', name: 't' },
    ];
    expect(said).toEqual([{ invalidations: own, isInPlace: true }]);
    const late = unitOfWork.run(async (tx) => {
      await tx.files('files').write('g/h', new Uint8Array([1]));
      await files.write('g', new Uint8Array([2]));
    });
    expect((await markitectFailure(() => late)).code).toBe('COMMIT_NOT_APPLIED');
    await files.remove('g');
    await unitOfWork.recover();
    await unitOfWork.recover();
    expect(said.slice(1)).toEqual([{ invalidations: [{ kind: 'all' }], isInPlace: true }]);
  });

  it('keeps what effects throw for the test to see', async () => {
    const unitOfWork = new InMemoryUnitOfWork();
    const error = new Error('mine');
    await unitOfWork.run(async (tx) =>
      tx.afterCommit(() => {
        throw error;
      }),
    );
    expect(unitOfWork.reported).toEqual([error]);
  });

  it('refuses to use a transaction around the work of its nested part, which would wait for itself', async () => {
    const unitOfWork = new InMemoryUnitOfWork();
    await unitOfWork.run(async (tx) => {
      await tx.nested(async () => {
        expect((await markitectFailure(() => tx.workspaces.list({}))).code).toBe('TRANSACTION_NESTED');
      });
      expect((await tx.workspaces.list({})).items).toEqual([]);
    });
  });
});
