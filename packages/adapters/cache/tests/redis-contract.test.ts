import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from '@jest/globals';
import {
  describeCacheContract,
  describeCacheTierContract,
  describeInvalidationLogContract,
  describeLeaseStoreContract,
  describeWithService,
  type RedisService,
  startRedis,
} from '@markitect/testing';
import {
  type AppendAndKeep,
  CacheManager,
  DiskTier,
  RedisConnection,
  RedisInvalidationLog,
  RedisLeaseStore,
  RedisTier,
} from '../src/index.js';

describeWithService('redis', 'the cache on Redis', () => {
  let redis: RedisService;
  let shared: RedisConnection;
  let folder: string;
  beforeAll(async () => {
    redis = await startRedis();
    shared = new RedisConnection({ url: redis.url });
    folder = await mkdtemp(join(tmpdir(), 'markitect-cache-'));
  });
  afterAll(async () => {
    await shared.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });
  let prefixes = 0;
  const newPrefix = () => `contract[${(prefixes += 1)}]`;

  describeCacheTierContract('RedisTier', () =>
    Promise.resolve({
      tier: new RedisTier({ connection: shared, prefix: newPrefix() }),
      now: () => Date.now(),
      advance: (ms) => pause(ms),
      close: () => Promise.resolve(),
    }),
  );

  describeInvalidationLogContract('RedisInvalidationLog', async () => {
    const prefix = newPrefix();
    const connections = [new RedisConnection({ url: redis.url }), new RedisConnection({ url: redis.url })];
    const logs = connections.map(
      (connection) => new RedisInvalidationLog({ connection, prefix, trustMs: 300 }),
    );
    for (const each of logs) await each.open();
    const [log, other] = logs;
    return {
      log: log!,
      other: other!,
      close: async () => {
        for (const each of logs) await each.close();
        for (const each of connections) await each.close();
      },
    };
  });

  describeLeaseStoreContract('RedisLeaseStore', () => {
    const prefix = newPrefix();
    return Promise.resolve({
      store: new RedisLeaseStore({ connection: shared, prefix }),
      other: new RedisLeaseStore({ connection: shared, prefix }),
      advance: (ms) => pause(ms),
      close: () => Promise.resolve(),
    });
  });

  for (const [name, withDisk, isInOneStep] of [
    ['memory and Redis', false, false],
    ['memory and Redis, in one step with the log', false, true],
    ['memory, disk and Redis', true, false],
  ] as const) {
    describeCacheContract(`CacheManager with ${name}`, async () => {
      const prefix = newPrefix();
      const connection = new RedisConnection({ url: redis.url });
      const log = new RedisInvalidationLog({ connection, prefix, trustMs: 300 });
      await log.open();
      const disk = { name: 'disk', tier: new DiskTier({ folder: join(folder, prefix), maxBytes: 1e7 }) };
      const tier = new RedisTier({ connection, prefix });
      const appendAndKeep: AppendAndKeep = (entries) => log.appendAndKeep(tier, entries);
      const manager = new CacheManager({
        memory: { maxBytes: 1e7 },
        tiers: [
          ...(withDisk ? [disk] : []),
          { name: 'redis', tier, ...(isInOneStep ? { appendAndKeep } : {}) },
        ],
        log,
        leases: { store: new RedisLeaseStore({ connection, prefix }), failureMs: 0 },
        defaults: { ttlMs: 60_000, graceMs: 60_000 },
      });
      return {
        cache: manager.namespace('test'),
        close: async () => {
          await manager.close();
          await log.close();
          await connection.close();
        },
      };
    });
  }
});
