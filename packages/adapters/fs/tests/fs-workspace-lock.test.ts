import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { type LockHolder, parseWorkspaceSlug, type WorkspaceSlug } from '@markitect/domain';
import { describeWorkspaceLockContract, markitectFailure } from '@markitect/testing';
import { FsWorkspaceLock } from '../src/index.js';
import { TemporaryFolder } from './temporary-folder.js';

const slug = parseWorkspaceSlug('42');

/** A process that is no more. */
const { pid: gone } = spawnSync('true');

function holderFile(overrides: Partial<LockHolder> = {}): string {
  const now = new Date().toISOString();
  const holder = { owner: 'other', host: hostname(), pid: gone, since: now, heartbeatAt: now, ...overrides };
  return JSON.stringify(holder);
}

async function withFolder(work: (folder: TemporaryFolder, root: string) => Promise<void>): Promise<void> {
  const folder = await TemporaryFolder.create();
  try {
    await work(folder, folder.at('deep/locks'));
  } finally {
    await folder.remove();
  }
}

describeWorkspaceLockContract('FsWorkspaceLock', async () => {
  const folder = await TemporaryFolder.create();
  const root = folder.at('deep/locks');
  return {
    lock: new FsWorkspaceLock({ root }),
    other: new FsWorkspaceLock({ root }),
    makeStale: async (of: WorkspaceSlug, why) => {
      await mkdir(root, { recursive: true });
      const long = '2020-01-01T00:00:00.000Z';
      const content =
        why === 'process gone' ? holderFile() : holderFile({ host: 'elsewhere', heartbeatAt: long });
      await writeFile(`${root}/${of}.lock`, content);
    },
    close: () => folder.remove(),
  };
});

describe('FsWorkspaceLock', () => {
  it('leaves no file behind when it is let go of', () =>
    withFolder(async (_, root) => {
      const lease = await new FsWorkspaceLock({ root }).acquire(slug, 'me');
      expect(await readdir(root)).toEqual(['42.lock']);
      await lease.release();
      expect(await readdir(root)).toEqual([]);
    }));

  it('keeps itself fresh, so that one who is slow but there is not taken over', () =>
    withFolder(async (_, root) => {
      // As other hosts see it, who cannot look at the process.
      let now = Date.now();
      const clock = () => new Date(now);
      const holder = new FsWorkspaceLock({ root, staleAfterMs: 12 }, { host: 'a', now: clock });
      const observer = new FsWorkspaceLock({ root, staleAfterMs: 12 }, { host: 'b', now: clock });
      const lease = await holder.acquire(slug, 'slow');
      for (let step = 0; step < 5; step += 1) {
        now += 10;
        const beat = new Date(now).toISOString();
        while (!(await readFile(`${root}/42.lock`, 'utf8')).includes(beat)) await new Promise(setImmediate);
        expect((await markitectFailure(() => observer.acquire(slug, 'x'))).code).toBe('WORKSPACE_LOCKED');
      }
      await lease.release();
    }));

  it('lets go of a lock whose folder is gone', () =>
    withFolder(async (_, root) => {
      const lease = await new FsWorkspaceLock({ root }).acquire(slug, 'me');
      await rm(root, { recursive: true });
      await lease.release();
    }));

  it('is not held for ever by a file that says nothing, but as long as its writer may be at it', () =>
    withFolder(async (_, root) => {
      await mkdir(root, { recursive: true });
      for (const text of ['', '{', 'null', '{"pid":0}', holderFile({ pid: -1 })]) {
        await writeFile(`${root}/42.lock`, text);
        const error = await markitectFailure(() => new FsWorkspaceLock({ root }).acquire(slug, 'me'));
        expect(error.code).toBe('WORKSPACE_LOCKED');
        const later = new FsWorkspaceLock({ root }, { now: () => new Date(Date.now() + 60_000) });
        await (await later.acquire(slug, 'me')).release();
      }
    }));

  it('does not end another process by asking whether it is there', () =>
    withFolder(async (_, root) => {
      const child = spawn('sleep', ['60']);
      await mkdir(root, { recursive: true });
      await writeFile(`${root}/42.lock`, holderFile(child.pid === undefined ? {} : { pid: child.pid }));
      const error = await markitectFailure(() => new FsWorkspaceLock({ root }).acquire(slug, 'me'));
      expect(error.details).toMatchObject({ holder: { owner: 'other', pid: child.pid } });
      expect(child.exitCode).toBeNull();
      child.kill();
      await once(child, 'close');
      await (await new FsWorkspaceLock({ root }).acquire(slug, 'me')).release();
    }));

  it('gets past guards whose holders were killed, however many', () =>
    withFolder(async (_, root) => {
      await mkdir(root, { recursive: true });
      for (const guards of ['', '.guard', '.guard.guard']) {
        await writeFile(`${root}/42.lock${guards}`, holderFile());
      }
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => new FsWorkspaceLock({ root }).acquire(slug, 'me')),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) if (result.status === 'fulfilled') await result.value.release();
      expect(await readdir(root)).toEqual([]);
    }));

  it('gives up on a stale lock that somebody is always about to remove', () =>
    withFolder(async (_, root) => {
      await mkdir(root, { recursive: true });
      await writeFile(`${root}/42.lock`, holderFile());
      await writeFile(`${root}/42.lock.guard`, holderFile({ pid: process.pid }));
      const error = await markitectFailure(() => new FsWorkspaceLock({ root }).acquire(slug, 'me'));
      expect(error.code).toBe('WORKSPACE_LOCKED');
    }));

  it('says by code what the disk refuses, and writes through no link', () =>
    withFolder(async (folder, root) => {
      await folder.add({ deep: 'a file' });
      const error = await markitectFailure(() => new FsWorkspaceLock({ root }).acquire(slug, 'me'));
      expect(error.message).not.toContain(folder.path);
      const linked = folder.at('linked');
      await mkdir(linked);
      await symlink(folder.at('deep'), `${linked}/42.lock`);
      const refused = await markitectFailure(() => new FsWorkspaceLock({ root: linked }).acquire(slug, 'me'));
      expect(refused.code).toBe('FILE_ESCAPES_ROOT');
      expect(await readFile(folder.at('deep'), 'utf8')).toBe('a file');
    }));

  it(
    'is held by one of many processes at a time, also when holders are killed',
    () =>
      withFolder(async (folder) => {
        const script = fileURLToPath(new URL('./lock-contender.mjs', import.meta.url));
        const [rounds, killEvery] = [300, 5];
        const contend = async (): Promise<void> => {
          for (;;) {
            const child = spawn(process.execPath, [script, folder.path, String(rounds), String(killEvery)], {
              stdio: ['ignore', 'inherit', 'inherit'],
              env: {},
            });
            const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
            if (signal !== 'SIGKILL') {
              expect(code).toBe(0);
              return;
            }
          }
        };
        await Promise.all(Array.from({ length: 8 }, contend));
        const log = await readFile(folder.at('log'), 'utf8');
        expect(log.replace(/\./g, '')).toBe('');
        expect(log.length).toBeGreaterThanOrEqual(rounds);
      }),
    120_000,
  );
});
