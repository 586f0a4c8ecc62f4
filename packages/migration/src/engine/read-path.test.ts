import { describe, expect, it } from '@jest/globals';
import { shareOfKey } from '@markitect/domain';
import { down, SmallWorld } from '../../tests/small-world.js';

const sides = (world: SmallWorld): void => {
  world.states.legacy.set('k', 'legacy');
  world.states.modern.set('k', 'modern');
};

describe('a read', () => {
  it.each([
    ['legacy', 'legacy'],
    ['mirror', 'legacy'],
    ['modern', 'modern'],
    ['complete', 'modern'],
  ] as const)('in stage %s is answered by %s', async (stage, side) => {
    const world = new SmallWorld();
    await world.to(stage);
    sides(world);
    const { notes } = world.process('a');
    expect(await notes.get('k')).toBe(side);
    expect(await notes.names()).toEqual(['k']);
  });

  it('in stage served goes to modern for the keys of the share, which are always the same', async () => {
    const world = new SmallWorld();
    await world.to('served', 50);
    const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
    for (const key of keys) {
      world.states.legacy.set(key, 'legacy');
      world.states.modern.set(key, 'modern');
    }
    const { notes } = world.process('a');
    for (const key of keys) {
      expect(await notes.get(key)).toBe(shareOfKey('notes', key) < 50 ? 'modern' : 'legacy');
    }
  });

  it('falls back where modern fails or has nothing, and where a key is marked', async () => {
    const world = new SmallWorld();
    await world.to('served', 100);
    sides(world);
    world.states.legacy.set('new', 1);
    let isDown = false;
    const { notes, component } = world.process('a', (what) => {
      if (isDown && what === 'modern.get') throw down();
    });
    expect(await notes.get('k')).toBe('modern');
    expect(await notes.get('new')).toBe(1);
    isDown = true;
    expect(await notes.get('k')).toBe('legacy');
    isDown = false;
    expect(await notes.names()).toEqual(['k']);
    const { epoch } = await component.reload();
    const mark = {
      component: 'notes',
      keys: ['k'],
      token: 't',
      process: 'b',
      epoch,
      source: 'legacy',
    } as const;
    await world.plain.mark(mark);
    expect(await notes.get('k')).toBe('legacy');
    expect(await notes.names()).toEqual(['k', 'new']);
  });

  it('notices a change of the stage at once where it looks, and within the promised time elsewhere', async () => {
    const world = new SmallWorld();
    await world.to('served', 100);
    sides(world);
    const { notes } = world.process('a');
    expect(await notes.get('k')).toBe('modern');
    await world.to('mirror');
    world.clock.ms -= 250;
    expect(await notes.get('k')).toBe('legacy');
    await world.to('modern');
    world.clock.ms -= 250;
    expect(await notes.get('k')).toBe('legacy');
    world.clock.ms += 250;
    expect(await notes.get('k')).toBe('modern');
  });
});
