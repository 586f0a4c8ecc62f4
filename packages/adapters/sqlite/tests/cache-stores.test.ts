import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '@markitect/testing';
import { SqliteCacheTier, SqliteLeaseStore, SqliteUnitOfWork } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const entry = (body: string, expiresAt = Number.POSITIVE_INFINITY) => ({ version: 1, expiresAt, body });

describe('the cache table', () => {
  it('gives back the room of what has expired, many at a time', async () => {
    const { connection, close } = await temporaryStore();
    let now = 1000;
    const tier = new SqliteCacheTier(connection, { now: () => now });
    await tier.setMany(Array.from({ length: 1200 }, (_, index) => [`k${index}`, entry('x', 2000)] as const));
    await tier.setMany([['stays', entry('x')]]);
    await tier.cleanUp();
    expect((await tier.usage()).entries).toBe(1201);
    now = 2000;
    await Promise.all([tier.cleanUp(), tier.cleanUp()]);
    expect(await tier.usage()).toMatchObject({ entries: 1, evictions: 0 });
    await close();
  });

  it('keeps to its bound by dropping what was written first', async () => {
    const { connection, close } = await temporaryStore();
    const tier = new SqliteCacheTier(connection, { maxBytes: 100_000 });
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
    await tier.setMany(keys.map((key) => [key, entry('x'.repeat(1000))] as const));
    await tier.setMany([['k0', entry('y'.repeat(1000))]]);
    await tier.cleanUp();
    const { entries = 0, bytes = 0, evictions } = await tier.usage();
    expect(evictions).toBe(200 - entries);
    expect(bytes).toBeLessThanOrEqual(100_000);
    expect(entries).toBeGreaterThan(80);
    const [first, second, last] = await tier.getMany(['k0', 'k1', 'k199']);
    expect([first?.body[0], second, last?.body[0]]).toEqual(['y', undefined, 'x']);
    await close();
  });

  it('cleans up by itself once it is opened', async () => {
    const { connection, close } = await temporaryStore();
    const tier = new SqliteCacheTier(connection, { cleanUpEveryMs: 5 });
    await tier.setMany([['old', entry('x', 1)]]);
    tier.open();
    tier.open();
    while (((await tier.usage()).entries ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    tier.close();
    await close();
  });

  it('neither waits for the unit of work it is used in nor fails', async () => {
    const { connection, close } = await temporaryStore();
    const tier = new SqliteCacheTier(connection);
    const leases = new SqliteLeaseStore(connection);
    await tier.setMany([['a', entry('before')]]);
    const units = new SqliteUnitOfWork(connection);
    const failure = await units.run(async () => {
      await tier.setMany([['a', entry('inside')]]);
      await tier.deleteMany(['a']);
      expect((await tier.getMany(['a']))[0]?.body).toBe('before');
      return markitectFailure(() => leases.acquire('a', 1000));
    });
    expect(failure.code).toBe('CACHE_LEASE_FAILED');
    expect((await tier.getMany(['a']))[0]?.body).toBe('before');
    await close();
  });

  it('fails with the code of its port when the database is closed', async () => {
    const { connection, close } = await temporaryStore();
    const tier = new SqliteCacheTier(connection);
    const leases = new SqliteLeaseStore(connection);
    await close();
    for (const work of [
      () => tier.getMany(['a']),
      () => tier.setMany([['a', entry('x')]]),
      () => tier.clear(),
      () => tier.usage(),
    ]) {
      expect((await markitectFailure(work)).code).toBe('CACHE_TIER_FAILED');
    }
    expect((await markitectFailure(() => leases.acquire('a', 1))).code).toBe('CACHE_LEASE_FAILED');
    expect((await markitectFailure(() => leases.renew('a', 't', 1))).code).toBe('CACHE_LEASE_FAILED');
  });
});
