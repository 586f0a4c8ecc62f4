import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Config } from '@markitect/config';
import { composeApplication, serve } from '../src/index.js';
import { temporaryConfig, temporaryFolder } from './open-api.js';

const quiet = { env: { LOG_LEVEL: 'silent' } };
let folder: string;
let config: Config;

beforeEach(async () => {
  folder = await temporaryFolder();
  config = await temporaryConfig(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Asks the server over and over until `isDone`. */
async function until(address: string, isDone: (body: Record<string, unknown>) => boolean) {
  for (;;) {
    const body = (await (await fetch(address)).json()) as Record<string, unknown>;
    if (isDone(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function enqueue(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'tasks.prune' }),
  });
  return `${url}${String(answer.headers.get('location'))}`;
}

it('a server does tasks, and measures them', async () => {
  const server = await serve(config, quiet);
  const address = await enqueue(server.url);
  expect(await until(address, ({ status }) => status === 'completed')).toMatchObject({ attempts: 1 });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/markitect_tasks_attempts_total\{.*completed.*\} 1/);
  expect(metrics).toMatch(/markitect_tasks_wait_seconds_count\{.*tasks\.prune.*\} 1/);
  expect(metrics).toContain('markitect_tasks_depth{');
  await server.close();
});

it('a server leaves tasks to others where it is told to do none', async () => {
  const server = await serve({ ...config, tasks: { ...config.tasks, concurrency: 0 } }, quiet);
  const address = await enqueue(server.url);
  const application = composeApplication(config);
  await application.open();
  expect(await until(address, () => true)).toMatchObject({ status: 'waiting' });
  await application.worker({ untilEmpty: true }).run(new AbortController().signal);
  expect(await until(address, () => true)).toMatchObject({ status: 'completed' });
  await application.close();
  await server.close();
});
