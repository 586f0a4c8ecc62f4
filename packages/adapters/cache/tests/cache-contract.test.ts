import {
  describeCacheContract,
  describeInvalidationLogContract,
  describeLeaseStoreContract,
  InMemoryCacheTier,
  VirtualTime,
} from '@markitect/testing';
import {
  CacheManager,
  type CacheManagerOptions,
  InProcessInvalidationLog,
  InProcessLeaseStore,
} from '../src/index.js';

const MINUTE = 60_000;
const memory = { maxBytes: 10_000_000 };
const tier = (name = 'below') => ({ name, tier: new InMemoryCacheTier() });

const combinations: [string, () => CacheManagerOptions][] = [
  ['memory', () => ({ memory })],
  ['memory and a tier', () => ({ memory, tiers: [tier()] })],
  ['a tier alone', () => ({ tiers: [tier()] })],
  ['memory and two tiers', () => ({ memory, tiers: [tier('near'), tier('far')] })],
  ['a tier that compresses everything', () => ({ tiers: [tier()], compressFrom: 0 })],
  [
    'memory, a tier and leases',
    () => ({ memory, tiers: [tier()], leases: { store: new InProcessLeaseStore(), failureMs: 0 } }),
  ],
];

for (const [name, options] of combinations) {
  describeCacheContract(`CacheManager with ${name}`, () => {
    const manager = new CacheManager({ ...options(), defaults: { ttlMs: MINUTE, graceMs: MINUTE } });
    return Promise.resolve({ cache: manager.namespace('test'), close: () => manager.close() });
  });
}

describeInvalidationLogContract('InProcessInvalidationLog', () => {
  const log = new InProcessInvalidationLog();
  return Promise.resolve({ log, other: log, close: () => Promise.resolve() });
});

describeLeaseStoreContract('InProcessLeaseStore', () => {
  const time = new VirtualTime();
  const store = new InProcessLeaseStore(time);
  return Promise.resolve({
    store,
    other: store,
    advance: (ms) => time.advance(ms),
    close: () => Promise.resolve(),
  });
});
