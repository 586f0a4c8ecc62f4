import { describe, expect, it } from '@jest/globals';
import { down, move, SmallWorld } from '../../tests/small-world.js';
import { repair } from './repair.js';

describe('repairs', () => {
  it('are not kept back by a key that cannot be copied, nor tried at once again', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    let isDown = true;
    const { notes, component } = world.process('a', (what, keys) => {
      if (what !== 'modern.write') return;
      if (isDown || keys.includes('poison')) throw down();
    });
    for (const key of ['a', 'poison', 'z']) await notes.put(key, 1);
    expect(await world.depth()).toEqual([0, 3]);
    isDown = false;
    world.clock.ms += 1000;
    expect(await repair(component)).toEqual({ repaired: 2, failed: 1 });
    expect(await world.depth()).toEqual([0, 1]);
    const attempts: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      world.clock.ms += 1000;
      attempts.push((await repair(component)).failed);
    }
    expect(attempts.filter((failed) => failed > 0).length).toBeLessThan(8);
  });

  it('give up soon while the store is down', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    let writes = 0;
    const { notes, component } = world.process('a', (what) => {
      if (what !== 'modern.write') return;
      writes += 1;
      throw down();
    });
    for (let key = 0; key < 50; key += 1) await notes.put(`k${key}`, 1);
    world.clock.ms += 1000;
    writes = 0;
    expect(await repair(component)).toEqual({ repaired: 0, failed: 50 });
    expect(writes).toBeLessThan(6);
    expect(await world.depth()).toEqual([0, 50]);
  });

  it('in several processes at once copy everything, and bring home what is carried over', async () => {
    const world = new SmallWorld();
    await world.to('modern');
    const a = world.process('a', (what) => {
      if (what.startsWith('legacy.')) throw down();
    });
    for (let key = 0; key < 250; key += 1) await a.notes.put(`k${key}`, key);
    await move(a.component, 'legacy');
    world.clock.ms += 1000;
    const workers = ['b', 'c', 'd'].map((name) => repair(world.process(name).component));
    const reports = await Promise.all(workers);
    expect(reports.reduce((sum, { repaired }) => sum + repaired, 0)).toBe(250);
    expect(world.states.legacy.size).toBe(250);
    expect(await world.plain.get('notes')).toMatchObject({ stage: 'legacy', isCarryingOver: false });
  });
});
