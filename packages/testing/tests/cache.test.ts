import {
  describeCacheContract,
  describeCacheTierContract,
  InMemoryCache,
  InMemoryCacheTier,
  VirtualTime,
} from '../src/index.js';

describeCacheContract('InMemoryCache', () =>
  Promise.resolve({ cache: new InMemoryCache<unknown>(), close: () => Promise.resolve() }),
);

describeCacheTierContract('InMemoryCacheTier', () => {
  const time = new VirtualTime();
  return Promise.resolve({
    tier: new InMemoryCacheTier(() => time.now()),
    now: () => time.now(),
    advance: (ms) => time.advance(ms),
    close: () => Promise.resolve(),
  });
});
