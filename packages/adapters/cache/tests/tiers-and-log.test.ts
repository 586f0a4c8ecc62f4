import { describe, expect, it } from '@jest/globals';
import { InMemoryCacheTier } from '@markitect/testing';
import { InProcessInvalidationLog } from '../src/index.js';
import { cachesOnVirtualTime, watch } from './caches-on-virtual-time.js';

const { now, advance, open, slow } = cachesOnVirtualTime();

describe('tiers below memory', () => {
  it('are asked once for all that is asked in one turn', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const cache = open({ memory: { maxBytes: 0 }, tiers: [{ name: 't', tier }] }).namespace<number>('n');
    await cache.setMany(Array.from({ length: 100 }, (_, index) => [`k${index}`, index] as const));
    expect(tier.writes).toEqual([100]);
    const values = await Promise.all(Array.from({ length: 100 }, (_, index) => cache.get(`k${index}`)));
    expect(values).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(tier.reads).toEqual([100]);
  });

  it('that fail or hang are done without, tried again, and brought up to date', async () => {
    const tier = new InMemoryCacheTier(() => now());
    const log = new InProcessInvalidationLog();
    const options = {
      log,
      tiers: [{ name: 't', tier, timeoutMs: 50, breaker: { failures: 2, retryMs: 100 } }],
      defaults: { ttlMs: 60_000 },
    };
    const manager = open(options);
    const cache = manager.namespace<number>('n');
    const events: string[] = [];
    manager.events.on('tier-down', ({ tier: name }) => events.push(`${name} down`));
    manager.events.on('tier-up', ({ tier: name }) => events.push(`${name} up`));
    await cache.set('old', 1);
    tier.isDown = true;
    await cache.set('a', 1);
    await cache.set('b', 2);
    expect(events).toEqual(['t down']);
    const before = tier.reads.length;
    await cache.set('old', 2);
    expect(await cache.get('none')).toBeUndefined();
    expect(tier.reads.length).toBe(before);
    expect((await manager.stats()).tiers[1]).toMatchObject({ tier: 't', breaker: 'open', errors: 2 });
    tier.isDown = false;
    await advance(100);
    await cache.get('none');
    await manager.idle();
    expect(events).toEqual(['t down', 't up']);
    const other = open(options).namespace<number>('n');
    expect(await other.getMany(['old', 'a', 'b'])).toEqual(
      new Map([
        ['old', 2],
        ['a', 1],
        ['b', 2],
      ]),
    );
    // Slowness is a failure, too.
    tier.delay = () => slow(1000, undefined);
    const read = watch(cache.get('new'));
    await advance(50);
    expect(read).toMatchObject({ isSettled: true, value: undefined });
    await advance(1000);
  });

  it('that hold an old value do not bring it back', async () => {
    const log = new InProcessInvalidationLog();
    const tier = new InMemoryCacheTier(() => now());
    const [one, two] = [1, 2].map(() => open({ log, tiers: [{ name: 't', tier }] }).namespace<number>('n'));
    await one!.set('key', 1);
    expect(await two!.get('key')).toBe(1);
    tier.isDown = true;
    await one!.delete('key');
    tier.isDown = false;
    expect(await one!.get('key')).toBeUndefined();
    expect(await two!.get('key')).toBeUndefined();
    expect(two!.peek('key')).toBeUndefined();
  });
});

describe('without its log', () => {
  it('a cache trusts nothing it has, goes to the factory and keeps nothing', async () => {
    const log = new InProcessInvalidationLog();
    const manager = open({ log });
    const cache = manager.namespace<number>('n');
    await cache.set('key', 1);
    const position = log.position;
    const broken = Object.assign(log, {
      position: () => Number.POSITIVE_INFINITY,
      since: () => Promise.reject(new Error('no log')),
    });
    expect(await cache.getOrSet('key', () => 2)).toBe(2);
    expect([await cache.get('key'), cache.peek('key')]).toEqual([undefined, undefined]);
    expect((await manager.stats()).untrusted).toBe(2);
    Object.assign(broken, { position });
    expect(await cache.get('key')).toBe(1);
  });

  it('an invalidation is not acknowledged', async () => {
    const log = new InProcessInvalidationLog();
    log.append = () => Promise.reject(new Error('no log'));
    const manager = open({ log });
    const cache = manager.namespace<number>('n');
    for (const write of [
      () => cache.set('k', 1),
      () => cache.delete('k'),
      () => cache.clear(),
      () => manager.invalidate(['n:k']),
    ]) {
      await expect(write()).rejects.toThrow('no log');
    }
  });

  it('a log that goes back no further makes everything that is older invalid', async () => {
    const log = new InProcessInvalidationLog({ maxNames: 2 });
    const [one, two] = [open({ log }).namespace<number>('n'), open({ log }).namespace<number>('n')];
    await one.set('kept', 1);
    expect(await one.get('kept')).toBe(1);
    for (let index = 0; index < 5; index += 1) await two.delete(`other ${index}`);
    expect(await one.get('kept')).toBeUndefined();
  });
});
