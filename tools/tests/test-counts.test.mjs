import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { mountDisk } from '../crash/cutover-disk.mjs';
import { shortfalls, testCounts } from '../test-counts.mjs';

const required = process.env.MARKITECT_REQUIRE_SERVICES;
afterEach(() => {
  if (required === undefined) delete process.env.MARKITECT_REQUIRE_SERVICES;
  else process.env.MARKITECT_REQUIRE_SERVICES = required;
});

it('adds up what the packages have left, also where one has left nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-counts-'));
  for (const [name, counts] of [
    ['a', { passed: 3, failed: 0, skipped: 1 }],
    ['b', { passed: 4, failed: 2, skipped: 0 }],
  ]) {
    mkdirSync(join(folder, name, 'coverage'), { recursive: true });
    writeFileSync(join(folder, name, 'coverage/counts.json'), JSON.stringify(counts));
  }
  const found = testCounts(['a', 'b', 'c'].map((name) => join(folder, name)));
  rmSync(folder, { recursive: true });
  expect(found).toEqual({ passed: 7, failed: 2, skipped: 1 });
});

it.each([
  ['', { passed: 1, skipped: 1 }, []],
  ['1', { passed: 1, skipped: 0 }, []],
  ['1', { passed: 1, skipped: 1 }, [expect.stringContaining('1 tests were skipped')]],
  ['', { passed: 0, skipped: 0 }, ['no test has run']],
])('with MARKITECT_REQUIRE_SERVICES=%s, %j falls short by %j', (value, counts, expected) => {
  process.env.MARKITECT_REQUIRE_SERVICES = value;
  expect(shortfalls(counts)).toEqual(expected);
});

it('goes without a disk that cannot be mounted only where services are not required', () => {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-disk-'));
  process.env.MARKITECT_REQUIRE_SERVICES = '';
  // Of such a size there is none, whatever the rights.
  expect(mountDisk(join(folder, 'disk'), Number.NaN)).toBeUndefined();
  process.env.MARKITECT_REQUIRE_SERVICES = '1';
  expect(() => mountDisk(join(folder, 'disk'), Number.NaN)).toThrow('MARKITECT_REQUIRE_SERVICES is 1');
  rmSync(folder, { recursive: true });
});
