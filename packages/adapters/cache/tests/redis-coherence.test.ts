import { type ChildProcess, fork } from 'node:child_process';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithService, type RedisService, seededRandom, startRedis } from '@markitect/testing';
import {
  type AppendAndKeep,
  CacheManager,
  RedisConnection,
  RedisInvalidationLog,
  RedisLeaseStore,
  RedisTier,
} from '../src/index.js';
import { eventually } from './redis-eventually.js';

/** Another process with a cache on the same Redis. */
class OtherProcess {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, (answer: { value?: unknown; error?: string }) => void>();
  #ids = 0;

  constructor(url: string, prefix: string) {
    const program = fileURLToPath(new URL('./fixtures/redis-process.mjs', import.meta.url));
    this.#child = fork(program, [url, prefix], { execArgv: [] });
    this.#child.on('message', (message) => {
      const { id, ...answer } = message as { id: number; value?: unknown; error?: string };
      this.#open.get(id)?.(answer);
      this.#open.delete(id);
    });
  }

  ready(): Promise<unknown> {
    return new Promise((resolve) => this.#open.set(0, resolve));
  }

  async ask(deed: string, ...args: unknown[]): Promise<unknown> {
    const id = (this.#ids += 1);
    const answer = new Promise<{ value?: unknown; error?: string }>((resolve) => this.#open.set(id, resolve));
    this.#child.send({ id, deed, args });
    const { value, error } = await answer;
    if (error !== undefined) throw new Error(error);
    return value;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

describeWithService('redis', 'caches of several processes on one Redis', () => {
  let redis: RedisService;
  const closings: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
    await redis.stop();
  });

  async function open(memoryTtlMs = Number.POSITIVE_INFINITY) {
    const connection = new RedisConnection({ url: redis.url });
    const log = new RedisInvalidationLog({ connection });
    await log.open();
    const tier = new RedisTier({ connection });
    const appendAndKeep: AppendAndKeep = (entries) => log.appendAndKeep(tier, entries);
    const manager = new CacheManager({
      memory: { maxBytes: 1_000_000, ttlMs: memoryTtlMs },
      tiers: [{ name: 'redis', tier, breaker: { retryMs: 50 }, appendAndKeep }],
      log,
      leases: { store: new RedisLeaseStore({ connection }) },
      defaults: { ttlMs: 600_000 },
    });
    closings.push(async () => {
      await manager.close();
      await log.close();
      await connection.close();
    });
    return { manager, cache: manager.namespace<unknown>('test'), connection };
  }

  async function start(): Promise<OtherProcess> {
    const other = new OtherProcess(redis.url, 'markitect-cache');
    closings.push(() => {
      other.signal('SIGKILL');
      return Promise.resolve();
    });
    await other.ready();
    return other;
  }

  it('never give what another process has replaced or invalidated, once that is acknowledged', async () => {
    const { cache } = await open();
    const other = await start();
    for (let round = 1; round <= 50; round += 1) {
      await cache.set('a', round);
      expect(await other.ask('get', 'a')).toBe(round);
      await other.ask('set', 'a', -round);
      expect(await cache.get('a')).toBe(-round);
    }
    await cache.set('tagged', 1, { tags: ['t'] });
    expect(await other.ask('get', 'tagged')).toBe(1);
    await cache.invalidateTags(['t']);
    expect(await other.ask('peek', 'tagged')).toBeUndefined();
    expect(await other.ask('get', 'tagged')).toBeUndefined();
    await other.ask('delete', 'a');
    expect(await cache.get('a')).toBeUndefined();
  });

  it('run one factory for all', async () => {
    const { cache } = await open();
    const other = await start();
    let factories = 0;
    const make = async () => {
      factories += 1;
      await pause(100);
      return 'made';
    };
    const [own, theirs] = await Promise.all([
      Promise.all(Array.from({ length: 100 }, () => cache.getOrSet('a', make))),
      other.ask('make', 'a', 'made', 100),
    ]);
    const answer = theirs as { values: unknown[]; factories: number };
    expect([...new Set(own), ...answer.values]).toEqual(['made', 'made']);
    expect(factories + answer.factories).toBe(1);
  });

  it('wait for a process that is paused until it trusts nothing any more', async () => {
    const { cache } = await open();
    const other = await start();
    await cache.set('a', 'old');
    expect(await other.ask('get', 'a')).toBe('old');
    other.signal('SIGSTOP');
    await cache.set('a', 'new');
    other.signal('SIGCONT');
    expect(await other.ask('peek', 'a')).not.toBe('old');
    // A tier whose answers were late may be cut out for a moment: then there is nothing, but never what was.
    expect([undefined, 'new']).toContain(await other.ask('get', 'a'));
    await eventually(async () => expect(await other.ask('get', 'a')).toBe('new'));
  });

  it('go on while Redis is killed and comes back empty: no error, nothing stale, and coherent again', async () => {
    const instances = [await open(20), await open(20)];
    const keys = 20;
    const truth = new Array<number>(keys).fill(0);
    const acknowledged = new Array<number>(keys).fill(0);
    const wrong: unknown[] = [];
    let reads = 0;
    let isOver = false;
    const caller = async (number: number) => {
      const random = seededRandom(number);
      const { cache } = instances[number % 2]!;
      while (!isOver) {
        const key = Math.floor(random() * keys);
        const least = acknowledged[key]!;
        try {
          const found = await cache.getOrSet(String(key), async () => {
            const value = truth[key]!;
            await turn();
            return value;
          });
          if (!(found >= least)) wrong.push({ key, found, least });
        } catch (error) {
          wrong.push(error);
        }
        reads += 1;
        await turn();
      }
    };
    const writer = async (number: number) => {
      const random = seededRandom(number);
      while (!isOver) {
        const key = Math.floor(random() * keys);
        const value = (truth[key]! += 1);
        try {
          await instances[number % 2]!.cache.delete(String(key));
          acknowledged[key] = Math.max(acknowledged[key]!, value);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CACHE_LOG_FAILED' });
        }
        await pause(2);
      }
    };
    const work = [
      ...Array.from({ length: 64 }, (_, number) => caller(number)),
      ...Array.from({ length: 2 }, (_, number) => writer(1000 + number)),
    ];
    for (let round = 0; round < 2; round += 1) {
      await pause(200);
      await redis.kill();
      await pause(round * 1200);
      await redis.restart();
      const before = [...acknowledged];
      await eventually(() => expect(acknowledged.some((each, key) => each > before[key]!)).toBe(true));
    }
    isOver = true;
    await Promise.all(work);
    expect(wrong).toEqual([]);
    expect(reads).toBeGreaterThan(64);
    const [one, two] = instances;
    await eventually(async () => {
      await one!.cache.set('after', 1);
      expect(await two!.cache.get('after')).toBe(1);
      expect(two!.cache.peek('after')).toBe(1);
    });
  });
});
