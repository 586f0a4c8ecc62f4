import { describe, expect, it } from '@jest/globals';
import type { DiffState } from '@markitect/domain';
import { damagedAt, down, gate, settle, SmallWorld, unreadableAt } from '../../tests/small-world.js';
import { backfill } from './backfill.js';
import { diff, type KeyDifference } from './diff.js';

async function differing(): Promise<SmallWorld> {
  const world = new SmallWorld();
  for (let key = 0; key < 500; key += 1) {
    world.states.legacy.set(`k${key}`, { key });
    world.states.modern.set(`k${key}`, { key });
  }
  world.states.legacy.set('only legacy', 1);
  world.states.modern.set('only modern 😀', 1);
  world.states.modern.set('k7', { key: 8 });
  await world.to('mirror');
  return world;
}

describe('a diff', () => {
  it('finds what differs in both directions, with the fields', async () => {
    const world = await differing();
    const found: KeyDifference[] = [];
    const { component } = world.process('a');
    const state = await diff(component, { onDifference: (each) => found.push(each) });
    expect(state).toMatchObject({
      status: 'complete',
      percent: 100,
      compared: 502,
      onlyLegacy: 1,
      onlyModern: 1,
      different: 1,
    });
    expect(found).toMatchObject([
      { key: 'k7', kind: 'different', fields: [{ path: 'key', legacy: 7, modern: 8 }] },
      { key: 'only legacy', kind: 'only-legacy' },
      { key: 'only modern 😀', kind: 'only-modern' },
    ]);
    expect(world.states.modern.get('k7')).toEqual({ key: 8 });
  });

  it.each(['legacy', 'modern'] as const)('repairs from the side named: %s', async (side) => {
    const world = await differing();
    const { component } = world.process('a');
    const right = new Map(world.states[side]);
    expect(await diff(component, { repair: side })).toMatchObject({
      onlyLegacy: 0,
      onlyModern: 0,
      different: 0,
    });
    expect(Object.fromEntries(world.states.legacy)).toEqual(Object.fromEntries(right));
    expect(Object.fromEntries(world.states.modern)).toEqual(Object.fromEntries(right));
  });

  it.each(['legacy', 'modern'] as const)('tells what is damaged on %s, and goes on', async (side) => {
    const world = await differing();
    const found: KeyDifference[] = [];
    const { component } = world.process('a', damagedAt(side, 'k3'));
    const state = await diff(component, { repair: 'legacy', onDifference: (each) => found.push(each) });
    expect(state).toMatchObject({ status: 'complete', compared: 502, different: 1, onlyLegacy: 0 });
    expect(found).toEqual([{ key: 'k3', kind: 'damaged', fields: [], damage: 'k3 is damaged' }]);
    // What is damaged on the other side can be written over.
    expect(await world.depth()).toEqual([0, side === 'legacy' ? 1 : 0]);
  });

  it('calls what may not be read damaged, and goes on', async () => {
    const world = await differing();
    const found: KeyDifference[] = [];
    const { component } = world.process('a', unreadableAt('legacy', 'k3'));
    await diff(component, { onDifference: (each) => found.push(each) });
    expect(found).toContainEqual({ key: 'k3', kind: 'damaged', fields: [], damage: 'k3 may not be read' });
    expect(found).toHaveLength(4);
  });

  it('does not count what is written meanwhile', async () => {
    const world = await differing();
    const writer = world.process('writer');
    let writes = 0;
    const { component } = world.process('a', async (what, keys) => {
      // Between the two sides of each look, but the last.
      if (what === 'modern.read' && keys.includes('k9') && writes < 3)
        await writer.notes.put('k9', (writes += 1));
    });
    expect(await diff(component)).toMatchObject({ status: 'complete', different: 1 });
  });

  it('repaired from the side that follows takes no write back that is under way', async () => {
    const world = await differing();
    const held = gate();
    const writer = world.process('writer', async (what, [key]) => {
      if (what === 'legacy.put after' && key === 'k7') await held.opened;
    });
    const written = writer.notes.put('k7', 'live');
    await settle();
    const { component } = world.process('a', (what) => {
      if (what === 'legacy.read') held.open();
    });
    await diff(component, { repair: 'modern' });
    await written;
    expect([world.states.legacy.get('k7'), world.states.modern.get('k7')]).toEqual(['live', 'live']);
    expect(world.states.legacy.has('only legacy')).toBe(false);
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('goes on where it was cut off, and compares a share', async () => {
    const world = await differing();
    let reads = 0;
    const dying = world.process('a', (what) => {
      if (what === 'legacy.keys' && (reads += 1) === 3) throw down();
    });
    await expect(diff(dying.component)).rejects.toThrow('down');
    const failure = { code: 'DATABASE_UNAVAILABLE', message: 'down' };
    const cutOff = (await world.plain.get('notes'))?.diff;
    expect(cutOff).toMatchObject({ status: 'stopped', failure });
    const { component } = world.process('b');
    const resumed: DiffState[] = [];
    const state = await diff(component, { onResume: (former) => resumed.push(former) });
    expect(state).toMatchObject({ status: 'complete', compared: 502, startedAt: cutOff?.startedAt });
    expect(state).not.toHaveProperty('failure');
    expect(resumed).toEqual([cutOff]);
    const sampled = await diff(component, { percent: 20 });
    expect(sampled).toMatchObject({ status: 'complete', percent: 20 });
    expect(sampled.compared).toBeGreaterThan(60);
    expect(sampled.compared).toBeLessThan(140);
  });

  it.each([
    ['it was begun too long ago', 3600_001, false],
    ['the backfill has ended since', 0, true],
  ])('does not go on when %s', async (_, laterMs, isFilled) => {
    const world = await differing();
    const { component } = world.process('a');
    const abort = new AbortController();
    const onProgress = ({ compared }: DiffState): void => {
      if (compared > 0) abort.abort();
    };
    const begun = await diff(component, { signal: abort.signal, onProgress });
    expect(begun).toMatchObject({ status: 'stopped', checkpoint: expect.any(String) });
    world.clock.ms += 1 + laterMs;
    if (isFilled) await backfill(component);
    world.clock.ms += 1;
    const startedAt = new Date(world.clock.ms).toISOString();
    const resumed: DiffState[] = [];
    const state = await diff(component, { onResume: (former) => resumed.push(former) });
    expect(state).toMatchObject({ status: 'complete', compared: isFilled ? 501 : 502, startedAt });
    expect(resumed).toEqual([]);
  });

  it('of a share takes the place of a full one only when that one is found to be wrong', async () => {
    const world = await differing();
    const { component } = world.process('a');
    const full = await diff(component, { repair: 'legacy' });
    const stored = async (): Promise<DiffState | undefined> => (await world.plain.get('notes'))?.diff;
    expect(await diff(component, { percent: 20 })).toMatchObject({
      status: 'complete',
      percent: 20,
      different: 0,
    });
    expect(await stored()).toEqual(full);
    for (let key = 0; key < 500; key += 1) world.states.modern.set(`k${key}`, { key: -1 });
    const dirty = await diff(component, { percent: 20 });
    expect(dirty.different).toBeGreaterThan(60);
    expect(await stored()).toEqual(dirty);
    const all = await diff(component);
    await diff(component, { percent: 20 });
    expect(await stored()).toEqual(all);
  });

  it('says what has no key, and which keys nobody can ask for', async () => {
    const world = await differing();
    const long = 'x'.repeat(201);
    for (const key of ['', 'a\nb', long]) {
      world.states.legacy.set(key, 1);
      world.states.modern.set(key, 1);
    }
    world.states.modern.set('gone\n', 1);
    const { component } = world.process('a');
    if (component.replicas !== undefined)
      component.replicas.legacy.unkeyed = () => Promise.resolve(['line 7']);
    const state = await diff(component, { batch: 2, repair: 'legacy' });
    expect(state).toMatchObject({ status: 'complete', different: 0, onlyModern: 0 });
    expect(state.unkeyed).toEqual([{ side: 'legacy', count: 1, first: ['line 7'] }]);
    expect(state.unaddressable).toEqual({ count: 3, first: ['', 'a\nb', long] });
    expect((await world.plain.get('notes'))?.diff).toEqual(state);
  });
});
