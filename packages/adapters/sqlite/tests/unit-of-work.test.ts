import { join } from 'node:path';
import { FsFileStore } from '@markitect/adapter-fs';
import { documentDraft, InMemoryFileStore, markitectFailure } from '@markitect/testing';
import { Unavailable } from '@markitect/domain';
import { describe, expect, it } from '@jest/globals';
import { type EffectFailure, SqliteConnection, SqliteUnitOfWork } from '../src/index.js';
import { bytes, opened } from './unit-store.js';

/** A file store of which putting files in place fails while told so. */
class FailingStore extends InMemoryFileStore {
  fails = false;

  override apply(replacement: Parameters<InMemoryFileStore['apply']>[0]): Promise<boolean> {
    if (this.fails) return Promise.reject(new Unavailable('FILE_SYSTEM_FAILED', 'no space is left'));
    return super.apply(replacement);
  }
}

describe('units of work that wait at the same time', () => {
  it('share one commit, and a failing one leaves the others untouched', async () => {
    const points: string[] = [];
    const { units, close } = await opened({ fault: (point) => void points.push(point) });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        units.run(async (tx) => {
          await tx.counters.set(index, index + 1);
          if (index % 3 === 1) throw new Error('wanted');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(points.filter((point) => point === 'before-commit').length).toBeLessThan(20);
    const values = await units.run(async (tx) => {
      const found: number[] = [];
      for (let index = 0; index < 30; index += 1) found.push(await tx.counters.get(index));
      return found;
    });
    expect(values).toEqual(Array.from({ length: 30 }, (_, index) => (index % 3 === 1 ? 0 : index + 1)));
    await close();
  });

  it('are all refused when their commit fails, and none of it is there', async () => {
    let fails = true;
    const { units, files, close } = await opened({
      fault: (point) => {
        if (point === 'before-commit' && fails) throw new Unavailable('DATABASE_UNAVAILABLE', 'disk full');
      },
    });
    const codes = await Promise.all(
      [1, 2, 3].map((id) =>
        markitectFailure(() =>
          units.run(async (tx) => {
            await tx.counters.set(id, 1);
            await tx.files('files').write(`${id}`, bytes('x'));
          }),
        ),
      ),
    );
    expect(codes.map(({ code }) => code)).toEqual(Array(3).fill('DATABASE_UNAVAILABLE'));
    fails = false;
    expect(await units.run((tx) => tx.counters.get(1))).toBe(0);
    expect(await files.staged()).toEqual([]);
    await close();
  });

  it('lose no update: ten transfers each of a hundred callers, and plain writes between them', async () => {
    const { units, repository, close } = await opened();
    await units.run(async (tx) => {
      for (let id = 0; id < 10; id += 1) await tx.counters.set(id, 1000);
    });
    await Promise.all(
      Array.from({ length: 100 }, async (_, caller) => {
        for (let round = 0; round < 10; round += 1) {
          const [from, to] = [(caller + round) % 10, (caller * 7 + round + 1) % 10];
          await units.run(async (tx) => {
            await tx.counters.set(from, (await tx.counters.get(from)) - 1);
            await tx.counters.set(to, (await tx.counters.get(to)) + 1);
          });
          if (caller % 10 === 0) await repository.save(documentDraft({ path: `${caller}-${round}.md` }));
        }
      }),
    );
    const sum = await units.run(async (tx) => {
      let total = 0;
      for (let id = 0; id < 10; id += 1) total += await tx.counters.get(id);
      return total;
    });
    expect(sum).toBe(10_000);
    expect((await repository.list({ limit: 500 })).items).toHaveLength(100);
    await close();
  });
});

describe('a statement that fails', () => {
  it('undoes the unit of work even when the work swallows the error', async () => {
    const { units, repository, close } = await opened();
    const failure = await markitectFailure(() =>
      units.run(async (tx) => {
        await tx.documents.save(documentDraft({ path: 'a.md' }));
        const broken = { ...documentDraft({ path: 'b.md' }), bytes: null as never };
        await tx.documents.save(broken).catch(() => undefined);
      }),
    );
    expect(failure.message).toContain('NOT NULL');
    expect((await repository.list({})).items).toEqual([]);
    await close();
  });
});

describe('a file that cannot be put in place after the commit', () => {
  it('is reported, stays to be done, is seen by later units of work, and is done by a recovery', async () => {
    const store = new FailingStore();
    const failures: EffectFailure[] = [];
    const { units, close } = await opened({
      files: { files: store },
      onEffectFailure: (failure) => failures.push(failure),
    });
    store.fails = true;
    const failure = await markitectFailure(() =>
      units.run(async (tx) => {
        await tx.counters.set(1, 7);
        await tx.files('files').write('a', bytes('new'));
      }),
    );
    expect(failure).toMatchObject({ code: 'COMMIT_NOT_APPLIED', retryable: false });
    expect(failures).toMatchObject([{ effect: 'file-replace', target: 'a' }]);
    expect(await units.run((tx) => tx.counters.get(1))).toBe(7);
    expect((await units.pending()).count).toBe(1);
    expect(await store.exists('a')).toBe(false);
    const read = await units.run((tx) => tx.files('files').read('a'));
    expect(new TextDecoder().decode(read)).toBe('new');
    expect((await markitectFailure(() => units.recover())).code).toBe('COMMIT_NOT_APPLIED');
    store.fails = false;
    expect(await units.recover()).toEqual({ applied: 1, swept: 0 });
    expect(await units.recover()).toEqual({ applied: 0, swept: 0 });
    expect(await store.exists('a')).toBe(true);
    expect(await units.pending()).toEqual({ count: 0 });
    await close();
  });

  it('is not overwritten by what was committed before it', async () => {
    const store = new FailingStore();
    const { units, close } = await opened({ files: { files: store } });
    await store.write('a', bytes('oldest'));
    store.fails = true;
    await markitectFailure(() => units.run((tx) => tx.files('files').write('a', bytes('older'))));
    store.fails = false;
    await units.run((tx) => tx.files('files').write('a', bytes('newest')));
    expect(new TextDecoder().decode((await store.read('a')).bytes)).toBe('newest');
    expect(await store.staged()).toEqual([]);
    await close();
  });

  it('is refused before the commit when another one is going to be in its way', async () => {
    const { units, close } = await opened();
    for (const [first, second] of [
      ['a', 'A'],
      ['a', 'a/b'],
      ['a/b', 'a'],
    ] as const) {
      const failure = await markitectFailure(() =>
        units.run(async (tx) => {
          await tx.files('files').write(first, bytes('x'));
          await tx.files('files').write(second, bytes('x'));
        }),
      );
      expect(failure.code).toBe('FILE_NAME_CONFLICT');
    }
    await close();
  });
});

describe('a recovery', () => {
  it('removes staged files of nobody, and may be done by two connections at once', async () => {
    const { file, folder, units, close } = await opened();
    const store = new FsFileStore({ root: join(folder, 'files') });
    await store.stage('left-1', bytes('left'));
    const other = new SqliteConnection({ file });
    await other.open();
    const two = [new SqliteUnitOfWork(other, { files: { files: store } }), units];
    const reports = await Promise.all(two.map((each) => each.recover()));
    expect(reports.map(({ swept }) => swept)).toEqual([1, 0]);
    expect(await store.staged()).toEqual([]);
    await other.close();
    await close();
  });
});

describe('a deadline', () => {
  it('ends the wait for the lock of another process, and nothing else', async () => {
    const { file, units, close } = await opened({}, { busyTimeoutMs: 20 });
    const other = new SqliteConnection({ file });
    await other.open();
    let finish = (): void => undefined;
    const holding = (await other.writer()).transaction(
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    const failure = await markitectFailure(() =>
      units.run((tx) => tx.counters.set(1, 1), { deadlineMs: 60 }),
    );
    expect(failure.code).toBe('DEADLINE_EXCEEDED');
    const patient = units.run((tx) => tx.counters.set(1, 2));
    finish();
    await holding;
    await patient;
    expect(await units.run((tx) => tx.counters.get(1))).toBe(2);
    await other.close();
    await close();
  });
});

describe('a closed store', () => {
  it('refuses units of work', async () => {
    const { units, close } = await opened();
    await close();
    expect((await markitectFailure(() => units.run((tx) => tx.counters.get(1)))).code).toBe(
      'DATABASE_UNAVAILABLE',
    );
  });
});
