import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestSite, type TestSite } from '@markitect/testing';
import { command, type Json, makeFolder, run, runJson, type RunOptions } from './support/cli.js';

const question = 'How does the borrow checker work?';
const fast = { MARKITECT_RESEARCH_RATES: 'web:*=1000' };
const toSite = { ...fast, MARKITECT_WEB_ALLOW_PRIVATE: 'true', MARKITECT_TASKS_LEASE_MS: '1000' };
const terminal = { tty: true, columns: 80, env: { ...fast, NO_COLOR: '1' } } satisfies RunOptions;

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite({ slowMs: 300 });
});
afterAll(() => site.stop());

let folder: string;
beforeEach(async () => {
  folder = await makeFolder({
    'book/borrowing.md': '# Borrowing\n\nThe borrow checker is strict.\n',
    'book/other.md': '# Other\n\nNothing to see.\n',
  });
  await run(folder, ['ingest', 'book']);
  await run(folder, ['issues', 'create', '--title', 'Explain the borrow checker']);
});

const research = (...argv: string[]) => run(folder, ['research', ...argv], { env: toSite });
const shown = (...argv: string[]) => run(folder, ['research', ...argv], terminal);

describe('a research on the command line', () => {
  it('is asked, done and printed', async () => {
    const asked = await research('start', ...question.split(' '));
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
    const lines = asked.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.toSorted()[0]).toMatch(/^1\t(docs|issues)\t/);
    expect((await research('results', '1', '--source', 'docs')).stdout).toMatch(
      /^\d\tdocs\tdocs:book\/borrowing.md\tBorrowing\t.*strict/,
    );
    const nope = await research('results', '1', '--source', 'nope');
    expect(nope).toMatchObject({ exitCode: 2, stdout: '' });
    expect(nope.stderr).toContain('only docs, issues');
    expect((await research('list')).stdout).toMatch(
      /^1\tcompleted\tHow does the borrow checker work\?\tdocs, issues\t\d{4}-.*Z\t\n$/,
    );
    expect((await research('status', '1')).stdout).toContain('source\tdocs\tcompleted\t1\t1\t1\t0\t\n');
    expect((await research('save', '1')).stdout).toBe(
      'saved as research/how-does-the-borrow-checker-work.md\n',
    );
    expect((await research('save', '1', 'book/borrowing.md')).exitCode).toBe(4);
    expect((await research('results', '1', '--export', 'csv')).stdout.split('\r\n')).toHaveLength(4);
    expect((await research('remove', '1')).stdout).toBe('removed research 1\n');
    expect(await research('status', '1')).toMatchObject({ exitCode: 3 });
  });

  it('reads well on a terminal of 80 columns', async () => {
    const asked = await shown('start', question);
    expect(asked.exitCode).toBe(0);
    expect(asked.stdout).toMatch(/^research 1 completed, 2 results\n\n1. {2}\S/);
    expect(asked.stdout).toContain('    docs book/borrowing.md\n');
    expect(asked.stdout).toContain('    issues #1\n');
    expect(asked.stderr).toContain('markitect research save 1');
    const status = await shown('status', '1');
    expect(status.stdout).toContain('  docs    completed  1 found\n');
    for (const { stdout } of [asked, status, await shown('list'), await shown('results', '1')]) {
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('prints one JSON value', async () => {
    const { value, exitCode } = await runJson(folder, 'research', 'start', question);
    expect(exitCode).toBe(0);
    expect(value).toMatchObject({ id: 1, status: 'completed', found: 2, sources: ['docs', 'issues'] });
    expect((await runJson(folder, 'research', 'results', '1')).value).toMatchObject({ total: 2 });
    expect((await runJson(folder, 'research', 'list')).value.items).toMatchObject([{ id: 1 }]);
  });

  it('is left to a worker, ended and repeated', async () => {
    expect((await research('start', question, '--detach')).stdout).toBe('1\n');
    expect((await research('results', '1')).stderr).toBe('Nothing was found yet: it is pending.\n');
    expect((await research('cancel', '1')).stdout).toBe('cancelled research 1\n');
    expect(await research('cancel', '1')).toMatchObject({ exitCode: 4 });
    expect((await research('rerun', '1', '--detach')).stdout).toBe('2\n');
    await run(folder, ['work', '--until-empty']);
    const watched = await research('watch', '2');
    expect(watched.exitCode).toBe(0);
    expect(watched.stderr).toMatch(/^\S+Z\tcompleted\t2\t2\n/);
    expect(watched.stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it('tells what could not be had, and how it ended', async () => {
    const missing = await research('start', question, '--source', `docs,web:${site.origin}/gone`);
    expect(missing.exitCode).toBe(6);
    expect(missing.stderr).toContain('(WEB_PAGE_NOT_FOUND)');
    const alone = await research('start', question, '--source', `web:${site.origin}/gone`);
    expect(alone.exitCode).toBe(3);
    const refused = await run(folder, ['research', 'start', question, '--source', `web:${site.origin}/`], {
      env: fast,
    });
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('(WEB_ADDRESS_REFUSED)');
  });

  it.each([
    [['start', '...'], 2, 'SEARCH_QUERY_INVALID'],
    [['start', 'x', '--source', 'nothing'], 2, 'SEARCH_SOURCE_INVALID'],
    [['start', 'x', '--max-results', '0'], 2, 'REQUEST_INVALID'],
    [['start', 'borrow\0checker'], 2, 'REQUEST_INVALID'],
    [['status', 'x'], 2, 'REQUEST_INVALID'],
    [['watch', '9'], 3, 'SEARCH_NOT_FOUND'],
  ])('refuses %j', async (argv, exitCode, code) => {
    const outcome = await research(...argv);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(code);
  });

  it('that is interrupted goes on where it was', async () => {
    const target = `web:${site.origin}/sitemap.xml`;
    const interrupted = await run(folder, ['research', 'start', question, '--source', target], {
      env: { ...toSite, MARKITECT_RESEARCH_RATES: 'web:*=2' },
      interrupt: true,
    });
    expect(interrupted).toMatchObject({ exitCode: 6, stdout: '' });
    expect(interrupted.stderr).toContain('Interrupted: what was found is kept.');
    await run(folder, ['work', '--until-empty'], { env: toSite });
    expect((await research('results', '1')).stdout.trimEnd().split('\n')).toHaveLength(3);
  });
});

it('a research whose worker is killed twice finds everything, and nothing twice', async () => {
  const target = `web:${site.origin}/sitemap.xml`;
  const asked = ['--source', `docs,issues,${target}`, '--detach'];
  expect((await research('start', question, ...asked)).exitCode).toBe(0);
  const status = async () => (await runJson(folder, 'research', 'status', '1')).value as StatusJson;
  for (const moment of [1, 4]) {
    const env = { PATH: process.env['PATH'] ?? '', ...toSite, MARKITECT_RESEARCH_RATES: 'web:*=3' };
    const worker = spawn(process.execPath, [command, 'work'], { cwd: folder, env, stdio: 'ignore' });
    const ended = once(worker, 'exit');
    while (((await status()).jobs[2]?.done ?? 0) < moment);
    worker.kill('SIGKILL');
    await ended;
  }
  expect((await status()).status).toBe('running');
  const last = await run(folder, ['research', 'rerun', '1']);
  expect(last.stderr).toContain('SEARCH_STATE_INVALID');
  const worker = spawn(process.execPath, [command, 'work'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...toSite },
    stdio: 'ignore',
  });
  const ended = once(worker, 'exit');
  const watched = await research('watch', '1');
  worker.kill('SIGTERM');
  await ended;
  expect(watched.exitCode).toBe(0);
  const { value } = await runJson(folder, 'research', 'results', '1', '--duplicates', '--limit', '50');
  const references = value.items.map(({ reference }) => String(reference).replace(site.origin, ''));
  expect(references.toSorted()).toEqual([
    '/pages/borrowing.html',
    '/pages/lifetimes.html',
    '/pages/ownership.html',
    'docs:book/borrowing.md',
    'issues:1',
  ]);
}, 120_000);

type StatusJson = Json & { readonly status: string; readonly jobs: readonly { readonly done: number }[] };
