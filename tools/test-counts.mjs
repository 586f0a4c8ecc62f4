import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many tests passed, failed and were skipped in these folders, by what Jest left there. */
export function testCounts(folders) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const folder of folders) {
    const file = join(folder, 'coverage', 'counts.json');
    if (!existsSync(file)) continue;
    const own = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of Object.keys(counts)) counts[key] += own[key];
  }
  return counts;
}

/** Whether what this machine lacks fails a run: MARKITECT_REQUIRE_SERVICES=1, as CI sets it. */
export function servicesAreRequired() {
  return process.env.MARKITECT_REQUIRE_SERVICES === '1';
}

/** Why a run in which every step succeeded is none that counts; empty where it is. */
export function shortfalls({ passed, skipped }) {
  return [
    ...(passed === 0 ? ['no test has run'] : []),
    ...(skipped > 0 && servicesAreRequired()
      ? [`${skipped} tests were skipped, and MARKITECT_REQUIRE_SERVICES is 1`]
      : []),
  ];
}
