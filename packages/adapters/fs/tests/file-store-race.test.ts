import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { isMarkitectError } from '@markitect/domain';
import { itWhere } from '@markitect/testing';
import { bestFolderAccess } from '../src/files/folder.js';
import { FsFileStore } from '../src/files/fs-file-store.js';
import { TemporaryFolder } from './temporary-folder.js';

const onLinux = itWhere(
  bestFolderAccess === 'descriptors',
  'folders are reached by descriptor on Linux only',
);

onLinux('a folder that is swapped for a link between check and use leads nowhere', async () => {
  const folder = await TemporaryFolder.create({
    'outside/file': 'outside',
    'outside/deep/file': 'outside',
    'outside/treasure': 'outside',
    'root/folder/deep/file': 'inside',
  });
  const script = fileURLToPath(new URL('./swap-links.mjs', import.meta.url));
  const other = spawn(process.execPath, [script, folder.at('root'), folder.at('outside')], {
    env: {},
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const swaps = text(other.stdout);
  const ended = once(other, 'exit');
  try {
    const store = new FsFileStore({ root: folder.at('root') });
    const end = Date.now() + 2000;
    const outcomes = new Map<string, number>();
    const attempt = async (operation: () => Promise<unknown>): Promise<void> => {
      let outcome = 'done';
      try {
        await operation();
      } catch (error) {
        if (!isMarkitectError(error)) throw error;
        outcome = error.code;
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    const work = async (worker: number): Promise<void> => {
      for (let round = 0; Date.now() < end || round < 20; round += 1) {
        const path = ['folder/file', 'folder/deep/file', `folder/deep/new-${worker}`][round % 3]!;
        await attempt(async () => {
          const { bytes } = await store.read(path);
          expect(Buffer.from(bytes).toString()).not.toBe('outside');
        });
        await attempt(() => store.write(path, Buffer.from('written')));
        await attempt(() => store.stage(`u-${worker}`, Buffer.from('staged')));
        await attempt(() => store.apply({ staged: `u-${worker}`, target: path }));
        await attempt(() => store.discard(`u-${worker}`));
        await attempt(() => store.copy(path, 'folder/deep/copy'));
        await attempt(() => store.remove(path));
        await attempt(async () => {
          for await (const file of store.list()) expect(file.path).not.toContain('treasure');
        });
      }
    };
    // All of them, before anything is removed: what is left running would disturb that.
    const results = await Promise.allSettled([0, 1, 2, 3].map(work));
    other.stdin.end();
    expect(Number(await swaps)).toBeGreaterThan(0);
    await ended;
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    // The race was run: the link was met, and missed.
    expect(outcomes.get('done')).toBeGreaterThan(0);
    expect(outcomes.get('FILE_ESCAPES_ROOT')).toBeGreaterThan(0);
    expect([...outcomes.keys()].filter((code) => !/^(done|FILE_)/.test(code))).toEqual([]);

    expect((await readdir(folder.at('outside'), { recursive: true })).sort()).toEqual([
      'deep',
      'deep/file',
      'file',
      'treasure',
    ]);
    for (const file of ['file', 'deep/file', 'treasure']) {
      expect(await readFile(folder.at(`outside/${file}`), 'utf8')).toBe('outside');
    }
  } finally {
    other.kill();
    await ended;
    await folder.remove();
  }
});
