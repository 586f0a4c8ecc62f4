import { describe, expect, it } from '@jest/globals';
import type { InvalidationLog, LeaseStore, TierEntry } from '@markitect/ports';
import { Unavailable } from '@markitect/domain';
import { InMemoryCacheTier, VirtualTime } from '@markitect/testing';
import fc from 'fast-check';
import { CacheManager, InProcessInvalidationLog, InProcessLeaseStore } from '../src/index.js';

const MANAGERS = 3;
const KEYS = ['a', 'b', 'c'];
const TAG = 'shared';

const manager = fc.integer({ min: 0, max: MANAGERS - 1 });
const key = fc.constantFrom(...KEYS);
const tier = fc.integer({ min: 0, max: 1 });

/** What can happen. Reads and writes are begun and not waited for: they overlap in whatever way time has it. */
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      manager,
      key,
      ms: fc.integer({ min: 0, max: 40 }),
      fails: fc.boolean(),
      tagsLate: fc.boolean(),
      confirms: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('get', 'peek', 'getMany'), manager, key }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('invalidate', 'set', 'tag', 'clear'), manager, key }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), manager, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('fail tier', 'hang tier', 'heal tier'), tier }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('keep copy', 'put copy back'), tier }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('fail log', 'heal log', 'restart'), manager }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60 }) }),
  },
);

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** One instance's way to the log: pages come late, cut, doubled and out of order, or not at all. */
function badLine(
  log: InvalidationLog,
  time: VirtualTime,
  seed: number,
): InvalidationLog & { isDown: boolean } {
  let count = seed;
  const chance = (of: number) => (count = (count * 48271) % 0x7fffffff) % of;
  const line = {
    isDown: false,
    position: log.position,
    append: (items: Parameters<InvalidationLog['append']>[0]) => log.append(items),
    since: async (position: number) => {
      await new Promise<void>((resolve) => time.after(chance(4), resolve));
      if (line.isDown) throw new Unavailable('CACHE_LOG_FAILED', 'the line is down');
      const page = await log.since(position, 1 + chance(5));
      const doubled = [...page.invalidations, ...page.invalidations.slice(0, chance(3))];
      return { ...page, invalidations: doubled.sort(() => chance(3) - 1) };
    },
    latest: async (names: readonly string[]) => {
      await new Promise<void>((resolve) => time.after(chance(4), resolve));
      if (line.isDown) throw new Unavailable('CACHE_LOG_FAILED', 'the line is down');
      return log.latest(names);
    },
  };
  return line;
}

interface World {
  readonly reads: number;
  readonly violations: string[];
}

async function live(
  commands: readonly Command[],
  options: { grace: number; leases: boolean },
): Promise<World> {
  const time = new VirtualTime();
  const log = new InProcessInvalidationLog();
  const tiers = [new InMemoryCacheTier(() => time.now()), new InMemoryCacheTier(() => time.now())];
  const leases: LeaseStore = new InProcessLeaseStore(time);
  const lines = Array.from({ length: MANAGERS }, (_, index) => badLine(log, time, index + 7));
  const start = (line: InvalidationLog) =>
    new CacheManager({
      memory: { maxBytes: 1_000_000, ttlMs: 80 },
      tiers: tiers.map((each, index) => ({
        name: `tier ${index}`,
        tier: each,
        timeoutMs: 10,
        breaker: { failures: 2, retryMs: 20 },
      })),
      log: line,
      ...(options.leases && { leases: { store: leases, ttlMs: 50, failureMs: 5, pollMs: 5 } }),
      defaults: {
        ttlMs: 100,
        graceMs: options.grace,
        graceBackoffMs: 10,
        softTimeoutMs: 15,
        hardTimeoutMs: 60,
        eagerFrom: 0.5,
      },
      time,
      random: () => 0.5,
    });
  const managers = lines.map(start);
  const caches = managers.map((each) => each.namespace<number>('n'));
  /** The truth, and what of it was acknowledged: what a read that begins now may not fall behind. */
  const truth = new Map(KEYS.map((each) => [each, 0]));
  const acknowledged = new Map(KEYS.map((each) => [each, 0]));
  const copies: [number, string, TierEntry][] = [];
  const violations: string[] = [];
  const pending: Promise<unknown>[] = [];
  let reads = 0;

  const check = (what: string, name: string, least: number, value: number | undefined) => {
    reads += 1;
    if (value !== undefined && value < least)
      violations.push(`${what} ${name}: ${value}, though ${least} was acknowledged`);
  };
  const write = (names: readonly string[], invalidate: () => Promise<unknown>) => {
    for (const name of names) truth.set(name, (truth.get(name) ?? 0) + 1);
    const now = names.map((name) => [name, truth.get(name) ?? 0] as const);
    pending.push(
      invalidate().then(() => {
        for (const [name, value] of now) acknowledged.set(name, Math.max(value, acknowledged.get(name) ?? 0));
      }),
    );
  };
  const perform = async (step: Command): Promise<void> => {
    switch (step.do) {
      case 'wait':
        return time.advance(step.ms);
      case 'fail tier':
      case 'heal tier':
        tiers[step.tier]!.isDown = step.do === 'fail tier';
        tiers[step.tier]!.delay = () => Promise.resolve();
        return;
      case 'hang tier':
        tiers[step.tier]!.delay = () => new Promise((resolve) => time.after(30, resolve));
        return;
      case 'keep copy':
      case 'put copy back':
        // An older entry overtaken by a newer one on the way to the tier.
        if (step.do === 'put copy back') {
          for (const [index, name, entry] of copies) {
            if (index === step.tier)
              pending.push(tiers[index]!.setMany([[name, entry]]).catch(() => undefined));
          }
          return;
        }
        pending.push(
          tiers[step.tier]!.getMany(KEYS.map((each) => `n:${each}`))
            .then((found) => {
              for (const [index, entry] of found.entries()) {
                if (entry !== undefined) copies.push([step.tier, `n:${KEYS[index]!}`, entry]);
              }
            })
            .catch(() => undefined),
        );
        return;
      case 'fail log':
      case 'heal log':
        lines[step.manager]!.isDown = step.do === 'fail log';
        return;
      case 'restart':
        managers[step.manager] = start(lines[step.manager]!);
        caches[step.manager] = managers[step.manager]!.namespace<number>('n');
        return;
      case 'peek':
        check('peek', step.key, acknowledged.get(step.key)!, caches[step.manager]!.peek(step.key));
        return;
      default:
        break;
    }
    const cache = caches[step.manager]!;
    const least = acknowledged.get(step.key)!;
    switch (step.do) {
      case 'get':
        pending.push(cache.get(step.key).then((value) => check('get', step.key, least, value)));
        return;
      case 'getMany': {
        const all = KEYS.map((each) => [each, acknowledged.get(each)!] as const);
        pending.push(
          cache.getMany(KEYS).then((found) => {
            for (const [name, from] of all) check('getMany', name, from, found.get(name));
          }),
        );
        return;
      }
      case 'read':
        pending.push(
          cache
            .getOrSet(
              step.key,
              async (context) => {
                if (step.tagsLate) context.keep({ tags: [TAG] });
                const value = truth.get(step.key)!;
                // As a source that answers "not modified" does.
                if (step.confirms && context.previous?.value === value) return context.notModified();
                await new Promise<void>((resolve) => time.after(step.ms, resolve));
                if (step.fails) throw new Error('the source failed');
                if (step.tagsLate) context.keep({ tags: ['more'] });
                return value;
              },
              step.tagsLate ? {} : { tags: [TAG] },
            )
            .then(
              (value) => check('getOrSet', step.key, least, value),
              (error: unknown) => {
                if (!/the source failed|to make/.test(String(error)))
                  violations.push(`read failed: ${String(error)}`);
              },
            ),
        );
        return;
      case 'invalidate':
        write([step.key], () => cache.delete(step.key));
        return;
      case 'set':
        write([step.key], () => cache.set(step.key, truth.get(step.key)!, { tags: [TAG] }));
        return;
      case 'tag':
        write(KEYS, () => managers[step.manager]!.invalidateTags([TAG]));
        return;
      case 'clear':
        write(KEYS, () => cache.clear());
        return;
      case 'expire':
        pending.push(cache.expire(step.key));
    }
  };
  for (const step of commands) {
    await perform(step);
    await time.settle();
  }
  for (const each of tiers) Object.assign(each, { isDown: false, delay: () => Promise.resolve() });
  for (const line of lines) line.isDown = false;
  await time.advance(2000);
  await Promise.all(pending);
  for (const cache of caches) {
    for (const name of KEYS) {
      const value = cache.getOrSet(name, () => truth.get(name)!);
      await time.advance(100);
      check('in the end', name, acknowledged.get(name)!, await value);
    }
  }
  return { reads, violations };
}

describe('CacheManager, several of them on shared tiers and one log', () => {
  it.each([
    { grace: 0, leases: false },
    { grace: 300, leases: false },
    { grace: 300, leases: true },
  ])(
    'never gives a value older than an acknowledged invalidation: %j',
    async (options) => {
      let reads = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), async (commands) => {
          const world = await live(commands, options);
          reads += world.reads;
          expect(world.violations).toEqual([]);
        }),
        { numRuns: Number(process.env['CACHE_PROPERTY_RUNS'] ?? 60) },
      );
      expect(reads).toBeGreaterThan(100);
    },
    120_000,
  );
});
