import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Invalidation } from '@markitect/ports';
import { describeWithService, markitectFailure, type RedisService, startRedis } from '@markitect/testing';
import { CacheManager, RedisConnection, RedisInvalidationLog, RedisTier } from '../src/index.js';
import { eventually } from './redis-eventually.js';

const key = (name: string): Invalidation => ({ kind: 'key', name });

describeWithService('redis', 'RedisInvalidationLog', () => {
  let redis: RedisService;
  let admin: RedisConnection;
  let prefix: string;
  let prefixes = 0;
  const closings: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    admin = new RedisConnection({ url: redis.url });
  });
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await admin.close();
    await redis.stop();
  });

  async function open({ maxNames = 1000, trustMs = 300, isOpened = true } = {}) {
    const connection = new RedisConnection({ url: redis.url });
    const log = new RedisInvalidationLog({ connection, prefix, maxNames, trustMs });
    closings.push(async () => {
      await log.close();
      await connection.close();
    });
    if (isOpened) await log.open();
    return log;
  }
  async function openTwo(options?: Parameters<typeof open>[0]) {
    prefix = `log${(prefixes += 1)}`;
    return [await open(options), await open(options)] as const;
  }
  const hash = () => `{${prefix}}:log`;
  const names = () => `${hash()}:names`;

  it.each([
    ['everything', () => admin.command(['FLUSHALL'])],
    ['the positions', () => admin.command(['DEL', hash()])],
    ['the names', () => admin.command(['DEL', names()])],
  ])('takes no position back when Redis loses %s, and judges nothing from before', async (_, lose) => {
    const [log, other] = await openTwo();
    const before = await log.append([key('a')]);
    await lose();
    const after = await other.append([key('b')]);
    expect(after).toBeGreaterThan(before);
    expect(log.position()).toBeGreaterThanOrEqual(after);
    expect((await log.since(before)).isTruncated).toBe(true);
    const { horizon } = await log.latest(['k:a']);
    expect(horizon).toBeGreaterThan(before);
  });

  it('keeps entries of a tier in the step that invalidates their keys, each of its own position', async () => {
    prefix = `log${(prefixes += 1)}`;
    const connection = new RedisConnection({ url: redis.url });
    const log = new RedisInvalidationLog({ connection, prefix, trustMs: 300 });
    await log.open();
    const tier = new RedisTier({ connection, prefix });
    const never = Number.POSITIVE_INFINITY;
    const of = (body: string | Uint8Array, expiresAt = never) => ({ version: 0, expiresAt, body });
    await tier.setMany([['gone', of('old')]]);
    const bytes = new Uint8Array([0, 255, 124, 10]);
    const [plain, last, later] = await Promise.all([
      log.append([key('a')]),
      log.appendAndKeep(tier, [
        ['text', of('ä|1|2')],
        ['nothing', undefined],
        ['bytes', of(bytes, Date.now() + 60_000)],
        ['gone', of('over', Date.now() - 1)],
      ]),
      log.appendAndKeep(tier, [['text', of('newer')]]),
    ]);
    expect([last - plain, later - last]).toEqual([4, 1]);
    const [text, nothing, binary] = await tier.getMany(['text', 'nothing', 'bytes']);
    expect(text).toEqual({ ...of('newer'), version: later });
    expect(nothing).toBeUndefined();
    expect(binary).toMatchObject({ version: last - 1, body: bytes });
    const { positions } = await log.latest(['k:text', 'k:nothing', 'k:bytes', 'k:gone']);
    expect([...positions.values()]).toEqual([later, last - 2, last - 1, last]);
    await log.close();
    await connection.close();
  });

  it('goes on above what it knew when Redis is put back to an older state', async () => {
    const [log, other] = await openTwo();
    const old = await log.append([key('a')]);
    const state = (await admin.command(['DUMP', hash()], { bytes: true })) as Buffer;
    const newest = await log.append([key('b'), key('c')]);
    await admin.command(['RESTORE', hash(), '0', state, 'REPLACE']);
    const after = await other.append([key('d')]);
    expect(after).toBeGreaterThan(newest);
    expect((await other.since(old)).isTruncated).toBe(true);
  });

  it('forgets the oldest names beyond its bound, and says so', async () => {
    const [log, other] = await openTwo({ maxNames: 200 });
    const start = log.position();
    for (let round = 0; round < 5; round += 1) {
      await log.append(Array.from({ length: 100 }, (_, index) => key(`${round} ${index}`)));
    }
    expect(Number(await admin.command(['ZCARD', names()]))).toBeLessThanOrEqual(200);
    expect(await other.since(start)).toEqual({
      invalidations: [],
      position: other.position(),
      isTruncated: true,
    });
    const { horizon, positions } = await other.latest(['k:0 0', 'k:4 99']);
    expect(horizon).toBeGreaterThan(start + 200);
    expect([...positions]).toEqual([['k:4 99', start + 500]]);
    expect((await other.since(horizon)).isTruncated).toBe(false);
  });

  it('takes no position back for an older message', async () => {
    const [log, other] = await openTwo();
    const newest = await log.append([key('a')]);
    await admin.command(['PUBLISH', `${prefix}:0:log`, `${newest - 5} somebody`]);
    await admin.command(['PUBLISH', `${prefix}:0:log`, `nonsense`]);
    await pause(20);
    expect([log.position(), other.position()]).toEqual([newest, newest]);
  });

  it('acknowledges nothing that another process does not respect, when messages are lost', async () => {
    const [log, other] = await openTwo();
    for (let round = 0; round < 5; round += 1) {
      await admin.command(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
      const position = await log.append([key(`a${round}`)]);
      expect(other.position()).toBeGreaterThanOrEqual(position);
    }
  });

  it('catches up by asking when nothing is published', async () => {
    const [log, other] = await openTwo();
    // As if the message of another process had been lost on its way.
    const position = log.position() + 10;
    await admin.command(['HSET', hash(), 'position', String(position)]);
    await admin.command(['ZADD', names(), String(position), 'k:a']);
    await eventually(() => expect(other.position()).toBeGreaterThanOrEqual(position));
    expect((await other.since(position - 10)).invalidations).toEqual([{ name: 'k:a', position }]);
  });

  it('waits for a process that does not answer as long as that may trust what it knew, and no longer', async () => {
    const [log] = await openTwo();
    const [seconds, micros] = (await admin.command(['TIME'])) as [string, string];
    const now = Number(seconds) * 1000 + Number(micros) / 1000;
    await admin.command(['HSET', hash(), 'r:ghost', (now + 400).toFixed(0)]);
    const start = performance.now();
    await log.append([key('a')]);
    expect(performance.now() - start).toBeGreaterThan(250);
    await log.append([key('a')]);
    expect(await admin.command(['HGET', hash(), 'r:ghost'])).toBeNull();
  });

  it('leaves, so that nobody waits for it', async () => {
    const [log] = await openTwo();
    await log.close();
    await log.close();
    expect(
      ((await admin.command(['HKEYS', hash()])) as string[]).filter((each) => each.startsWith('r:')),
    ).toHaveLength(1);
    expect(log.position()).toBe(Number.POSITIVE_INFINITY);
    expect((await markitectFailure(() => log.append([key('a')]))).code).toBe('CACHE_LOG_FAILED');
  });

  it('adds what is asked for in one turn with one position each, in order', async () => {
    const [log] = await openTwo();
    const start = log.position();
    const positions = await Promise.all([
      log.append([key('a')]),
      log.append([key('b'), key('c')]),
      log.append([]),
      log.append(Array.from({ length: 5000 }, (_, index) => key(`many ${index}`))),
      log.append([key('d')]),
    ]);
    expect(positions.map((each) => each - start)).toEqual([1, 3, 3, 5003, 5004]);
  });

  it('is not sure of anything while Redis is away, and is again by itself', async () => {
    const [log] = await openTwo();
    const connection = new RedisConnection({ url: redis.url });
    const manager = new CacheManager({
      memory: { maxBytes: 1_000_000 },
      tiers: [{ name: 'redis', tier: new RedisTier({ connection, prefix }) }],
      log,
      defaults: { ttlMs: 600_000 },
    });
    closings.push(async () => {
      await manager.close();
      await connection.close();
    });
    const cache = manager.namespace<string>('test');
    await cache.set('a', 'kept');
    await redis.kill();
    await eventually(() => expect(log.position()).toBe(Number.POSITIVE_INFINITY));
    expect(cache.peek('a')).toBeUndefined();
    expect(await cache.getOrSet('a', () => 'from the source')).toBe('from the source');
    for (const work of [() => log.append([key('a')]), () => log.since(0), () => log.latest(['k:a'])]) {
      expect((await markitectFailure(work)).code).toBe('CACHE_LOG_FAILED');
    }
    expect((await markitectFailure(() => cache.set('a', 'x'))).code).toBe('CACHE_LOG_FAILED');
    await redis.restart();
    await eventually(() => expect(log.position()).not.toBe(Number.POSITIVE_INFINITY));
    expect(await cache.get('a')).toBeUndefined();
    await cache.set('a', 'new');
    expect(cache.peek('a')).toBe('new');
  });

  it('can be begun while Redis is away', async () => {
    await redis.kill();
    prefix = `log${(prefixes += 1)}`;
    const log = await open({ isOpened: false });
    expect(log.position()).toBe(Number.POSITIVE_INFINITY);
    expect((await markitectFailure(() => log.since(0))).code).toBe('CACHE_LOG_FAILED');
    await redis.restart();
    await eventually(() => expect(Number.isSafeInteger(log.position())).toBe(true));
    expect((await log.since(0)).isTruncated).toBe(true);
  });
});
