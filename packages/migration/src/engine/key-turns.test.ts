import { expect, it } from '@jest/globals';
import { gate, settle } from '../../tests/small-world.js';
import { KeyTurns } from './key-turns.js';

it('those of one key take turns, others do not wait, and a failure gives the turn back', async () => {
  const turns = new KeyTurns();
  const log: string[] = [];
  const first = gate();
  const work = (name: string, until?: Promise<void>) => async () => {
    log.push(`${name} begins`);
    await until;
    log.push(`${name} ends`);
  };
  const all = [
    turns.take(['a', 'b'], work('1', first.opened)),
    turns.take(['b', 'c'], () => Promise.reject(new Error('fails'))).catch(() => log.push('2 fails')),
    turns.take(['c', 'a'], work('3')),
    turns.take(['d'], work('4')),
  ];
  await settle();
  expect(log).toEqual(['1 begins', '4 begins', '4 ends']);
  first.open();
  await Promise.all(all);
  expect(log.slice(3)).toEqual(['1 ends', '2 fails', '3 begins', '3 ends']);
});
