import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { TemporaryFolder } from './temporary-folder.js';

/** Root may read everything, so what is tested runs in a process that is not root. */
async function unprivileged(folder: string): Promise<Record<string, unknown>> {
  const script = fileURLToPath(new URL('./unprivileged.mjs', import.meta.url));
  // The environment of the test run would make the child a test run.
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder], { env: {} });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('without permission', () => {
  it('a folder or file is a failure of its own, refused as an input, and never taken for missing', async () => {
    const folder = await TemporaryFolder.create({
      'a.md': '# a',
      'closed/x.md': '# x',
      'secret.md': '# secret',
      'z.md': '# z',
      'trees/ab/x': '',
    });
    try {
      await chmod(folder.path, 0o755);
      await chmod(folder.at('closed'), 0);
      await chmod(folder.at('secret.md'), 0);
      await chmod(folder.at('trees/ab'), 0);
      expect(await unprivileged(folder.path)).toEqual({
        // The size of a file can be told without reading it; reading is what fails.
        walk: ['a.md', 'FILE_UNREADABLE', 'secret.md', 'FILE_UNREADABLE', 'z.md'],
        resolveClosed: 'FILE_UNREADABLE',
        resolveBeyond: 'FILE_UNREADABLE',
        resolveFile: 'resolved',
        read: 'FILE_UNREADABLE',
        missing: [folder.at('none.md')],
        put: 'FILE_SYSTEM_FAILED',
        get: 'FILE_SYSTEM_FAILED',
      });
    } finally {
      await chmod(folder.at('closed'), 0o700);
      await chmod(folder.at('trees/ab'), 0o700);
      await folder.remove();
    }
  });
});
