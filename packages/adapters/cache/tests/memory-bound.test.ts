import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

interface Filled {
  readonly kind: string;
  readonly entries: number;
  readonly bytes: number;
  readonly measured: number;
  readonly ratio: number;
}

const KiB = 1024;

it('keeps its bound of bytes within 10 % of the heap, from 100 B to 1 MB; 1,000 profiles take less than 1 MB', async () => {
  const fixture = fileURLToPath(new URL('fixtures/heap.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fixture]);
  const filled = JSON.parse(stdout) as Filled[];
  const rows = filled.map(({ kind, entries, bytes, measured, ratio }) => {
    const each = [kind.padEnd(26), `${entries}`.padStart(6), `${Math.round(bytes / KiB)} KiB counted`];
    return [...each, `${Math.round(measured / KiB)} KiB measured`, ratio.toFixed(3)].join('  ');
  });
  console.log(rows.join('\n'));
  expect(filled.length).toBeGreaterThan(5);
  for (const { kind, ratio } of filled) {
    if (kind === '1,000 profiles') continue;
    expect([kind, Math.abs(ratio - 1) < 0.1]).toEqual([kind, true]);
  }
  const profiles = filled.find(({ kind }) => kind === '1,000 profiles');
  expect(profiles?.entries).toBe(1000);
  expect(profiles?.measured).toBeLessThan(1024 * KiB);
  expect(profiles?.bytes).toBeLessThan(1024 * KiB);
}, 120_000);
