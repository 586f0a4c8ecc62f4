import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '@markitect/testing';
import { gate, move, request, settle, SmallWorld } from '../../tests/small-world.js';
import { backfill } from './backfill.js';
import { diff } from './diff.js';

describe('a change of the stage', () => {
  it('is given up when a write does not end, and writes go on', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const held = gate();
    const a = world.process('a', async (what, [key]) => {
      if (what === 'legacy.put' && key === 'k') await held.opened;
    });
    const written = a.notes.put('k', 1);
    await settle();
    // The process is heard of all along: the mark is nobody else's.
    const beating = setInterval(() => void a.component.beat(), 0);
    const failure = await markitectFailure(() => move(world.process('b').component, 'served', 10));
    clearInterval(beating);
    expect(failure).toMatchObject({ code: 'CUTOVER_SWITCHING', retryable: true, details: { inFlight: 1 } });
    expect(await a.component.reload()).toMatchObject({ stage: 'mirror', epoch: 2 });
    await a.notes.put('other', 2);
    held.open();
    await written;
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('waits no longer than for the silence of a process that died in a write', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const dead = world.process('dead', (what) =>
      what === 'legacy.put after' ? new Promise(() => undefined) : undefined,
    );
    void dead.notes.put('k', 1);
    await settle();
    const b = world.process('b');
    expect(await move(b.component, 'modern')).toMatchObject({ stage: 'modern', isCarryingOver: true });
    expect(await b.notes.get('k')).toBe(1);
    await b.notes.put('k', 2);
    expect([world.states.legacy.get('k'), world.states.modern.get('k')]).toEqual([2, 2]);
  });

  it('is made by one of those who try at the same time', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const tries = ['a', 'b', 'c'].map((name) => move(world.process(name).component, 'served', 10));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.plain.get('notes')).toMatchObject({ stage: 'served', epoch: 3 });
  });

  it('repairs what a killed process has left before it is judged', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    const dead = world.process('dead', (what) =>
      what === 'modern.write' ? new Promise(() => undefined) : undefined,
    );
    void dead.notes.put('k', 1);
    await settle();
    const { component, operations } = world.process('b');
    world.clock.ms += 6000;
    await backfill(component);
    world.clock.ms += 10;
    await diff(component, { restart: true });
    expect(await operations.switchReads(10, request)).toMatchObject({ isDone: true, blockers: [] });
    expect(world.states.modern.get('k')).toBe(1);
  });
});
