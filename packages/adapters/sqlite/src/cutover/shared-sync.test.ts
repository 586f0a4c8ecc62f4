import { expect, it } from '@jest/globals';
import { SharedSync } from './shared-sync.js';

it('those who come while a sync runs share the next one, which begins after they came', async () => {
  const ends: ((error?: Error) => void)[] = [];
  const shared = new SharedSync(
    () => new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve()))),
  );
  const log: string[] = [];
  const ask = (name: string) =>
    shared.done().then(
      () => log.push(name),
      () => log.push(`${name} fails`),
    );
  const all = [ask('1'), ask('2'), ask('3')];
  expect(ends).toHaveLength(1);
  ends[0]?.(new Error('disk'));
  await all[0];
  await Promise.resolve();
  expect(log).toEqual(['1 fails']);
  expect(ends).toHaveLength(2);
  all.push(ask('4'));
  ends[1]?.();
  await Promise.all(all.slice(0, 3));
  expect(log.sort()).toEqual(['1 fails', '2', '3']);
  await Promise.resolve();
  expect(ends).toHaveLength(3);
  ends[2]?.();
  await Promise.all(all);
  expect(log).toContain('4');
});
