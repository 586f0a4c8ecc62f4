import { describe, expect, it } from '@jest/globals';
import { InMemoryCacheTier, markitectFailure } from '@markitect/testing';
import { InProcessInvalidationLog } from '../src/index.js';
import { cachesOnVirtualTime, watch } from './caches-on-virtual-time.js';

const { now, advance, settle, open, slow } = cachesOnVirtualTime();

describe('an expired value', () => {
  it('is served while its grace lasts when the factory fails, which is tried again after a pause', async () => {
    const cache = open().namespace<number>('n', { graceMs: 5000, graceBackoffMs: 300 });
    await cache.set('key', 1);
    await advance(1000);
    let runs = 0;
    const failing = () => ((runs += 1), Promise.reject(new Error('down')));
    expect(await cache.getOrSet('key', failing)).toBe(1);
    expect(await cache.getOrSet('key', failing)).toBe(1);
    expect(runs).toBe(1);
    expect(await cache.get('key')).toBeUndefined();
    await advance(300);
    expect(await cache.getOrSet('key', failing)).toBe(1);
    expect(runs).toBe(2);
    await advance(5000);
    await expect(cache.getOrSet('key', failing)).rejects.toThrow('down');
    expect(await cache.getOrSet('key', () => 2)).toBe(2);
  });

  it('is not served once it is invalidated, even if the factory fails', async () => {
    const cache = open().namespace<number>('n', { graceMs: 5000 });
    for (const invalidate of [
      () => cache.delete('key'),
      () => cache.invalidateTags(['t']),
      () => cache.clear(),
    ]) {
      await cache.set('key', 1, { tags: ['t'] });
      await advance(1000);
      await invalidate();
      await expect(cache.getOrSet('key', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    }
    await cache.set('key', 1);
    await cache.expire('key');
    expect(await cache.getOrSet('key', () => Promise.reject(new Error('down')))).toBe(1);
  });

  it('is served when the factory is slow, which goes on in the background', async () => {
    const cache = open().namespace<number>('n', { graceMs: 5000, softTimeoutMs: 50 });
    await cache.set('key', 1);
    await advance(1000);
    const first = watch(cache.getOrSet('key', () => slow(200, 2)));
    await advance(49);
    expect(first.isSettled).toBe(false);
    await advance(1);
    expect(first.value).toBe(1);
    // Those who come now do not wait at all.
    expect(await cache.getOrSet('key', () => 3)).toBe(1);
    await advance(150);
    expect(await cache.get('key')).toBe(2);
  });

  it('can be confirmed by its validator, and made anew with another', async () => {
    const cache = open().namespace<{ n: number }>('n', { graceMs: 5000 });
    const first = await cache.getOrSet('key', (context) => {
      expect(context.previous).toBeUndefined();
      context.keep({ validator: '"1"' });
      return { n: 1 };
    });
    await advance(1500);
    const second = await cache.getOrSet('key', (context) => {
      expect(context.previous).toEqual({ value: { n: 1 }, validator: '"1"', ageMs: 1500 });
      return context.notModified();
    });
    expect(second).toBe(first);
    expect(await cache.lookup('key')).toEqual({ state: 'fresh', value: first, ageMs: 0, validator: '"1"' });
  });
});

describe('a factory', () => {
  it('that takes too long is given up: callers learn it, its signal is aborted, its answer is dropped', async () => {
    const cache = open().namespace<number>('n', { hardTimeoutMs: 100 });
    let signal: AbortSignal | undefined;
    const call = watch(cache.getOrSet('key', (context) => ((signal = context.signal), slow(200, 1))));
    await advance(100);
    expect(call.error).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { timeoutMs: 100 } });
    expect(signal?.aborted).toBe(true);
    const next = cache.getOrSet('key', () => 2);
    expect(await next).toBe(2);
    await advance(200);
    expect(await cache.get('key')).toBe(2);
  });

  it('goes on while anybody waits, and is aborted when nobody does', async () => {
    const cache = open().namespace<number>('n');
    const [one, two] = [new AbortController(), new AbortController()];
    let signal: AbortSignal | undefined;
    const factory = (context: { signal: AbortSignal }) => ((signal = context.signal), slow(100, 1));
    const calls = [one, two].map((each) => watch(cache.getOrSet('key', factory, { signal: each.signal })));
    await settle();
    one.abort(new Error('enough'));
    await settle();
    expect(calls[0]?.error).toMatchObject({ code: 'DEADLINE_EXCEEDED', cause: one.signal.reason as unknown });
    expect([calls[1]?.isSettled, signal?.aborted]).toEqual([false, false]);
    two.abort();
    await settle();
    expect(calls[1]?.error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(signal?.aborted).toBe(true);
    expect(await cache.getOrSet('key', () => 2)).toBe(2);
    await advance(100);
    expect(await cache.get('key')).toBe(2);
    const aborted = await markitectFailure(() =>
      cache.getOrSet('new', () => 1, { signal: AbortSignal.abort() }),
    );
    expect(aborted.code).toBe('DEADLINE_EXCEEDED');
  });

  it('that somebody without a signal waits for is not aborted', async () => {
    const cache = open().namespace<number>('n');
    const mine = new AbortController();
    const calls = [
      watch(cache.getOrSet('key', () => slow(100, 1), { signal: mine.signal })),
      watch(cache.getOrSet('key', () => slow(100, 1))),
    ];
    await settle();
    mine.abort();
    await advance(100);
    expect(calls[1]?.value).toBe(1);
  });

  it('refreshes a value in the background before it expires, once', async () => {
    const cache = open().namespace<number>('n', { eagerFrom: 0.8 });
    await cache.set('key', 1);
    let runs = 0;
    const factory = () => ((runs += 1), slow(50, 2));
    await advance(799);
    expect([await cache.getOrSet('key', factory), runs]).toEqual([1, 0]);
    await advance(1);
    expect(await Promise.all([1, 2, 3].map(() => cache.getOrSet('key', factory)))).toEqual([1, 1, 1]);
    expect(runs).toBe(1);
    await advance(50);
    expect([await cache.getOrSet('key', factory), runs]).toEqual([2, 1]);
  });

  it('refreshes early also what came from a tier below', async () => {
    const tier = new InMemoryCacheTier(now);
    const log = new InProcessInvalidationLog();
    const [one, two] = [1, 2].map(() =>
      open({ log, tiers: [{ name: 't', tier }] }).namespace<number>('n', { eagerFrom: 0.5 }),
    );
    await one?.set('key', 1);
    expect(await two?.getOrSet('key', () => 2)).toBe(1);
    await advance(500);
    expect(await two?.getOrSet('key', () => 2)).toBe(1);
    await settle();
    expect(await two?.getOrSet('key', () => 3)).toBe(2);
  });

  it('decides how long its value lasts', async () => {
    const cache = open().namespace<number>('n');
    await cache.getOrSet('key', (context) => (context.keep({ ttlMs: 10 }), 1));
    await advance(9);
    expect(await cache.get('key')).toBe(1);
    await advance(1);
    expect(await cache.get('key')).toBeUndefined();
    await cache.getOrSet('key', (context) => (context.keep({ negativeTtlMs: 10 }), undefined));
    expect(await cache.lookup('key')).toEqual({ state: 'negative', ageMs: 0 });
    await advance(10);
    expect(await cache.lookup('key')).toEqual({ state: 'absent' });
  });
});
