import { describe, expect, it } from '@jest/globals';
import { parseWorkspaceSlug, type WorkspaceSlug } from '@markitect/domain';
import type { WorkspaceLock } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';

/** Two locks on one store, as two processes would have them, and a way to let locks grow stale. */
export interface OpenedWorkspaceLocks {
  readonly lock: WorkspaceLock;
  readonly other: WorkspaceLock;
  /**
   * Makes the lock of a workspace, held or not by anybody real, one that is to be taken over: held by a process that
   * is gone from this host, or by one of another host that has not been heard of for too long.
   */
  readonly makeStale: (slug: WorkspaceSlug, why: 'process gone' | 'not heard of') => Promise<void>;
  close(): Promise<void>;
}

/** What every WorkspaceLock promises. `open` gives locks on a new, empty store for each test. */
export function describeWorkspaceLockContract(name: string, open: () => Promise<OpenedWorkspaceLocks>): void {
  const test = (body: (opened: OpenedWorkspaceLocks) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
  const slug = parseWorkspaceSlug('42');

  describe(`${name} keeps the WorkspaceLock contract`, () => {
    it(
      'is held by one at a time, and says by whom and since when',
      test(async ({ lock, other }) => {
        const lease = await lock.acquire(slug, 'the first');
        for (const each of [lock, other]) {
          const error = await markitectFailure(() => each.acquire(slug, 'the second'));
          expect(error).toMatchObject({ code: 'WORKSPACE_LOCKED', retryable: true });
          expect(error.details).toMatchObject({ slug, holder: { owner: 'the first' } });
          expect(error.message).toContain('the first');
          const { holder } = error.details as { holder: { since: string; pid: number; host: string } };
          expect(error.message).toContain(holder.since);
          expect(new Date(holder.since).toISOString()).toBe(holder.since);
          expect(holder.pid).toBeGreaterThan(0);
          expect(holder.host).not.toBe('');
        }
        await lease.release();
        await (await other.acquire(slug, 'the second')).release();
        await (await lock.acquire(slug, 'the first again')).release();
      }),
    );

    it(
      'of one workspace has nothing to do with that of another',
      test(async ({ lock, other }) => {
        const leases = [await lock.acquire(slug, 'a'), await other.acquire(parseWorkspaceSlug('43'), 'b')];
        for (const lease of leases) await lease.release();
      }),
    );

    it(
      'is given to exactly one of many that ask at the same time',
      test(async ({ lock, other }) => {
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 === 0 ? lock : other).acquire(slug, `asker ${index}`),
          ),
        );
        const given = results.filter((result) => result.status === 'fulfilled');
        expect(given).toHaveLength(1);
        for (const { value } of given) await value.release();
      }),
    );

    it(
      'is let go of once, and nobody else loses it by that',
      test(async ({ lock, other }) => {
        const first = await lock.acquire(slug, 'first');
        await first.release();
        const second = await other.acquire(slug, 'second');
        await first.release();
        expect((await markitectFailure(() => lock.acquire(slug, 'third'))).code).toBe('WORKSPACE_LOCKED');
        await second.release();
      }),
    );

    it.each(['process gone', 'not heard of'] as const)('is taken over when it is stale: %s', (why) =>
      test(async ({ lock, other, makeStale }) => {
        await makeStale(slug, why);
        const lease = await lock.acquire(slug, 'the new one');
        const error = await markitectFailure(() => other.acquire(slug, 'too late'));
        expect(error.details).toMatchObject({ holder: { owner: 'the new one' } });
        await lease.release();
        await (await other.acquire(slug, 'next')).release();
      })(),
    );

    it(
      'is taken over by exactly one of many that find it stale',
      test(async ({ lock, other, makeStale }) => {
        await makeStale(slug, 'process gone');
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 === 0 ? lock : other).acquire(slug, `${index}`),
          ),
        );
        const given = results.filter((result) => result.status === 'fulfilled');
        expect(given).toHaveLength(1);
        for (const { value } of given) await value.release();
      }),
    );

    it(
      'that was taken over is not let go of by the one who had it',
      test(async ({ lock, other, makeStale }) => {
        const sleeper = await lock.acquire(slug, 'sleeper');
        await makeStale(slug, 'not heard of');
        const lease = await other.acquire(slug, 'successor');
        await sleeper.release();
        const error = await markitectFailure(() => lock.acquire(slug, 'third'));
        expect(error.details).toMatchObject({ holder: { owner: 'successor' } });
        await lease.release();
      }),
    );
  });
}
