import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { command, makeFolder, put, run, runProcess } from './support/cli.js';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

describe('the process', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
    for (let index = 0; index < 400; index += 1) {
      await put(folder, `docs/${'long-name-'.repeat(12)}${index}.md`, `# Page ${index}\n\nSome words.\n`);
    }
    expect(await run(folder, ['ingest', 'docs'])).toMatchObject({ exitCode: 0 });
  });

  it.each([[['--version']], [['-V']], [['--no-color', '--version']]])(
    'answers %j with the version',
    async (argv) => {
      expect(await runProcess(folder, argv)).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    },
  );

  it('keeps stdout for the one JSON value', async () => {
    const ingest = await runProcess(folder, ['ingest', 'docs', '--json']);
    expect(JSON.parse(ingest.stdout)).toMatchObject({ unchanged: 400 });
    const list = await runProcess(folder, ['docs', 'list', '--limit', '500', '--json']);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect((JSON.parse(list.stdout) as { items: unknown[] }).items).toHaveLength(400);
    const failed = await runProcess(folder, ['docs', 'show', 'nope.md', '--json']);
    expect(failed.exitCode).toBe(3);
    expect(JSON.parse(failed.stdout)).toMatchObject({ error: { code: 'DOCUMENT_NOT_FOUND' } });
    expect(failed.stderr).toMatch(/^error: /);
  });

  it('says nothing when the reader of a pipe leaves', async () => {
    const argv = ['docs', 'list', '--limit', '500'];
    const { stderr } = await runProcess(folder, argv, { closeStdout: true });
    expect(stderr).toBe('');
  });

  it('says in words that its output could not be written', async () => {
    const shell = promisify(execFile)(
      '/bin/sh',
      ['-c', `"${process.execPath}" "${command}" docs list --json > /dev/full`],
      { cwd: folder },
    );
    const failed = (await shell.catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(failed.code).toBe(5);
    expect(failed.stderr).toMatch(
      /^error: the output could not be written: ENOSPC \(FILE_SYSTEM_FAILED\)\n {2}fix: /,
    );
    expect(failed.stderr).not.toMatch(/\n\s+at /);
  });

  it('serves until it is interrupted, and then ends in order', async () => {
    let answer: Promise<number> | undefined;
    const { exitCode, stdout } = await runProcess(folder, ['serve', '--port', '0', '--json'], {
      onStdout: (text, kill) => {
        const { url } = JSON.parse(text) as { url: string };
        answer = fetch(`${url}/v1/documents?limit=1`)
          .then(async (response) => {
            await response.text();
            return response.status;
          })
          .finally(() => kill('SIGTERM'));
      },
    });
    expect(await answer).toBe(200);
    expect(exitCode).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['url', 'dataDir']);
  });

  it('refuses to serve other machines without a token', async () => {
    const { exitCode, stdout } = await runProcess(folder, [
      'serve',
      '--host',
      '0.0.0.0',
      '--port',
      '0',
      '--json',
    ]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SERVER_BIND_REFUSED' } });
  });
});
