import { describeCacheContract, InMemoryCache } from '../src/index.js';

describeCacheContract('InMemoryCache', () =>
  Promise.resolve({ cache: new InMemoryCache<unknown>(), close: () => Promise.resolve() }),
);
