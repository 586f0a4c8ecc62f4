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

describe('a read while the store of the stages cannot be asked', () => {
  /** A process that has just looked, and then loses the store of the stages and, if that is said, modern as well. */
  async function stranded(world: SmallWorld, lost: RegExp = /^state\./) {
    let isLost = false;
    const process = world.process('a', (what) => {
      if (isLost && lost.test(what)) throw down();
    });
    await process.component.reload();
    const lose = (): void => {
      isLost = true;
      world.clock.ms += 250;
    };
    const find = (): void => {
      isLost = false;
      world.clock.ms += 250;
    };
    return { ...process, lose, find };
  }

  async function filled(world: SmallWorld): Promise<void> {
    const at = new Date(world.clock.ms).toISOString();
    await world.plain.update('notes', {
      backfill: { status: 'complete', seen: 1, copied: 1, startedAt: at, updatedAt: at },
    });
  }

  it.each([
    ['legacy', 'legacy'],
    ['mirror', 'legacy'],
    ['served', 'legacy'],
    ['modern', 'modern'],
    ['complete', 'modern'],
  ] as const)('in stage %s is answered by %s, and a write is refused', async (stage, side) => {
    const world = new SmallWorld();
    await world.to(stage, 100);
    sides(world);
    const { notes, component, lose, find } = await stranded(world);
    lose();
    expect(await notes.get('k')).toBe(side);
    expect(await notes.names()).toEqual(['k']);
    expect(component.isOutOfTouch).toBe(true);
    if (stage !== 'complete') await expect(notes.put('k', 'new')).rejects.toThrow('down');
    expect([world.states.legacy.get('k'), world.states.modern.get('k')]).toEqual(['legacy', 'modern']);
    find();
    await notes.get('k');
    expect(component.isOutOfTouch).toBe(false);
  });

  it('is answered by the side that follows when the other one is away too', async () => {
    const world = new SmallWorld();
    await world.to('modern');
    await filled(world);
    sides(world);
    world.states.legacy.set('removed', 1);
    const both = await stranded(world, /^(state|modern)\./);
    const one = await stranded(world);
    both.lose();
    one.lose();
    expect(await both.notes.get('k')).toBe('legacy');
    expect(await one.notes.get('removed')).toBeUndefined();
  });

  it('fails where nobody has looked for long, and where keys are carried over', async () => {
    const world = new SmallWorld();
    await world.to('modern');
    const idle = await stranded(world);
    world.clock.ms += 2500;
    idle.lose();
    await expect(idle.notes.get('k')).rejects.toThrow('down');

    const breaking = world.process('b', (what) => {
      if (what === 'legacy.write') throw down();
    });
    await breaking.notes.put('k', 'written');
    await world.to('mirror');
    const carrying = await stranded(world);
    expect(await carrying.notes.get('k')).toBe('written');
    carrying.lose();
    await expect(carrying.notes.get('k')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
