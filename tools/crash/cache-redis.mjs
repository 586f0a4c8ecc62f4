import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { redisProgram, startRedis } from '@markitect/testing/services';
import { KEYS, load, sharedState } from './cache-redis-load.mjs';

const CALLERS = 64;
const SECONDS = { before: 2, away: 2, after: 3 };
/** No call may take longer than this, in milliseconds, whatever Redis does: it would be hanging. */
const LONGEST = 5000;

/**
 * Two instances with a cache on one Redis, 64 callers and two writers. Redis is killed, comes back empty, again and
 * again. Every read has to give at least what was acknowledged before it began; no read may fail or hang; afterwards
 * both instances hear of each other's writes again.
 */
export async function crash({ runs, seed }) {
  if (redisProgram() === undefined) {
    const why = 'crash cache-redis: there is no redis-server on the PATH';
    if (process.env.MARKITECT_REQUIRE_SERVICES === '1') throw new Error(why);
    console.log(`${why}: SKIPPED`);
    return;
  }
  console.log(`crash cache-redis: ${runs} kills, ${CALLERS} callers, seed ${seed}`);
  const redis = await startRedis();
  let isRight = true;
  try {
    for (let run = 0; run < runs; run += 1) isRight = (await round(redis, seed + run * 104_729)) && isRight;
  } finally {
    await redis.stop();
  }
  if (!isRight) process.exitCode = 1;
}

async function round(redis, seed) {
  const buffer = new SharedArrayBuffer(KEYS * 8 + 8);
  const { control } = sharedState(buffer);
  const options = { url: redis.url, buffer, callers: CALLERS / 2 };
  const worker = new Worker(new URL('./cache-redis-load.mjs', import.meta.url), {
    workerData: { ...options, seed: seed + 1000 },
  });
  const other = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const own = load({ ...options, seed });
  await pause(SECONDS.before * 1000);
  Atomics.store(control, 0, 1);
  await redis.kill();
  await pause(SECONDS.away * 1000);
  await redis.restart();
  Atomics.store(control, 0, 2);
  await pause(SECONDS.after * 1000);
  Atomics.store(control, 1, 1);
  const results = [await own, await other];

  const all = (pick) => results.flatMap(pick);
  const sum = (pick) => results.reduce((total, each) => total + pick(each), 0);
  let longest = 0;
  for (const [phase, name] of ['before', 'away', 'after'].entries()) {
    const sorted = all((each) => each.latencies[phase]).sort((left, right) => left - right);
    const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    longest = Math.max(longest, at(1));
    const made = sum((each) => each.factories[phase]);
    const numbers = `p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms, longest ${at(1).toFixed(0)} ms`;
    console.log(
      `  ${name.padEnd(7)}${String(sorted.length).padStart(7)} reads, ${numbers}, ${made} from the source`,
    );
  }
  const stale = all((each) => each.stale);
  const errors = all((each) => each.errors);
  const isBack = results.every((each) => each.latencies[2].length > each.factories[2] * 2);
  console.log(
    `  ${sum((each) => each.writes)} writes acknowledged, ${sum((each) => each.refused)} refused and repeated; ` +
      `${errors.length} errors of callers, ${stale.length} stale values, in use again: ${isBack ? 'yes' : 'NO'}`,
  );
  for (const each of stale.slice(0, 5)) console.error(`  ✗ stale: ${JSON.stringify(each)}`);
  for (const each of new Set(errors)) console.error(`  ✗ ${each}`);
  if (longest > LONGEST) console.error(`  ✗ a call took ${longest.toFixed(0)} ms`);
  return stale.length === 0 && errors.length === 0 && isBack && longest <= LONGEST;
}
