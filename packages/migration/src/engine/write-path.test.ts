import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '@markitect/testing';
import { down, gate, move, request, settle, SmallWorld } from '../../tests/small-world.js';
import { HEARTBEAT_TTL_MS } from './component.js';
import { repair } from '../operations/repair.js';

describe('a write', () => {
  it('goes where the stage says, to both sides in the stages between', async () => {
    const world = new SmallWorld();
    const { notes } = world.process('a');
    for (const stage of ['legacy', 'mirror', 'served', 'modern', 'complete'] as const) {
      await world.to(stage);
      await notes.put(stage, 1);
    }
    expect([...world.states.legacy.keys()]).toEqual(['legacy', 'mirror', 'served', 'modern']);
    expect([...world.states.modern.keys()]).toEqual(['mirror', 'served', 'modern', 'complete']);
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('is acknowledged when the copy fails, and the key is repaired later', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    let isDown = true;
    const { notes, component } = world.process('a', (what) => {
      if (isDown && what === 'modern.write') throw down();
    });
    await notes.put('k', 1);
    expect(world.states.modern.size).toBe(0);
    const [repairOfKey] = (await world.plain.repairs('notes', {})).items;
    expect(repairOfKey).toMatchObject({ key: 'k', attempts: 1, failure: { code: 'DATABASE_UNAVAILABLE' } });
    expect(await repair(component)).toEqual({ repaired: 0, failed: 0 });
    world.clock.ms += 1000;
    expect(await repair(component)).toEqual({ repaired: 0, failed: 1 });
    isDown = false;
    world.clock.ms += 60_000;
    expect(await repair(component)).toEqual({ repaired: 1, failed: 0 });
    expect(world.states.modern.get('k')).toBe(1);
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('that is refused is copied at once; one without an answer, when it is certain', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const { notes, component } = world.process('a', (what, [key]) => {
      if (what === 'legacy.put after' && key === 'unknown') throw down();
    });
    expect((await markitectFailure(() => notes.put('k', 'refused'))).code).toBe('RECORD_NOT_FOUND');
    expect(await world.depth()).toEqual([0, 0]);
    expect((await markitectFailure(() => notes.put('unknown', 1))).code).toBe('DATABASE_UNAVAILABLE');
    expect(await world.depth()).toEqual([0, 1]);
    world.clock.ms += 5000;
    await repair(component);
    expect(world.states.modern.get('unknown')).toBe(1);
  });

  it('does not begin when it cannot be marked, and leaves no mark in flight', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    let isDown = true;
    const { notes, component } = world.process('a', (what) => {
      if (isDown && ['state.mark after', 'state.release'].includes(what)) throw down();
    });
    expect((await markitectFailure(() => notes.put('k', 1))).code).toBe('DATABASE_UNAVAILABLE');
    expect(world.states.legacy.size).toBe(0);
    expect(await world.depth()).toEqual([1, 0]);
    isDown = false;
    await component.beat();
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('is acknowledged when its mark cannot be ended, which is tried again', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    let isDown = true;
    const { notes, component } = world.process('a', (what) => {
      if (isDown && ['state.settle', 'state.park'].includes(what)) throw down();
    });
    await notes.put('k', 1);
    expect(await world.depth()).toEqual([1, 0]);
    expect(component.leftovers.size).toBe(1);
    isDown = false;
    await component.beat();
    expect(await world.depth()).toEqual([0, 1]);
    world.clock.ms += 500;
    expect(await repair(component)).toEqual({ repaired: 1, failed: 0 });
  });

  it('of two processes on one key leaves both sides alike, whichever copies late', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const late = gate();
    let isHeld = true;
    const slow = world.process('slow', async (what) => {
      if (what !== 'modern.write' || !isHeld) return;
      isHeld = false;
      await late.opened;
    });
    const early = gate();
    const quick = world.process('quick', async (what) => {
      if (what === 'legacy.put') await early.opened;
    });
    // quick has marked first and writes last; slow has read the old state and copies it after quick has copied.
    const second = quick.notes.put('k', 'new');
    await settle();
    const first = slow.notes.put('k', 'old');
    await settle();
    early.open();
    await second;
    expect(world.states.modern.get('k')).toBe('new');
    late.open();
    await first;
    expect(world.states.modern.get('k')).toBe('new');
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('that a process is frozen in after reading puts no old state over a newer one', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const frozen = gate();
    let isFrozen = true;
    const a = world.process('a', async (what) => {
      if (what === 'legacy.read after' && isFrozen) await frozen.opened;
    });
    const b = world.process('b');
    const first = a.notes.put('k', 'old');
    await settle();
    world.clock.ms += HEARTBEAT_TTL_MS + 1;
    await repair(b.component);
    await world.to('modern');
    await b.notes.put('k', 'new');
    isFrozen = false;
    frozen.open();
    expect((await markitectFailure(() => first)).code).toBe('CUTOVER_CHANGED');
    expect(world.states.modern.get('k')).toBe('new');
    await repair(b.component);
    expect(Object.fromEntries(world.states.legacy)).toEqual(Object.fromEntries(world.states.modern));
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('is not begun after a freeze, but marked again', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const frozen = gate();
    let isFrozen = true;
    const a = world.process('a', async (what) => {
      if (what === 'state.mark after' && isFrozen) await frozen.opened;
    });
    const written = a.notes.put('k', 1);
    await settle();
    world.clock.ms += HEARTBEAT_TTL_MS + 1;
    await world.to('modern');
    isFrozen = false;
    frozen.open();
    await written;
    expect([world.states.legacy.get('k'), world.states.modern.get('k')]).toEqual([1, 1]);
    await repair(a.component);
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('is repaired by others when its process dies, wherever that is', async () => {
    const steps = ['state.mark after', 'legacy.put after', 'legacy.read after', 'modern.write after'];
    for (const step of steps) {
      const world = new SmallWorld();
      await world.to('mirror');
      const dead = world.process('dead', (what) =>
        what === step ? new Promise(() => undefined) : undefined,
      );
      void dead.notes.put('k', 1);
      await settle();
      const { component } = world.process('b');
      expect(await repair(component)).toEqual({ repaired: 0, failed: 0 });
      world.clock.ms += HEARTBEAT_TTL_MS + 1;
      expect(await repair(component)).toEqual({ repaired: 1, failed: 0 });
      expect(Object.fromEntries(world.states.modern)).toEqual(Object.fromEntries(world.states.legacy));
      expect(await world.depth()).toEqual([0, 0]);
    }
  });

  it('after a reversal takes what is pending along first', async () => {
    const world = new SmallWorld();
    await world.to('modern');
    let isDown = true;
    const { notes, operations, component } = world.process('a', (what) => {
      if (isDown && what.startsWith('legacy.')) throw down();
    });
    await notes.put('k', { modern: 1 });
    await operations.reverse(request);
    expect(await component.reload()).toMatchObject({ stage: 'served', isCarryingOver: true });
    expect(await notes.get('k')).toEqual({ modern: 1 });
    expect((await markitectFailure(() => notes.put('k', 2))).code).toBe('DATABASE_UNAVAILABLE');
    expect(await notes.get('k')).toEqual({ modern: 1 });
    isDown = false;
    await notes.put('k', 2);
    expect([world.states.legacy.get('k'), world.states.modern.get('k')]).toEqual([2, 2]);
    expect(await component.reload()).toMatchObject({ isCarryingOver: false });
  });

  it('waits for a change of the stage, and begins in the new one', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const held = gate();
    const a = world.process('a', async (what, [key]) => {
      if (what === 'legacy.put' && key === 'first') await held.opened;
    });
    const b = world.process('b');
    const first = a.notes.put('first', 1);
    await settle();
    const change = move(b.component, 'modern');
    await settle();
    const second = a.notes.put('second', 2);
    held.open();
    await Promise.all([first, change, second]);
    expect(Object.fromEntries(world.states.legacy)).toEqual({ first: 1, second: 2 });
    expect(Object.fromEntries(world.states.modern)).toEqual({ first: 1, second: 2 });
  });
});
