import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { composeApplication, serve } from '../src/index.js';
import { buildServer } from '../src/server/build-server.js';
import { openApi, temporaryConfig, temporaryFolder } from './open-api.js';

const quiet = { env: { LOG_LEVEL: 'silent' } };

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A PUT whose body has begun and does not go on before `finish`. */
async function slowWrite(url: string, path: string) {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
  socket.write(
    `PUT /v1/documents/${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/markdown\r\nContent-Length: 4\r\n\r\nab`,
  );
  // The server has the request when it has answered another one that came later.
  await (await fetch(`${url}/healthz`)).arrayBuffer();
  return { ended, finish: () => socket.write('cd') };
}

describe('close', () => {
  it('finishes a running request, accepts no other, and closes the store', async () => {
    const config = await temporaryConfig(folder);
    const server = await serve(config, quiet);
    const running = await slowWrite(server.url, 'late.md');
    const closed = server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    running.finish();
    const answer = await running.ended;
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(answer.toLowerCase()).toContain('\r\nconnection: close');
    await closed;
    await server.close();

    const application = composeApplication(config);
    await application.open();
    expect(await application.documents.get('late.md')).toMatchObject({ content: 'abcd' });
    await application.close();
    // SQLite empties or removes its log when the connections are closed properly.
    const log = await stat(join(config.dataDir, 'markitect.db-wal')).catch(() => ({ size: 0 }));
    expect(log.size).toBe(0);
  });

  it('cuts off a request that takes too long', async () => {
    const config = await temporaryConfig(folder, { server: { shutdownTimeoutMs: 50 } });
    const server = await serve(config, quiet);
    const running = await slowWrite(server.url, 'never.md');
    await server.close();
    expect(await running.ended).not.toContain('HTTP/1.1 2');
  });

  it('gives up parses that take too long, commits none of them, and closes the store', async () => {
    const config = await temporaryConfig(folder, { server: { shutdownTimeoutMs: 50 } });
    const server = await serve(config, quiet);
    // Each takes its thread until the time limit: waiting for them would fail this test.
    const answers = Array.from({ length: 4 }, (_, index) =>
      fetch(`${server.url}/v1/documents/hostile${index}.md`, {
        method: 'PUT',
        headers: { 'content-type': 'text/markdown' },
        body: '*a_'.repeat(300_000),
      }).then(
        (answer) => answer.status,
        () => 'cut off',
      ),
    );
    await (await fetch(`${server.url}/healthz`)).arrayBuffer();
    await server.close();
    // One that came after shutdown had begun was refused.
    expect([new Set(['cut off']), new Set(['cut off', 503])]).toContainEqual(
      new Set(await Promise.all(answers)),
    );

    const application = composeApplication(config);
    await application.open();
    expect((await application.documents.list({})).items).toEqual([]);
    await application.close();
    const log = await stat(join(config.dataDir, 'markitect.db-wal')).catch(() => ({ size: 0 }));
    expect(log.size).toBe(0);
  });

  it('makes readiness and new requests fail, but not liveness', async () => {
    const api = await openApi();
    const stopping = new AbortController();
    const app = await buildServer({ ...api, stopping: stopping.signal });
    expect((await app.inject({ url: '/readyz' })).json()).toEqual({ status: 'ok' });
    stopping.abort();
    for (const url of ['/readyz', '/v1/documents']) {
      const answer = await app.inject({ url });
      expect(answer.json()).toMatchObject({ status: 503, code: 'SERVER_UNAVAILABLE' });
      expect(answer.headers.connection).toBe('close');
    }
    expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    await app.close();
    await api.close();
  });

  it('makes readiness fail when the store is closed', async () => {
    const api = await openApi();
    await api.application.close();
    const answer = await api.app.inject({ url: '/readyz' });
    expect(answer.json()).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE' });
    expect((await api.app.inject({ url: '/v1/documents' })).statusCode).toBe(503);
    await api.close();
  });
});

describe('the data directory', () => {
  it('is private, ignored by git, and made only when asked for', async () => {
    const config = await temporaryConfig(folder);
    await expect(composeApplication(config).open()).rejects.toMatchObject({ code: 'STORE_NOT_INITIALIZED' });
    const application = composeApplication(config, { create: true });
    const report = await application.open();
    expect(report.applied.length).toBeGreaterThan(0);
    await application.close();
    await application.close();
    expect((await stat(config.dataDir)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(config.dataDir, '.gitignore'), 'utf8')).toBe('*\n');
    const again = composeApplication(config, { create: true });
    expect((await again.open()).applied).toEqual([]);
    await again.close();
  });

  it('is reported when it cannot be made', async () => {
    const config = await temporaryConfig(folder);
    const application = composeApplication({ ...config, dataDir: '/dev/null/data' }, { create: true });
    await expect(application.open()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

describe('the process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function start(extra: Record<string, string> = {}) {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
      cwd: folder,
      env: { PATH: process.env['PATH'], MARKITECT_SERVER_PORT: '0', LOG_LEVEL: 'warn', ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    const url = await new Promise<string>((resolve) => {
      child.stderr.on('data', () => {
        const found = /API at (\S+)/.exec(stderr)?.[1];
        if (found !== undefined) resolve(found);
      });
      void exited.then(() => resolve(''));
    });
    return { child, url, exited, stderr: () => stderr };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s with 0, requests finished', async (signal) => {
    const { child, url, exited } = await start();
    const running = await slowWrite(url, 'last.md');
    child.kill(signal);
    // Closed to others: the signal has arrived.
    while (
      await fetch(`${url}/healthz`).then(
        () => true,
        () => false,
      )
    );
    running.finish();
    expect(await running.ended).toMatch(/^HTTP\/1\.1 201 /);
    expect(await exited).toEqual([0, null]);
  });

  it('ends at once on a second signal', async () => {
    const { child, url, exited } = await start();
    await slowWrite(url, 'last.md');
    child.kill('SIGTERM');
    while (
      await fetch(`${url}/healthz`).then(
        () => true,
        () => false,
      )
    );
    child.kill('SIGTERM');
    expect(await exited).toEqual([1, null]);
  });

  it('ends in time with parses under way', async () => {
    const { child, url, exited } = await start({ MARKITECT_SERVER_SHUTDOWN_TIMEOUT_MS: '50' });
    const cutOff = fetch(`${url}/v1/documents/hostile.md`, {
      method: 'PUT',
      headers: { 'content-type': 'text/markdown' },
      body: '*a_'.repeat(300_000),
    }).catch(() => 'cut off');
    await (await fetch(`${url}/healthz`)).arrayBuffer();
    child.kill('SIGTERM');
    expect(await cutOff).toBe('cut off');
    expect(await exited).toEqual([0, null]);
  });

  it('warns of a token that can be guessed', async () => {
    const short = await start({ MARKITECT_TOKEN: 'short' });
    short.child.kill('SIGTERM');
    expect(await short.exited).toEqual([0, null]);
    expect(short.stderr()).toContain('fewer than 16 characters');
    expect(short.stderr()).not.toContain('short');
  });

  it('says why it does not start, and never shows the token', async () => {
    const { exited, stderr } = await start({ MARKITECT_SERVER_HOST: '0.0.0.0' });
    expect(await exited).toEqual([2, null]);
    expect(stderr()).toContain('SERVER_BIND_REFUSED');

    const served = await start({ MARKITECT_TOKEN: 'top-secret-token', LOG_LEVEL: 'trace' });
    await (
      await fetch(`${served.url}/v1/documents`, { headers: { authorization: 'Bearer top-secret-token' } })
    ).text();
    await (
      await fetch(`${served.url}/v1/documents`, { headers: { authorization: 'Bearer other-secret' } })
    ).text();
    served.child.kill('SIGTERM');
    expect(await served.exited).toEqual([0, null]);
    expect(served.stderr()).toContain('/v1/documents');
    expect(served.stderr()).not.toMatch(/top-secret-token|other-secret/);
  });
});
