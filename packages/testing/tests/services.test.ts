import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GiteaService, startGitea } from '../src/services/gitea.js';
import { giteaRequest } from '../src/services/gitea-request.js';
import { startRedis } from '../src/services/redis.js';
import { seedIssues } from '../src/services/seed-gitea.js';
import { describeWithService } from '../src/services/service-requirement.js';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function reachable(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Starts the service in a process of its own and kills that. */
async function orphan(service: 'gitea' | 'redis'): Promise<{ url: string; folder: string }> {
  const holder = spawn(
    process.execPath,
    [fileURLToPath(new URL('./service-holder.mjs', import.meta.url)), service],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  const { url, logFile } = JSON.parse(line.toString()) as { url: string; logFile: string };
  const folder = service === 'gitea' ? dirname(dirname(logFile)) : dirname(logFile);
  expect([await reachable(url), existsSync(folder)]).toEqual([true, true]);
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  return { url, folder };
}

async function vanishes({ url, folder }: { url: string; folder: string }): Promise<void> {
  const end = Date.now() + 20_000;
  while (((await reachable(url)) || existsSync(folder)) && Date.now() < end) await pause(50);
  expect([await reachable(url), existsSync(folder)]).toEqual([false, false]);
}

describeWithService('gitea', 'startGitea', () => {
  let gitea: GiteaService;
  beforeAll(async () => {
    gitea = await startGitea();
  }, 60_000);
  afterAll(() => gitea.stop());

  it('serves its API on loopback with an administrator, a token and an empty repository', async () => {
    const ask = giteaRequest({ url: gitea.url, token: gitea.token });
    expect(gitea.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask('GET', '/user')).toMatchObject({ login: gitea.owner, is_admin: true });
    expect(await ask('GET', `/repos/${gitea.owner}/${gitea.repository}/issues?state=all`)).toEqual([]);
    expect(await ask('GET', '/settings/api')).toMatchObject({ max_response_items: 50 });
    expect(gitea.version).toMatch(/^1\.27\./);
  });

  it('makes more repositories, and users who are no administrators', async () => {
    await gitea.createRepository('second');
    const ann = await gitea.createUser('zoe');
    const ask = giteaRequest({ url: gitea.url, token: ann.token });
    expect(await ask('GET', '/user')).toMatchObject({ login: 'zoe', is_admin: false });
    expect(await ask('GET', `/repos/${gitea.owner}/second`)).toMatchObject({ name: 'second' });
  });

  it('is gone after kill, and back on the same port with its data after restart', async () => {
    const ask = giteaRequest(gitea);
    const path = `/repos/${gitea.owner}/${gitea.repository}/issues`;
    const { number } = (await ask('POST', path, { title: 'kept' })) as { number: number };
    await gitea.kill();
    expect(await reachable(gitea.url)).toBe(false);
    await gitea.restart();
    expect(await ask('GET', `${path}/${number}`)).toMatchObject({ title: 'kept' });
  });

  it('seeds issues with everything that issues have', async () => {
    const ask = giteaRequest(gitea);
    const before = (await ask('GET', `/repos/${gitea.owner}/${gitea.repository}`)) as {
      open_issues_count: number;
    };
    const made = await seedIssues(gitea, { issues: 40, seed: 3 });
    expect(made).toMatchObject({ issues: 40 });
    const after = (await ask('GET', `/repos/${gitea.owner}/${gitea.repository}`)) as {
      open_issues_count: number;
    };
    expect(after.open_issues_count - before.open_issues_count).toBe(40 - made.closed);
    const scoped = await ask(
      'GET',
      `/repos/${gitea.owner}/${gitea.repository}/issues?state=all&labels=status/doing`,
    );
    expect(scoped).not.toEqual([]);
  });

  it('leaves nothing behind after stop, which may be called twice', async () => {
    const own = await startGitea({ repository: 'other', maxResponseItems: 10 });
    expect(await giteaRequest(own)('GET', '/settings/api')).toMatchObject({ max_response_items: 10 });
    await own.stop();
    await own.stop();
    expect([await reachable(own.url), existsSync(own.folder)]).toEqual([false, false]);
  });

  it('dies with the process that started it, even when that is killed', async () => {
    await vanishes(await orphan('gitea'));
  });
});

describeWithService('redis', 'startRedis', () => {
  it('answers, comes back empty on the same port after kill, and leaves nothing behind', async () => {
    const redis = await startRedis();
    expect(await reachable(redis.url)).toBe(true);
    await redis.kill();
    expect(await reachable(redis.url)).toBe(false);
    await redis.restart();
    expect(await reachable(redis.url)).toBe(true);
    await redis.stop();
    await redis.stop();
    expect([await reachable(redis.url), existsSync(dirname(redis.logFile))]).toEqual([false, false]);
  });

  it('dies with the process that started it, even when that is killed', async () => {
    await vanishes(await orphan('redis'));
  });
});

describe('without the program', () => {
  it('says that there is no Gitea and how to get one', async () => {
    const { MARKITECT_GITEA_BIN, PATH, XDG_CACHE_HOME } = process.env;
    Object.assign(process.env, { PATH: '/nowhere', XDG_CACHE_HOME: '/nowhere' });
    delete process.env.MARKITECT_GITEA_BIN;
    try {
      await expect(startGitea()).rejects.toThrow('tools/gitea.mjs');
      await expect(startRedis()).rejects.toThrow('redis-server');
    } finally {
      Object.assign(process.env, { PATH });
      if (MARKITECT_GITEA_BIN !== undefined) process.env.MARKITECT_GITEA_BIN = MARKITECT_GITEA_BIN;
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    }
  });
});
