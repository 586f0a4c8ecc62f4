import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RedisConnection } from '@markitect/adapter-cache';
import type { Config } from '@markitect/config';
import {
  describeWithService,
  type GiteaService,
  type RedisService,
  startGitea,
  startRedis,
} from '@markitect/testing';
import { composeApplication } from '../src/composition/application.js';
import { buildServer } from '../src/server/build-server.js';
import { ask } from './ask.js';
import { type OpenApi, temporaryConfig, temporaryFolder } from './open-api.js';

/** An API of another machine: a process with a data directory of its own, and the same Gitea and Redis. */
const program = `
  import { createInterface } from 'node:readline';
  const { composeApplication } = await import(process.argv[1]);
  const application = composeApplication(JSON.parse(process.argv[2]), { create: true, keepsRunning: true });
  await application.open();
  console.log('open');
  const requests = () => application.connections.stats().gitea.counters?.requests ?? 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, title] = JSON.parse(line);
    const { issues } = application;
    const { issue } = what === 'read' ? { issue: (await issues.get(1)).value } : { issue: await issues.edit(1, { title }) };
    console.log(JSON.stringify({ title: issue.title, requests: requests() }));
  }
  await application.close();
`;

const PASSWORD = 'open-sesame';

interface OtherMachine {
  readonly read: () => Promise<{ title: string; requests: number }>;
  readonly rename: (title: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

async function startElsewhere(config: Config): Promise<OtherMachine> {
  const built = new URL('../dist/index.js', import.meta.url).href;
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--input-type=module', '-e', program, built, JSON.stringify(config)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines: Interface = createInterface({ input: child.stdout });
  const said = async () => {
    const [line] = (await once(lines, 'line')) as [string];
    return line;
  };
  expect(await said()).toBe('open');
  const tell = async (...order: readonly string[]) => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    return JSON.parse(await said()) as { title: string; requests: number };
  };
  return {
    read: () => tell('read'),
    rename: (title) => tell('edit', title),
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

describeWithService('gitea', 'the cache of several machines', () => {
  describeWithService('redis', 'in Redis', () => {
    let gitea: GiteaService;
    let redis: RedisService;
    let api: OpenApi;
    let other: OtherMachine;
    const folders: string[] = [];

    const configure = async () => {
      const folder = await temporaryFolder();
      folders.push(folder);
      const { url, owner, repository, token } = gitea;
      const redisUrl = redis.url.replace('//', `//default:${PASSWORD}@`);
      const changes = {
        gitea: { url, owner, repository, token },
        cache: { issuesTtlMs: 3_600_000, redisUrl },
      };
      return temporaryConfig(folder, changes);
    };
    const requirePassword = async () => {
      const connection = new RedisConnection({ url: redis.url });
      await connection.command(['CONFIG', 'SET', 'requirepass', PASSWORD]);
      await connection.close();
    };
    const start = async (): Promise<OpenApi> => {
      const config = await configure();
      const application = composeApplication(config, { create: true, keepsRunning: true });
      await application.open();
      const app = await buildServer({ application, config });
      const close = async () => {
        await app.close();
        await application.close();
      };
      return { app, application, config, folder: config.dataDir, close };
    };
    const title = async (of = api) =>
      ((await ask(of, 'GET', '/issues/1')).body['issue'] as { readonly title: string }).title;
    const requests = () => api.application.connections.stats()['gitea']?.counters?.['requests'] ?? 0;
    const redisIs = async (of: OpenApi) => {
      const { items } = (await ask(of, 'GET', '/connections')).body as {
        readonly items: readonly { readonly name: string; readonly status: string }[];
      };
      return items.find(({ name }) => name === 'redis');
    };
    const until = async (holds: () => Promise<boolean>) => {
      const end = Date.now() + 20_000;
      while (!(await holds())) {
        if (Date.now() > end) throw new Error('it has not come to that in 20 s');
        await delay(50);
      }
    };

    beforeAll(async () => {
      [gitea, redis] = await Promise.all([startGitea(), startRedis()]);
      await requirePassword();
      api = await start();
      other = await startElsewhere(await configure());
      await ask(api, 'POST', '/issues', { title: 'First' });
    }, 120_000);

    afterAll(async () => {
      await Promise.all([api.close(), other.close()]);
      await Promise.all([gitea.stop(), redis.stop()]);
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    });

    it('answers all of them from what one has asked, and with what any of them has changed, at once', async () => {
      await title();
      const first = await other.read();
      expect(first.title).toBe('First');
      // What the one has asked the other finds in Redis.
      expect(first.requests).toBe(0);
      for (let round = 0; round < 10; round += 1) {
        await ask(api, 'PATCH', '/issues/1', { title: `From here ${round}` });
        expect((await other.read()).title).toBe(`From here ${round}`);
        await other.rename(`From there ${round}`);
        expect(await title()).toBe(`From there ${round}`);
        const before = requests();
        await title();
        expect(requests()).toBe(before);
      }
    });

    it('is shown with the other tiers and connections, without its password', async () => {
      const cache = await ask(api, 'GET', '/cache');
      const tiers = cache.body['tiers'] as { tier: string; hits: number; breaker: string }[];
      expect(tiers.map(({ tier }) => tier)).toEqual(['memory', 'issues-memory', 'redis']);
      expect(tiers[2]).toMatchObject({ breaker: 'closed' });
      // Redis drops what it likes, and says so to nobody.
      expect(tiers[2]).not.toHaveProperty('evictions');
      expect(await redisIs(api)).toMatchObject({ kind: 'redis', status: 'up', open: true });
      const everything = JSON.stringify([
        cache.body,
        (await ask(api, 'GET', '/connections')).body,
        await api.application.connections.health(),
      ]);
      expect(everything).not.toContain(PASSWORD);
      const key = `issues:IssueRepository.get:gitea:${gitea.url}/${gitea.owner}/${gitea.repository}:1`;
      const entry = await ask(api, 'GET', `/cache/entries/${encodeURIComponent(key)}`);
      expect(entry.body).toMatchObject({ state: 'fresh', tiers: [{ tier: 'redis' }] });
    });

    it('is emptied for all of them by whoever says so', async () => {
      await other.read();
      const before = (await other.read()).requests;
      expect((await ask(api, 'DELETE', '/cache')).status).toBe(204);
      expect((await other.read()).requests).toBe(before + 1);
      expect((await ask(api, 'POST', '/cache/invalidate', { tags: ['IssueRepository'] })).status).toBe(204);
      expect((await other.read()).requests).toBe(before + 2);
    });

    it('keeps nobody from reading, changing and starting while Redis is down, and is in use again after it', async () => {
      await redis.kill();
      expect((await ask(api, 'PATCH', '/issues/1', { title: 'Without' })).status).toBe(200);
      expect(await title()).toBe('Without');
      // The other may go on with what it knows for the second in which it trusts it.
      await until(async () => (await other.read()).title === 'Without');
      const late = await start();
      expect(await title(late)).toBe('Without');
      expect((await late.app.inject({ url: '/readyz' })).statusCode).toBe(200);
      expect(await redisIs(late)).toMatchObject({ status: 'down', error: { code: 'CACHE_TIER_FAILED' } });
      expect(JSON.stringify(await redisIs(late))).not.toContain(PASSWORD);
      // What operators have to know is an error: the others would go on with it.
      expect((await ask(late, 'DELETE', '/cache')).body).toMatchObject({ code: 'CACHE_LOG_FAILED' });
      await redis.restart();
      await requirePassword();
      await until(async () => (await redisIs(late))?.status === 'up');
      await until(async () => {
        const before = requests();
        await title();
        return requests() === before;
      });
      await ask(api, 'PATCH', '/issues/1', { title: 'Again' });
      expect([await title(late), (await other.read()).title]).toEqual(['Again', 'Again']);
      await late.close();
    });
  });
});
