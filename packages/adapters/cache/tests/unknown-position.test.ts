import { expect, it } from '@jest/globals';
import { CacheManager } from '../src/cache-manager.js';
import { InProcessInvalidationLog } from '../src/log/in-process-invalidation-log.js';

it('goes on once a log is known whose position was not', async () => {
  const log = new InProcessInvalidationLog();
  let isOpen = false;
  const late = {
    position: () => (isOpen ? log.position() : Number.POSITIVE_INFINITY),
    since: (position: number) => {
      isOpen = true;
      return log.since(position);
    },
    latest: log.latest.bind(log),
    append: log.append.bind(log),
  };
  const cache = new CacheManager({ memory: { maxBytes: 1024 * 1024 }, log: late }).namespace<string>(
    'values',
  );
  await expect(cache.getOrSet('a', () => 'first')).resolves.toBe('first');
  await expect(cache.getOrSet('a', () => 'second')).resolves.toBe('first');
  await cache.delete('a');
  await expect(cache.getOrSet('a', () => 'third')).resolves.toBe('third');
});
