import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimes, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { profileRepositoryPort } from '@markitect/ports';
import { type JsonFilesOptions, JsonRecordRepository } from '../src/index.js';
import { OpenedFolder } from './opened-folder.js';

const writer = fileURLToPath(new URL('record-writer.mjs', import.meta.url));

/** What a process has said was acknowledged. */
class Writer {
  acknowledged = 0;
  readonly ended: Promise<unknown>;

  private constructor(readonly process: ChildProcess) {
    this.ended = once(process, 'close');
    process.stdout?.on('data', (chunk: Buffer) => {
      const lines = chunk.toString().trim().split('\n');
      this.acknowledged = Number(lines.at(-1));
    });
  }

  static start(...args: string[]): Writer {
    return new Writer(spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }));
  }
}

describe.each<[JsonFilesOptions['layout'], string]>([
  ['one-file', 'users.json'],
  ['file-per-record', 'users'],
])('several processes that write %s', (layout, name) => {
  it('lose nothing of each other', async () => {
    const folder = await OpenedFolder.open();
    const path = folder.at(name);
    const records = new JsonRecordRepository(profileRepositoryPort, { layout, path });
    await records.save('shared', {});
    const writers = ['a', 'b', 'c'].map((each) => Writer.start(layout, path, each, '30'));
    await Promise.all(writers.map(({ ended }) => ended));
    expect(writers.map(({ acknowledged }) => acknowledged)).toEqual([30, 30, 30]);
    expect(Object.keys((await records.get('shared'))?.value ?? {})).toHaveLength(90);
    expect(await records.get('shared')).toMatchObject({ version: 91 });
    for (const each of ['a', 'b', 'c']) expect(await records.get(each)).toMatchObject({ value: { n: 30 } });
  }, 60_000);

  it('go on when one of them is killed, and keep what it was told is kept', async () => {
    const folder = await OpenedFolder.open();
    const path = folder.at(name);
    const records = new JsonRecordRepository(profileRepositoryPort, { layout, path });
    await records.save('shared', {});
    for (let round = 0; round < 4; round += 1) {
      const writers = ['a', 'b'].map((each) => Writer.start(layout, path, `${each}${round}`, '0'));
      while (writers.some(({ acknowledged }) => acknowledged < 5 + round))
        await records.patch('shared', { at: round });
      for (const { process } of writers) process.kill('SIGKILL');
      await Promise.all(writers.map(({ ended }) => ended));
      const shared = (await records.patch('shared', { round })).value;
      for (const [index, each] of ['a', 'b'].entries()) {
        const { acknowledged } = writers[index] as Writer;
        expect((await records.get(`${each}${round}`))?.value.n).toBeGreaterThanOrEqual(acknowledged);
        for (let n = 1; n <= acknowledged; n += 1)
          expect(shared).toHaveProperty(`${each}${round}-${n}`, true);
      }
    }
    const left = (layout === 'one-file' ? await folder.names() : await folder.names(name)).filter((each) =>
      /tmp|lock/.test(each),
    );
    expect(left).toEqual([]);
  }, 60_000);
});

describe('a lock that was left behind', () => {
  const options = (folder: OpenedFolder) =>
    ({ layout: 'one-file', path: folder.at('users.json'), lockTimeoutMs: 300 }) as const;
  const open = (folder: OpenedFolder) => new JsonRecordRepository(profileRepositoryPort, options(folder));

  it('is taken over when its process has ended, or another one has its number', async () => {
    const folder = await OpenedFolder.open();
    const ended = spawn(process.execPath, ['--eval', '']);
    await once(ended, 'close');
    const own = await lockOf(folder, open(folder));
    for (const holder of [
      { ...own, pid: ended.pid },
      { ...own, started: '1' },
    ]) {
      await writeFile(folder.at('users.json.lock'), `${JSON.stringify({ ...holder, token: 'left' })}\n`);
      await writeFile(folder.at('.left.0.tmp'), 'half');
      await open(folder).save('u1', {});
      expect(await folder.names()).not.toContain('.left.0.tmp');
    }
    expect(await folder.names()).toEqual(['users.json']);
  });

  it('is respected while its process runs', async () => {
    const folder = await OpenedFolder.open();
    const own = await lockOf(folder, open(folder));
    await writeFile(folder.at('users.json.lock'), JSON.stringify({ ...own, token: 'held' }));
    await expect(open(folder).save('u1', {})).rejects.toMatchObject({
      code: 'LEGACY_FILE_BUSY',
      retryable: true,
      details: { pid: process.pid },
    });
    expect(await folder.names()).toEqual(['users.json', 'users.json.lock']);
  });

  it('of another machine is taken over only when nothing was heard of it for 5 s', async () => {
    const folder = await OpenedFolder.open();
    const own = await lockOf(folder, open(folder));
    const path = folder.at('users.json.lock');
    await writeFile(path, JSON.stringify({ ...own, place: 'elsewhere', token: 'far' }));
    const patient = new JsonRecordRepository(profileRepositoryPort, {
      ...options(folder),
      lockTimeoutMs: 20_000,
    });
    const startedAt = performance.now();
    const beats = [1, 2].map((second) => setTimeout(() => void utimes(path, second, second), second * 1000));
    await patient.save('u1', { late: true });
    beats.forEach(clearTimeout);
    expect(performance.now() - startedAt).toBeGreaterThan(6900);
    expect(await folder.names()).toEqual(['users.json']);
  });
});

/** What this process writes into a lock. */
async function lockOf(folder: OpenedFolder, records: JsonRecordRepository): Promise<object> {
  for (let n = 0; ; n += 1) {
    let isSaved = false;
    const saving = records.save('u0', { n }).then(() => {
      isSaved = true;
    });
    let text = '';
    while (text === '' && !(isSaved as boolean)) text = await folder.read('users.json.lock').catch(() => '');
    await saving;
    if (text !== '') return JSON.parse(text) as object;
  }
}
