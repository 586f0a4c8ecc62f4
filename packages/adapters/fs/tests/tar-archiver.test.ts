import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { ArchiveEntry } from '@markitect/ports';
import { describeArchiverContract } from '@markitect/testing';
import { TarArchiver } from '../src/index.js';
import { TemporaryFolder } from './temporary-folder.js';

const run = promisify(execFile);
const env = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: process.env['PATH'] };

async function* sequence(...entries: readonly ArchiveEntry[]) {
  await Promise.resolve();
  yield* entries;
}

async function withArchive<T>(
  archive: Uint8Array,
  work: (folder: TemporaryFolder) => Promise<T>,
): Promise<T> {
  const folder = await TemporaryFolder.create({ 'out/.keep': '' });
  try {
    await writeFile(folder.at('archive.tar.gz'), archive);
    return await work(folder);
  } finally {
    await folder.remove();
  }
}

async function names(folder: TemporaryFolder): Promise<string[]> {
  const options = ['--quoting-style=literal', '-tzf', folder.at('archive.tar.gz')];
  const { stdout } = await run('tar', options, { env });
  return stdout.split('\n').filter(Boolean);
}

// What reads the archives is the tar of the system.
describeArchiverContract('TarArchiver', () =>
  Promise.resolve({
    archiver: new TarArchiver(),
    unpack: (archive) =>
      withArchive(archive, async (folder) => {
        const found = await names(folder);
        await run('tar', ['-xzf', folder.at('archive.tar.gz'), '-C', folder.at('out')], { env });
        return Object.fromEntries(
          await Promise.all(
            found.map(async (name) => [name, await readFile(folder.at(`out/${name}`))] as const),
          ),
        );
      }),
  }),
);

describe('TarArchiver', () => {
  const entry = (path: string, content: Uint8Array = Buffer.from(path)) => ({
    path,
    content,
    modifiedAt: '2026-01-02T03:04:05.678Z',
  });

  it('lists its files in their order with the tar of the system, with time and mode', async () => {
    const archive = await new TarArchiver().pack(sequence(entry('b'), entry('a/ü'), entry('c')));
    await withArchive(archive, async (folder) => {
      expect(await names(folder)).toEqual(['b', 'a/ü', 'c']);
      await run('tar', ['-xzf', folder.at('archive.tar.gz'), '-C', folder.at('out')], { env });
      const { mtime, mode } = await stat(folder.at('out/b'));
      expect(mtime.toISOString()).toBe('2026-01-02T03:04:05.000Z');
      expect(mode & 0o600).toBe(0o600);
      const { stdout } = await run('tar', ['--numeric-owner', '-tvzf', folder.at('archive.tar.gz')], { env });
      expect(stdout.split('\n')[0]).toMatch(/^-rw-r--r-- 0\/0 /);
    });
  });

  it('reads the next entry only when the one before is taken', async () => {
    let open = 0;
    let most = 0;
    async function* counted() {
      for (let index = 0; index < 8; index += 1) {
        most = Math.max(most, (open += 1));
        yield entry(`${index}`, Buffer.alloc(1_000_000, index));
        open -= 1;
        await Promise.resolve();
      }
    }
    await new TarArchiver().pack(counted());
    expect(most).toBe(1);
  });

  it('takes a part of a larger buffer for what it is', async () => {
    const part = new Uint8Array(Buffer.from('..inner..')).subarray(2, 7);
    await withArchive(await new TarArchiver().pack(sequence(entry('a', part))), async (folder) => {
      const { stdout } = await run('tar', ['-xOzf', folder.at('archive.tar.gz'), 'a'], { env });
      expect(stdout).toBe('inner');
    });
  });

  it('holds no time of its own: neither when nor where it was made shows', async () => {
    const archive = await new TarArchiver().pack(sequence(entry('a')));
    expect([...archive.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
  });
});
