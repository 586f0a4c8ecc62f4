import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { servicesAreRequired } from '../test-counts.mjs';

/**
 * A small disk in memory that can be made read-only and full; `undefined` where this may not be mounted. Throws there when
 * services are required.
 */
export function mountDisk(folder, bytes) {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},nr_inodes=0`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch (cause) {
    if (!servicesAreRequired()) return undefined;
    throw new Error('a disk cannot be mounted here, and MARKITECT_REQUIRE_SERVICES is 1', { cause });
  }
  const filler = join(folder, 'filler');
  const remount = (how) => execFileSync('mount', ['-o', `remount,${how}`, folder], { stdio: 'ignore' });
  return {
    /** Not while somebody has a file open for writing: it takes a few attempts. */
    readOnly: async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          remount('ro');
          return;
        } catch (error) {
          if (attempt >= 500) throw error;
          await sleep(5);
        }
      }
    },
    writable: () => remount('rw'),
    /** Fills what is left. */
    full: () => {
      const file = openSync(filler, 'w');
      for (const size of [1 << 20, 4096]) {
        const chunk = Buffer.alloc(size);
        try {
          for (;;) writeSync(file, chunk);
        } catch (error) {
          if (error.code !== 'ENOSPC') throw error;
        }
      }
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => execFileSync('umount', ['-l', folder], { stdio: 'ignore' }),
  };
}
