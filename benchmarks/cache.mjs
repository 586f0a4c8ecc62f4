// `npm run bench -- cache`: this cache beside bentocache, cacheable, cache-manager, Keyv and lru-cache, in one run.
import { CacheManager } from '@markitect/adapter-cache';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Cacheable, CacheableMemory } from 'cacheable';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { benchRedis } from './cache-redis.mjs';

const KEYS = 1000;
const CALLERS = 1000;
const MINUTE = 60_000;
const keys = Array.from({ length: KEYS }, (_, index) => `profile-${index}`);
/** About 0.5 kB as JSON. */
const profile = (index) => ({
  id: index,
  name: `Person number ${index}`,
  mail: `person.${index}@example.org`,
  roles: ['reader', 'writer', 'reviewer'],
  settings: { theme: 'dark', language: 'en', columns: [120, 80, 40], notes: 'x'.repeat(250) },
});

const ours = (options) =>
  new CacheManager({ memory: { maxBytes: 64 * 1024 * 1024 }, ...options }).namespace('profiles', {
    ttlMs: 30 * MINUTE,
  });

const bento = (serialize) =>
  new BentoCache({
    default: 'memory',
    stores: {
      memory: bentostore().useL1Layer(
        memoryDriver({ maxItems: 10_000, ...(serialize ? {} : { serialize: false }) }),
      ),
    },
    ttl: 30 * MINUTE,
  });

const keyvByReference = () => {
  const keyv = new Keyv({ store: new Map(), ttl: 30 * MINUTE });
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
};

/** Each: what it is, and its ways to read, to write, and to read or make. Peeks are the only ones that answer at once. */
function contenders() {
  const mine = ours();
  const lru = new LRUCache({ max: 10_000, ttl: 0 });
  const bentos = { reference: bento(false), json: bento(true) };
  const cacheables = {
    reference: new Cacheable({
      primary: keyvOf(new CacheableMemory({ useClone: false, lruSize: 10_000 })),
      ttl: 30 * MINUTE,
    }),
  };
  const manager = createCache({ stores: [keyvByReference()], ttl: 30 * MINUTE });
  const keyv = keyvByReference();
  const keyvJson = new Keyv({ store: new Map(), ttl: 30 * MINUTE });
  return [
    {
      name: 'markitect',
      serializes: 'by reference, frozen',
      peek: (key) => mine.peek(key),
      get: (key) => mine.get(key),
      set: (key, value) => mine.set(key, value),
      getOrSet: (key, make) => mine.getOrSet(key, make),
    },
    {
      name: 'lru-cache (bare, sync)',
      serializes: 'by reference',
      peek: (key) => lru.get(key),
      set: (key, value) => lru.set(key, value),
    },
    ...Object.entries(bentos).map(([how, cache]) => ({
      name: `bentocache (${how})`,
      serializes: how === 'json' ? 'JSON' : 'by reference',
      isManager: how === 'reference',
      get: (key) => cache.get({ key }),
      set: (key, value) => cache.set({ key, value }),
      getOrSet: (key, make) => cache.getOrSet({ key, factory: make }),
    })),
    {
      name: 'cacheable (reference)',
      serializes: 'by reference',
      isManager: true,
      get: (key) => cacheables.reference.get(key),
      set: (key, value) => cacheables.reference.set(key, value),
      getOrSet: (key, make) => cacheables.reference.getOrSet(key, make),
    },
    {
      name: 'cache-manager (reference)',
      serializes: 'by reference',
      isManager: true,
      get: (key) => manager.get(key),
      set: (key, value) => manager.set(key, value),
      getOrSet: (key, make) => manager.wrap(key, make),
    },
    {
      name: 'keyv (reference)',
      serializes: 'by reference',
      get: (key) => keyv.get(key),
      set: (key, value) => keyv.set(key, value),
    },
    {
      name: 'keyv (json, its default)',
      serializes: 'JSON',
      get: (key) => keyvJson.get(key),
      set: (key, value) => keyvJson.set(key, value),
    },
  ];
}

function keyvOf(store) {
  const keyv = new Keyv({ store });
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}

let sink = 0;

/** What is measured; each answers with how many operations it did. */
const cases = {
  'hit, sync': (each) => {
    if (each.peek === undefined) return undefined;
    return (rounds) => {
      for (let index = 0; index < rounds; index += 1)
        if (each.peek(keys[index % KEYS]) !== undefined) sink += 1;
    };
  },
  'hit, get': (each) => {
    if (each.get === undefined) return undefined;
    return async (rounds) => {
      for (let index = 0; index < rounds; index += 1)
        if ((await each.get(keys[index % KEYS])) !== undefined) sink += 1;
    };
  },
  'hit, getOrSet': (each) => {
    if (each.getOrSet === undefined) return undefined;
    const make = () => profile(0);
    return async (rounds) => {
      for (let index = 0; index < rounds; index += 1) {
        if ((await each.getOrSet(keys[index % KEYS], make)) !== undefined) sink += 1;
      }
    };
  },
  'miss, get': (each) => {
    if (each.get === undefined) return undefined;
    return async (rounds) => {
      for (let index = 0; index < rounds; index += 1)
        if ((await each.get(`none-${index}`)) === undefined) sink += 1;
    };
  },
  'miss, getOrSet': (each) => {
    if (each.getOrSet === undefined) return undefined;
    let count = 0;
    return async (rounds) => {
      for (let index = 0; index < rounds; index += 1) {
        count += 1;
        await each.getOrSet(`new-${count % 5000}-${count}`, () => profile(index));
      }
    };
  },
};

/** Runs the benchmark. `--rounds=N`: how often each does each case, in turns; the median counts. Default 5. */
export async function run(args = []) {
  const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 5);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error('--rounds takes a whole number from 3');
  const all = contenders();
  for (const each of all) for (const [index, key] of keys.entries()) await each.set(key, profile(index));
  console.log(
    `${KEYS} profiles of ${JSON.stringify(profile(1)).length} bytes as JSON; thousand operations a second, one caller, ` +
      `medians of ${rounds} interleaved rounds.\nEqual serialization: nobody serializes ("reference": each is told to ` +
      'keep the object itself);\nwhere a library does by default, a second line has that.\n',
  );
  const names = Object.keys(cases);
  print('', ...names);
  const results = new Map(all.map((each) => [each.name, {}]));
  for (const name of names) await compare(all, name, rounds, results);
  for (const each of all) {
    const rates = results.get(each.name);
    print(each.name, ...names.map((name) => (rates[name] === undefined ? '' : rates[name].toFixed(0))));
  }
  await stampedes(all);
  aims(all, results);
  await benchRedis({ keys, profile, rounds, median, print, aim });
  // Nothing that is measured may be found to be of no use and left out.
  if (sink === 0) throw new Error('nothing was read');
}

async function compare(all, name, rounds, results) {
  const rates = new Map();
  for (let round = 0; round <= rounds; round += 1) {
    for (const each of round % 2 === 0 ? all : [...all].reverse()) {
      const work = cases[name](each);
      if (work === undefined) continue;
      const count = await countFor(work, rates.get(each)?.count);
      globalThis.gc?.();
      const start = performance.now();
      await work(count);
      const rate = count / (performance.now() - start);
      const known = rates.get(each) ?? { count, rates: [] };
      // The first round warms up.
      if (round > 0) known.rates.push(rate);
      rates.set(each, known);
    }
  }
  for (const [each, known] of rates) results.get(each.name)[name] = median(known.rates);
}

/** As many operations as take about 60 ms, at most 4 million. */
async function countFor(work, known) {
  if (known !== undefined) return known;
  let count = 200;
  for (;;) {
    const start = performance.now();
    await work(count);
    const ms = performance.now() - start;
    if (ms > 30 || count >= 2_000_000)
      return Math.min(4_000_000, Math.max(200, Math.round((count * 60) / ms)));
    count *= 4;
  }
}

/** Many callers that want one key at the same time: how often the factory runs, and how long all of them take. */
async function stampedes(all) {
  console.log(`\nstampede: ${CALLERS} callers of one key, a factory of 5 ms`);
  print('', 'factory runs', 'ms');
  for (const each of all) {
    if (each.getOrSet === undefined) continue;
    let runs = 0;
    const make = async () => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return profile(0);
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: CALLERS }, () => each.getOrSet('stampede', make)));
    print(each.name, runs, (performance.now() - start).toFixed(1));
  }
}

function aims(all, results) {
  console.log('\naims');
  const mine = results.get('markitect');
  for (const each of all.filter(({ isManager }) => isManager)) {
    const ratio = mine['hit, getOrSet'] / results.get(each.name)['hit, getOrSet'];
    aim(`hit by getOrSet, times ${each.name}`, ratio, 10);
  }
  aim(
    'peek, times bare lru-cache',
    mine['hit, sync'] / results.get('lru-cache (bare, sync)')['hit, sync'],
    0.5,
  );
}

function aim(what, ratio, least) {
  console.log(`${ratio >= least ? '✓' : '✗'} ${what.padEnd(50)} ${ratio.toFixed(2)} (aim ≥ ${least})`);
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function print(...cells) {
  console.log(
    cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : String(cell).padStart(16))).join(''),
  );
}
