import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import {
  CacheManager,
  RedisConnection,
  RedisInvalidationLog,
  RedisLeaseStore,
  RedisTier,
} from '@markitect/adapter-cache';
import { cacheKey } from '@markitect/ports';
import { seeded } from './random.mjs';

export const KEYS = 200;
/** Before, while it is away, after. */
export const PHASES = 3;

/** What all instances share: the truth, what of it was acknowledged, the phase, and whether to go on. */
export function sharedState(buffer) {
  return {
    truth: new Int32Array(buffer, 0, KEYS),
    acknowledged: new Int32Array(buffer, KEYS * 4, KEYS),
    control: new Int32Array(buffer, KEYS * 8, 2),
  };
}

/** One instance under load: callers that read through a cache on Redis, and one that changes the truth. */
export async function load({ url, buffer, callers, seed }) {
  const { truth, acknowledged, control } = sharedState(buffer);
  const connection = new RedisConnection({ url });
  const log = new RedisInvalidationLog({ connection });
  await log.open();
  const tier = new RedisTier({ connection });
  const manager = new CacheManager({
    memory: { maxBytes: 10_000_000, ttlMs: 50 },
    tiers: [{ name: 'redis', tier, appendAndKeep: (entries) => log.appendAndKeep(tier, entries) }],
    log,
    leases: { store: new RedisLeaseStore({ connection }) },
    defaults: { ttlMs: 600_000 },
  });
  const cache = manager.namespace('truth');
  const result = {
    latencies: Array.from({ length: PHASES }, () => []),
    stale: [],
    errors: [],
    writes: 0,
    refused: 0,
    factories: new Array(PHASES).fill(0),
  };
  const goesOn = () => Atomics.load(control, 1) === 0;

  const caller = async (random) => {
    while (goesOn()) {
      const key = Math.floor(random() * KEYS);
      const least = Atomics.load(acknowledged, key);
      const phase = Atomics.load(control, 0);
      const start = performance.now();
      try {
        const found = await cache.getOrSet(String(key), async () => {
          const version = Atomics.load(truth, key);
          result.factories[phase] += 1;
          await pause(random() * 5);
          return { version, text: 'x'.repeat(200) };
        });
        if (found.version < least) result.stale.push({ key, found: found.version, least, phase });
      } catch (error) {
        result.errors.push(`${error.code ?? error.name}: ${error.message}`);
      }
      result.latencies[phase].push(performance.now() - start);
      await turn();
    }
  };

  const writer = async (random) => {
    while (goesOn()) {
      const key = Math.floor(random() * KEYS);
      const version = Atomics.add(truth, key, 1) + 1;
      for (;;) {
        try {
          await manager.invalidate([cacheKey('truth', String(key))]);
          break;
        } catch {
          result.refused += 1;
          await pause(20);
        }
      }
      result.writes += 1;
      for (let known = Atomics.load(acknowledged, key); known < version;) {
        known = Atomics.compareExchange(acknowledged, key, known, version);
      }
      await pause(random() * 4);
    }
  };

  const work = Array.from({ length: callers }, (_, index) => caller(seeded(seed + index)));
  work.push(writer(seeded(seed + 7919)));
  await Promise.all(work);
  result.reconnects = connection.stats().counters.reconnects;
  await manager.close();
  await log.close();
  await connection.close();
  return result;
}

if (!isMainThread && workerData?.url !== undefined) parentPort.postMessage(await load(workerData));
