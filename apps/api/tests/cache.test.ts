import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Application, composeApplication } from '../src/composition/application.js';
import { buildServer } from '../src/server/build-server.js';
import { ask } from './ask.js';
import { type OpenApi, put, temporaryConfig, temporaryFolder } from './open-api.js';

/** Another process on the same data directory, which answers searches as fast as it can read them. */
const program = `
  import { createInterface } from 'node:readline';
  const { composeApplication } = await import(process.argv[1]);
  const application = composeApplication(JSON.parse(process.argv[2]), { keepsRunning: true });
  await application.open();
  console.log('open');
  for await (const query of createInterface({ input: process.stdin })) {
    const page = await application.documents.search({ query, limit: 10 });
    const { tiers } = await application.cache.stats();
    console.log(JSON.stringify({ paths: page.items.map(({ path }) => path), hits: tiers[0].hits }));
  }
  await application.close();
`;

let api: OpenApi;
let application: Application;
let other: ChildProcessByStdio<Writable, Readable, null>;
let lines: Interface;

/** The next line of the other process. */
async function said(): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

async function searchElsewhere(query: string) {
  other.stdin.write(`${query}\n`);
  return JSON.parse(await said()) as { paths: string[]; hits: number };
}

const search = async (query: string) => {
  const { body } = await ask(api, 'GET', `/search?in=documents&q=${query}`);
  return JSON.stringify(body).match(/[a-z]+\.md/g) ?? [];
};
const hits = async () => (await application.cache.stats()).tiers[0]?.hits ?? 0;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const config = await temporaryConfig(folder);
  application = composeApplication(
    { ...config, cache: { ...config.cache, diskFolder: `${folder}/cache` } },
    { create: true, keepsRunning: true },
  );
  await application.open();
  const app = await buildServer({ application, config });
  const close = async () => {
    await app.close();
    await application.close();
    await rm(folder, { recursive: true, force: true });
  };
  api = { app, application, config, folder, close };
  const built = new URL('../dist/index.js', import.meta.url).href;
  other = spawn(process.execPath, ['--input-type=module', '-e', program, built, JSON.stringify(config)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  lines = createInterface({ input: other.stdout });
  expect(await said()).toBe('open');
}, 30_000);

afterAll(async () => {
  const ended = once(other, 'exit');
  other.stdin.end();
  await ended;
  await api.close();
});

describe('what is cached of documents', () => {
  it('is read again at once after each change, here and in another process', async () => {
    await put(api.app, 'a.md', '# Alpha\n\nzebra\n');
    expect(await search('zebra')).toContain('a.md');
    expect((await searchElsewhere('zebra')).paths).toEqual(['a.md']);
    const before = await hits();
    await search('zebra');
    expect(await hits()).toBeGreaterThan(before);
    const first = await searchElsewhere('zebra');
    expect((await searchElsewhere('zebra')).hits).toBeGreaterThan(first.hits);

    for (let round = 0; round < 20; round += 1) {
      const word = round % 2 === 0 ? 'giraffe' : 'zebra';
      const gone = round % 2 === 0 ? 'zebra' : 'giraffe';
      await put(api.app, 'a.md', `# Alpha\n\n${word} ${round}\n`);
      expect((await searchElsewhere(word)).paths).toEqual(['a.md']);
      expect((await searchElsewhere(gone)).paths).toEqual([]);
      expect(await search(word)).toContain('a.md');
      expect(await search(gone)).toEqual([]);
    }
    await ask(api, 'DELETE', '/documents/a.md');
    expect((await searchElsewhere('zebra')).paths).toEqual([]);
    expect(await search('zebra')).toEqual([]);
  });

  it('stays when a change is refused, for nothing was changed', async () => {
    await put(api.app, 'b.md', '# Beta\n\nlion\n');
    await search('lion');
    const before = await hits();
    const refused = await ask(api, 'PUT', '/documents/b.md', '# Other\n', {
      'content-type': 'text/markdown',
      'if-match': '"0000"',
    });
    expect(refused.status).toBe(412);
    await search('lion');
    expect(await hits()).toBeGreaterThan(before);
  });
});

describe('the cache for operators', () => {
  it('tells what it holds and how well it serves', async () => {
    await search('lion');
    const { status, body } = await ask(api, 'GET', '/cache');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      tiers: [
        { tier: 'memory', maxBytes: 67_108_864, breaker: 'closed', evictions: 0, errors: 0 },
        { tier: 'disk', entries: 0, bytes: 0, maxBytes: 268_435_456, hits: 0, misses: 0, evictions: 0 },
      ],
      untrusted: 0,
      factories: { failures: 0 },
    });
    const [memory] = body['tiers'] as [{ hits: number; hitRate: number; bytes: number }];
    expect(memory.hits).toBeGreaterThan(0);
    expect(memory.hitRate).toBeGreaterThan(0);
    expect(memory.bytes).toBeGreaterThan(0);
    const { runs, meanMs, p50Ms } = body['factories'] as Record<'runs' | 'meanMs' | 'p50Ms', number>;
    expect(runs).toBeGreaterThan(0);
    // One of them is no longer than all together.
    expect(p50Ms).toBeLessThanOrEqual(meanMs * runs + 0.001);
  });

  const key = 'documents:DocumentRepository.links:b.md';
  const address = `/cache/entries/${encodeURIComponent(key)}`;

  it('shows an entry, and makes it invalid', async () => {
    await ask(api, 'GET', '/links/b.md');
    const found = await ask(api, 'GET', address);
    expect(found.body).toMatchObject({ key, state: 'fresh', tiers: [] });
    expect(found.body['value']).toBeDefined();
    expect((await ask(api, 'DELETE', address)).status).toBe(204);
    expect((await ask(api, 'GET', address)).body).toMatchObject({ status: 404, code: 'ENTRY_NOT_CACHED' });
    expect((await ask(api, 'GET', '/cache/entries/nothing:a')).body).toMatchObject({
      code: 'ENTRY_NOT_CACHED',
      details: { namespaces: ['trees', 'documents', 'issues'] },
    });
  });

  it.each([
    ['keys', { keys: [key] }],
    ['tags', { tags: ['DocumentRepository/any'] }],
  ])('makes %s invalid', async (_what, body) => {
    await ask(api, 'GET', '/links/b.md');
    expect((await ask(api, 'GET', address)).status).toBe(200);
    expect((await ask(api, 'POST', '/cache/invalidate', body)).status).toBe(204);
    expect((await ask(api, 'GET', address)).status).toBe(404);
  });

  it('makes everything invalid', async () => {
    await ask(api, 'GET', '/links/b.md');
    expect((await ask(api, 'DELETE', '/cache')).status).toBe(204);
    expect((await ask(api, 'GET', address)).status).toBe(404);
  });

  it.each([{}, { keys: [''] }, { key: 'a' }])('refuses %j', async (body) => {
    expect((await ask(api, 'POST', '/cache/invalidate', body)).body).toMatchObject({
      status: 400,
      code: 'REQUEST_INVALID',
    });
  });
});
