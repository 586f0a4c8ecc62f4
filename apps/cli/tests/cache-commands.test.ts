import { describe, expect, it } from '@jest/globals';
import { makeFolder, run, runJson, type RunOptions } from './support/cli.js';

const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;

async function project() {
  const folder = await makeFolder({ 'a.md': '# A\n' });
  await run(folder, ['init']);
  return folder;
}

describe('the cache on the command line', () => {
  it('says what is kept on the disk', async () => {
    const folder = await project();
    const { value } = await runJson(folder, 'cache', 'stats');
    expect(value).toEqual({ tiers: [{ tier: 'disk', entries: 0, bytes: 0, maxBytes: 268_435_456 }] });
    expect((await run(folder, ['cache', 'stats'])).stdout).toBe('disk\t0\t0\t268435456\n');
    expect((await run(folder, ['cache', 'stats'], terminal)).stdout).toMatch(
      /^TIER +ENTRIES +SIZE +AT MOST\ndisk/,
    );
    const none = await run(folder, ['cache', 'stats'], { env: { MARKITECT_CACHE_DISK_BYTES: '0' } });
    expect(none).toMatchObject({ exitCode: 0, stdout: '' });
    expect(none.stderr).toContain('cache.diskBytes is 0');
  });

  it('invalidates keys and tags, and everything', async () => {
    const folder = await project();
    const key = 'issues:IssueRepository.get:gitea:7';
    expect((await run(folder, ['cache', 'invalidate', key, '--tag', 'IssueRepository'])).stdout).toBe(
      'invalidated 1 key and 1 tag\n',
    );
    expect((await runJson(folder, 'cache', 'invalidate', '--tag', 'a', '--tag', 'b')).value).toEqual({
      keys: [],
      tags: ['a', 'b'],
    });
    expect((await runJson(folder, 'cache', 'clear')).value).toEqual({ cleared: true });
    expect((await run(folder, ['cache', 'clear'])).stdout).toBe('Everything cached is invalid now.\n');
  });

  it('refuses to invalidate nothing, and to show what is not there', async () => {
    const folder = await project();
    const nothing = await run(folder, ['cache', 'invalidate']);
    expect(nothing.exitCode).toBe(2);
    expect(nothing.stderr).toContain('markitect cache clear');
    for (const key of ['issues:nothing', 'nowhere:a', 'a']) {
      const missing = await runJson(folder, 'cache', 'inspect', key);
      expect(missing.exitCode).toBe(3);
      expect(missing.value.error.code).toBe('ENTRY_NOT_CACHED');
    }
  });
});
