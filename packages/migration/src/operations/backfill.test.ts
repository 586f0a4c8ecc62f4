import { describe, expect, it } from '@jest/globals';
import type { BackfillState } from '@markitect/domain';
import { markitectFailure } from '@markitect/testing';
import { damagedAt, down, SmallWorld, unreadableAt } from '../../tests/small-world.js';
import { backfill } from './backfill.js';
import { repair } from './repair.js';

function filled(world: SmallWorld, keys: number): void {
  for (let key = 0; key < keys; key += 1) world.states.legacy.set(`k${String(key).padStart(4, '0')}`, key);
}

describe('a backfill', () => {
  it('copies what differs, and says how far it is', async () => {
    const world = new SmallWorld();
    filled(world, 250);
    world.states.modern.set('k0001', 1);
    await world.to('mirror');
    const seen: number[] = [];
    const { component } = world.process('a');
    const state = await backfill(component, { onProgress: (progress) => seen.push(progress.seen) });
    expect(state).toMatchObject({ status: 'complete', seen: 250, copied: 249, checkpoint: 'k0249' });
    expect(seen).toEqual([0, 100, 200, 250]);
    expect(Object.fromEntries(world.states.modern)).toEqual(Object.fromEntries(world.states.legacy));
    expect(await world.depth()).toEqual([0, 0]);
  });

  it('goes on where it was cut off', async () => {
    const world = new SmallWorld();
    filled(world, 250);
    await world.to('mirror');
    let reads = 0;
    const dying = world.process('a', (what) => {
      if (what === 'legacy.keys' && (reads += 1) === 3) throw down();
    });
    expect((await markitectFailure(() => backfill(dying.component))).code).toBe('DATABASE_UNAVAILABLE');
    world.clock.ms += 10;
    const begun = await world.plain.get('notes');
    const failure = { code: 'DATABASE_UNAVAILABLE', message: 'down' };
    expect(begun?.backfill).toMatchObject({ status: 'stopped', seen: 200, failure });
    const abort = AbortSignal.abort();
    const other = world.process('b');
    expect(await backfill(other.component, { signal: abort })).toMatchObject({
      status: 'stopped',
      seen: 200,
    });
    const resumed: BackfillState[] = [];
    const state = await backfill(other.component, { onResume: (former) => resumed.push(former) });
    expect(state).toMatchObject({
      status: 'complete',
      seen: 250,
      startedAt: begun?.backfill?.startedAt,
      resumed: { at: new Date(world.clock.ms).toISOString(), seen: 200 },
    });
    expect(state).not.toHaveProperty('failure');
    expect(resumed).toMatchObject([{ status: 'stopped', seen: 200, checkpoint: 'k0199' }]);
    expect(world.states.modern.size).toBe(250);
  });

  it('leaves what is damaged to the repairs, and goes on', async () => {
    const world = new SmallWorld();
    filled(world, 250);
    await world.to('mirror');
    const { component } = world.process('a', damagedAt('legacy', 'k0007'));
    expect(await backfill(component)).toMatchObject({ status: 'complete', seen: 250, copied: 249 });
    expect(world.states.modern.size).toBe(249);
    const { items } = await world.plain.repairs('notes', {});
    expect(items).toMatchObject([
      { key: 'k0007', status: 'pending', failure: { code: 'LEGACY_FILE_CORRUPT' } },
    ]);
    const mended = world.process('b');
    world.clock.ms += 60_000;
    await repair(mended.component);
    expect(world.states.modern.size).toBe(250);
  });

  it('leaves what may not be read to the repairs as well', async () => {
    const world = new SmallWorld();
    filled(world, 250);
    await world.to('mirror');
    const { component } = world.process('a', unreadableAt('legacy', 'k0007'));
    expect(await backfill(component)).toMatchObject({ status: 'complete', seen: 250, copied: 249 });
    const { items } = await world.plain.repairs('notes', {});
    expect(items).toMatchObject([{ key: 'k0007', status: 'pending', failure: { code: 'FILE_UNREADABLE' } }]);
  });

  it('says what of either side has no key, and copies the rest', async () => {
    const world = new SmallWorld();
    filled(world, 2);
    await world.to('mirror');
    const { component } = world.process('a');
    const { replicas } = component;
    if (replicas === undefined) throw new TypeError('there are two sides');
    replicas.legacy.unkeyed = () => Promise.resolve(Array.from({ length: 21 }, (_, line) => `line ${line}`));
    replicas.modern.unkeyed = () => Promise.resolve([]);
    const state = await backfill(component);
    expect(state).toMatchObject({ status: 'complete', copied: 2, unkeyed: [{ side: 'legacy', count: 21 }] });
    expect(state.unkeyed?.[0]?.first).toEqual(Array.from({ length: 20 }, (_, line) => `line ${line}`));
    expect((await world.plain.get('notes'))?.backfill).toEqual(state);
  });

  it('says that it is there while it waits, and stops then at once', async () => {
    const world = new SmallWorld();
    filled(world, 250);
    await world.to('mirror');
    const { component } = world.process('a');
    const abort = new AbortController();
    const saved: number[] = [];
    const state = await backfill(component, {
      perSecond: 1,
      signal: abort.signal,
      onProgress: ({ seen }) => {
        if (seen === 100) saved.push(world.clock.ms);
        if (saved.length === 4) abort.abort();
      },
    });
    expect(state).toMatchObject({ status: 'stopped', seen: 100 });
    const [first = 0, , , last = 0] = saved;
    expect(last - first).toBe(30_000);
  });

  it('never puts an older state over what is written meanwhile', async () => {
    const world = new SmallWorld();
    filled(world, 1);
    await world.to('mirror');
    const writer = world.process('writer');
    let isFirst = true;
    const filler = world.process('filler', async (what) => {
      if (what !== 'legacy.read after' || !isFirst) return;
      isFirst = false;
      await writer.notes.put('k0000', 'live');
    });
    await backfill(filler.component);
    expect(world.states.modern.get('k0000')).toBe('live');
  });

  it('keeps to its pace, and is refused where nothing follows', async () => {
    const world = new SmallWorld();
    filled(world, 250);
    const { component } = world.process('a');
    expect((await markitectFailure(() => backfill(component))).code).toBe('CUTOVER_NOT_READY');
    await world.to('mirror');
    const begun = world.clock.ms;
    await backfill(component, { perSecond: 100 });
    expect(world.clock.ms - begun).toBeGreaterThanOrEqual(2000);
  });
});
