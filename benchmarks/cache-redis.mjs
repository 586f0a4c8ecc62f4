// The part of `npm run bench -- cache` with a real Redis below memory: one redis-server on a port of its own, 64 callers.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CacheManager, RedisConnection, RedisInvalidationLog, RedisTier } from '@markitect/adapter-cache';
import KeyvRedis from '@keyv/redis';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { Cacheable, CacheableMemory } from 'cacheable';
import { Redis } from 'ioredis';
import { Keyv } from 'keyv';

const CALLERS = 64;
const TTL = 30 * 60_000;

/** Measures, prints, and tells of each aim by `aim(what, ratio, least)`. */
export async function benchRedis({ keys, profile, rounds, median, print, aim }) {
  // By its path: only tests may depend on what tests are made of.
  const launcher = new URL('../packages/testing/dist/services/redis.js', import.meta.url);
  const { redisProgram, startRedis } = await import(launcher.href);
  if (redisProgram() === undefined) {
    console.log('\nwith Redis: there is no redis-server on the PATH, SKIPPED');
    return;
  }
  const redis = await startRedis();
  const closings = [];
  try {
    const all = contenders(redis, closings);
    for (const each of all) {
      await Promise.all(keys.map((key, index) => each.set(key, profile(index))));
    }
    const work = {
      get: (each) => (index) => each.get(keys[index % keys.length]),
      getOrSet: (each) =>
        each.getOrSet && ((index) => each.getOrSet(keys[index % keys.length], () => profile(index))),
      set: (each) => (index) => each.set(keys[index % keys.length], profile(index)),
    };
    const names = Object.keys(work);
    console.log(`\nwith Redis, ${CALLERS} callers, thousand operations a second, medians of ${rounds}`);
    print('', ...names);
    const rates = new Map(all.map((each) => [each, Object.fromEntries(names.map((name) => [name, []]))]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const each of round % 2 === 0 ? all : [...all].reverse()) {
        for (const name of names) {
          const one = work[name](each);
          const rate = one && (await measure(one, each.isMemory && name !== 'set' ? 60_000 : 6000));
          if (round > 0 && rate) rates.get(each)[name].push(rate);
        }
      }
    }
    const result = (each, name) => median(rates.get(each)[name]);
    for (const each of all) print(each.name, ...names.map((name) => result(each, name)?.toFixed(1) ?? ''));
    const bus = await benchBus(redis, { keys, profile, rounds, median, print });
    console.log('\naims with Redis');
    const named = (name) => all.find((each) => each.name === name);
    const alone = result(named('@keyv/redis alone'), 'get');
    aim(`${CALLERS} callers, memory and Redis, times @keyv/redis`, result(all[0], 'get') / alone, 1);
    aim(
      `${CALLERS} callers, nothing in memory, times @keyv/redis`,
      result(named('markitect, Redis'), 'get') / alone,
      1,
    );
    aim('set rate with the bus, of that without', bus.alone / bus.without, 0.9);
    aim('the same with another process that listens', bus.heard / bus.without, 0.9);
  } finally {
    for (const close of closings.reverse()) await close();
    await redis.stop();
  }
}

function contenders(redis, closings) {
  const ours = (memory) => {
    const connection = new RedisConnection({ url: redis.url });
    const manager = new CacheManager({
      memory: { maxBytes: memory ? 64 * 1024 * 1024 : 0 },
      tiers: [{ name: 'redis', tier: new RedisTier({ connection, prefix: `ours-${memory}` }) }],
    });
    closings.push(() => connection.close());
    const cache = manager.namespace('profiles', { ttlMs: TTL });
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      getOrSet: (key, make) => cache.getOrSet(key, make),
    };
  };
  const bento = (memory) => {
    const connection = new Redis(redis.url);
    closings.push(() => connection.quit());
    const store = bentostore().useL2Layer(redisDriver({ connection, prefix: `bento-${memory}` }));
    const cache = new BentoCache({
      default: 'one',
      stores: {
        one: memory ? store.useL1Layer(memoryDriver({ maxItems: 10_000, serialize: false })) : store,
      },
      ttl: TTL,
    });
    return {
      get: (key) => cache.get({ key }),
      set: (key, value) => cache.set({ key, value }),
      getOrSet: (key, make) => cache.getOrSet({ key, factory: make }),
    };
  };
  const keyvRedis = (namespace) => {
    const keyv = new Keyv(new KeyvRedis(redis.url, { namespace }), { ttl: TTL });
    closings.push(() => keyv.disconnect());
    return keyv;
  };
  const cacheable = (memory) => {
    const below = keyvRedis(`cacheable-${memory}`);
    const primary = new Keyv({ store: new CacheableMemory({ useClone: false, lruSize: 10_000 }) });
    primary.serialize = undefined;
    primary.deserialize = undefined;
    const cache = new Cacheable(
      memory ? { primary, secondary: below, ttl: TTL } : { primary: below, ttl: TTL },
    );
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      getOrSet: (key, make) => cache.getOrSet(key, make),
    };
  };
  const alone = keyvRedis('alone');
  return [
    { name: 'markitect, memory + Redis', isMemory: true, ...ours(true) },
    { name: 'bentocache, memory + Redis', isMemory: true, ...bento(true) },
    { name: 'cacheable, memory + Redis', isMemory: true, ...cacheable(true) },
    { name: 'markitect, Redis', ...ours(false) },
    { name: 'bentocache, Redis', ...bento(false) },
    { name: 'cacheable, Redis', ...cacheable(false) },
    {
      name: '@keyv/redis alone',
      get: (key) => alone.get(key),
      set: (key, value) => alone.set(key, value),
    },
  ];
}

/** What it costs a writer that others are told: sets with memory and Redis, with a log of its own and with the shared one. */
async function benchBus(redis, { keys, profile, rounds, median, print }) {
  const kinds = { without: [], alone: [], heard: [] };
  const open = async (prefix, isShared) => {
    const connection = new RedisConnection({ url: redis.url });
    const log = isShared ? new RedisInvalidationLog({ connection, prefix }) : undefined;
    await log?.open();
    const tier = new RedisTier({ connection, prefix });
    const appendAndKeep = log && ((entries) => log.appendAndKeep(tier, entries));
    const manager = new CacheManager({
      memory: { maxBytes: 64 * 1024 * 1024 },
      tiers: [{ name: 'redis', tier, ...(appendAndKeep && { appendAndKeep }) }],
      ...(log && { log }),
    });
    const close = async () => {
      await manager.close();
      await log?.close();
      await connection.close();
    };
    return { cache: manager.namespace('profiles', { ttlMs: TTL }), close };
  };
  const listener = new Worker(new URL(import.meta.url), { workerData: { url: redis.url, prefix: 'heard' } });
  await new Promise((resolve) => listener.once('message', resolve));
  const opened = {
    without: await open('without', false),
    alone: await open('alone', true),
    heard: await open('heard', true),
  };
  // A log that begins waits once for those it may have forgotten.
  for (const { cache } of Object.values(opened)) await cache.set('first', 1);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [kind, { cache }] of Object.entries(opened)) {
      const rate = await measure((index) => cache.set(keys[index % keys.length], profile(index)), 6000);
      if (round > 0) kinds[kind].push(rate);
    }
  }
  for (const { close } of Object.values(opened)) await close();
  await listener.terminate();
  const result = Object.fromEntries(Object.entries(kinds).map(([kind, rates]) => [kind, median(rates)]));
  console.log(`\nset by ${CALLERS} callers into memory + Redis, thousand a second`);
  print('without the bus', result.without.toFixed(1));
  print('with the bus', result.alone.toFixed(1));
  print('… and another process', result.heard.toFixed(1));
  return result;
}

/** Thousand operations a second. */
async function measure(one, count) {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (next < count) await one(next++);
    }),
  );
  return count / (performance.now() - start);
}

if (!isMainThread && workerData?.prefix !== undefined) {
  const connection = new RedisConnection({ url: workerData.url });
  const log = new RedisInvalidationLog({ connection, prefix: workerData.prefix });
  await log.open();
  parentPort.postMessage('listening');
}
