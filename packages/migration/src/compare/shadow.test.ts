import { describe, expect, it } from '@jest/globals';
import type { CutoverMismatch, CutoverSide } from '@markitect/domain';
import { down, type Notes, notesPort, settle, SmallWorld } from '../../tests/small-world.js';
import { cutover } from '../engine/cutover.js';

async function compared(
  world: SmallWorld,
  process: ReturnType<SmallWorld['process']>,
  { settled = true } = {},
) {
  if (settled) await settle();
  await process.component.tallies.flush(world.plain);
  const tallies = await world.plain.tallies('notes', new Date(0).toISOString());
  const { items } = await world.plain.mismatches('notes', {});
  const sum = (of: 'compared' | 'mismatched' | 'errors') => tallies.reduce((all, each) => all + each[of], 0);
  return { compared: sum('compared'), mismatched: sum('mismatched'), errors: sum('errors'), items };
}

/** In stage `mirror`, with everything copied: before that nothing is compared. */
async function mirrored(world: SmallWorld) {
  await world.to('mirror');
  const at = new Date(world.clock.ms).toISOString();
  const backfill = { status: 'complete', seen: 0, copied: 0, startedAt: at, updatedAt: at } as const;
  await world.plain.update('notes', { backfill });
}

describe('a comparison in the shadow', () => {
  it('waits until everything is copied', async () => {
    const world = new SmallWorld();
    await world.to('mirror');
    world.states.legacy.set('k', 1);
    const process = world.process('a', undefined, { shadowPercent: 100 });
    await process.notes.get('k');
    expect(await compared(world, process)).toMatchObject({ compared: 0, items: [] });
  });

  it('counts answers that are alike and those that are not, and tells nothing of their values', async () => {
    const world = new SmallWorld();
    await mirrored(world);
    const process = world.process('a', undefined, { shadowPercent: 100 });
    await process.notes.put('k', { name: 'ada', age: 3 });
    await process.notes.get('k');
    await settle();
    world.states.modern.set('k', { name: 'secret', age: 3 });
    expect(await process.notes.get('k')).toEqual({ name: 'ada', age: 3 });
    const found = await compared(world, process);
    expect(found).toMatchObject({ compared: 2, mismatched: 1 });
    const [mismatch] = found.items as [CutoverMismatch];
    expect(mismatch).toMatchObject({ operation: 'get', key: 'k', fields: [{ path: 'name' }] });
    expect(JSON.stringify(mismatch)).not.toMatch(/ada|secret/);
  });

  it('leaves out what was written meanwhile, and what is marked', async () => {
    const world = new SmallWorld();
    await mirrored(world);
    let reads = 0;
    const process = world.process(
      'a',
      (what) => {
        if (what === 'modern.get') world.states.modern.set('k', (reads += 1));
      },
      { shadowPercent: 100 },
    );
    world.states.legacy.set('k', 0);
    await process.notes.get('k');
    expect(await compared(world, process)).toMatchObject({ compared: 0 });
    const { epoch } = await process.component.reload();
    await world.plain.mark({
      component: 'notes',
      keys: ['k'],
      token: 't',
      process: 'b',
      epoch,
      source: 'legacy',
    });
    await process.notes.get('k');
    expect(await compared(world, process)).toMatchObject({ compared: 0, items: [] });
  });

  it('never reaches the caller: neither its errors nor the time it takes', async () => {
    const world = new SmallWorld();
    await mirrored(world);
    world.states.legacy.set('k', 1);
    const failing = world.process(
      'a',
      (what) => {
        if (what === 'modern.get') throw down();
      },
      { shadowPercent: 100 },
    );
    expect(await failing.notes.get('k')).toBe(1);
    expect(await compared(world, failing)).toMatchObject({ compared: 0, errors: 1 });
    const hanging = world.process(
      'b',
      (what) => (what === 'modern.get' ? new Promise(() => undefined) : undefined),
      { shadowPercent: 100 },
    );
    for (let read = 0; read < 100; read += 1) expect(await hanging.notes.get('k')).toBe(1);
    await hanging.component.shadow.end(250);
  });

  it('is over when the process ends', async () => {
    const world = new SmallWorld();
    await mirrored(world);
    const process = world.process('a', undefined, { shadowPercent: 100 });
    for (let read = 0; read < 10; read += 1) await process.notes.get('k');
    await process.component.shadow.end(250);
    expect(await compared(world, process, { settled: false })).toMatchObject({ compared: 10, mismatched: 0 });
  });

  it('asks the plan first whether two answers are alike', async () => {
    const world = new SmallWorld();
    await mirrored(world);
    world.states.legacy.set('k', 'Ada');
    world.states.modern.set('k', 'ADA');
    const { component } = world.process('a', undefined, { shadowPercent: 100 });
    const side = (of: CutoverSide): Notes => ({
      get: (key) => Promise.resolve(world.states[of].get(key)),
      put: () => Promise.resolve(),
      names: () => Promise.resolve([...world.states[of].values()].map(String)),
    });
    const plan = {
      port: notesPort,
      compare: (operation: string, legacy: unknown, modern: unknown) =>
        operation === 'get' && String(legacy).toLowerCase() === String(modern).toLowerCase(),
    };
    const notes = cutover<Notes>(plan, { legacy: side('legacy'), modern: side('modern') }, component);
    await notes.get('k');
    await notes.names();
    await component.shadow.end(250);
    await component.tallies.flush(world.plain);
    const { items } = await world.plain.mismatches('notes', {});
    expect(items.map(({ operation }) => operation)).toEqual(['names']);
  });

  it('is made of the share asked for', async () => {
    const world = new SmallWorld();
    await mirrored(world);
    let random = 0;
    const options = { shadowPercent: 25, random: () => (random += 0.01) % 1 };
    const process = world.process('a', undefined, options);
    for (let read = 0; read < 100; read += 1) {
      await process.notes.get('k');
      await settle();
    }
    expect((await compared(world, process)).compared).toBe(25);
  });
});
