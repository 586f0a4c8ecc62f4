import { describe, expect, it } from '@jest/globals';
import type { BackfillState, DiffState } from '@markitect/domain';
import { markitectFailure } from '../../markitect-failure.js';
import {
  type CutoverWorld,
  failure,
  type OpenCutoverState,
  refused,
  TTL_MS,
  withCutover,
} from './contract-section.js';

/** Changes of the stage, and what they carry over. */
export function describeChanging(open: OpenCutoverState): void {
  describe('a change of the stage', () => {
    it(
      'holds writes back, makes a new epoch and a line in the log',
      withCutover(open, async (world) => {
        const before = await world.state();
        expect(before).toMatchObject({ stage: 'legacy', percent: 0, epoch: 1, isCarryingOver: false });
        const change = world.change(1, 'served', { percent: 12.5 });
        const begun = await world.store.beginChange(change, 'admin');
        expect(begun).toMatchObject({ stage: 'legacy', epoch: 1, switchingTo: 'served' });
        expect(await world.other.mark(await world.plan('b', ['k']))).toEqual(refused);
        expect((await world.claim('b')).keys).toEqual([]);
        const state = await world.store.finishChange(change);
        expect(state).toMatchObject({ stage: 'served', percent: 12.5, epoch: 2 });
        expect(state?.switchingTo).toBeUndefined();
        expect(await world.other.get('users')).toEqual(state);
        expect(await world.other.look('users', [])).toEqual({ epoch: 2, marked: [] });
        await world.mark('b', ['k']);
        expect((await world.store.log({})).items[0]).toMatchObject({
          component: 'users',
          who: 'ada',
          action: 'test',
          why: 'because',
          from: { stage: 'legacy', percent: 0 },
          to: { stage: 'served', percent: 12.5 },
        });
      }),
    );

    it(
      'waits for what is in flight, but not for silent processes',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const write = await world.mark('a', ['k']);
        const dead = await world.mark('a', ['l']);
        const change = world.change((await world.state()).epoch, 'served');
        await world.store.beginChange(change, 'admin');
        expect(await world.store.finishChange(change)).toBeUndefined();
        expect(await world.store.settle(write)).toEqual([]);
        expect(await world.store.finishChange(change)).toBeUndefined();
        expect((await world.state()).stage).toBe('mirror');
        await world.silenceA();
        expect(await world.store.finishChange(change)).toMatchObject({ stage: 'served' });
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 1 });
        expect(dead.keys).toEqual(['l']);
      }),
    );

    it(
      'is refused in another epoch and while another one is under way',
      withCutover(open, async (world) => {
        const change = world.change(1, 'mirror');
        await world.store.beginChange(change, 'admin');
        const second = await markitectFailure(() => world.other.beginChange(world.change(1, 'mirror'), 'b'));
        expect(second).toMatchObject({ code: 'CUTOVER_SWITCHING', kind: 'Conflict' });
        await world.store.finishChange(change);
        for (const late of [
          () => world.other.beginChange(world.change(1, 'mirror'), 'b'),
          () => world.store.finishChange(change),
          () => world.store.finishChange(world.change(2, 'served')),
        ]) {
          expect((await markitectFailure(late)).code).toBe('CUTOVER_CHANGED');
        }
        await world.store.abortChange(change);
        expect(await world.state()).toMatchObject({ stage: 'mirror', epoch: 2 });
      }),
    );

    it(
      'can be taken back, by whoever has begun it',
      withCutover(open, async (world) => {
        const change = world.change(1, 'mirror');
        await world.store.beginChange(change, 'admin');
        await world.store.abortChange(world.change(1, 'mirror'));
        expect((await world.state()).switchingTo).toBe('mirror');
        await world.store.abortChange(change);
        expect((await world.state()).switchingTo).toBeUndefined();
        await world.mark('a', ['k']);
        expect((await markitectFailure(() => world.store.finishChange(change))).code).toBe('CUTOVER_CHANGED');
      }),
    );

    it(
      'of a process that fell silent holds nothing back, and is over when it comes back',
      withCutover(open, async (world) => {
        const change = world.change(1, 'mirror');
        await world.store.beginChange(change, 'a');
        await world.silenceA();
        expect((await world.state()).switchingTo).toBeUndefined();
        await world.mark('b', ['k']);
        await world.store.heartbeat('a', TTL_MS);
        expect((await markitectFailure(() => world.store.finishChange(change))).code).toBe('CUTOVER_CHANGED');
        const again = world.change(1, 'mirror');
        await world.store.beginChange(again, 'a');
        expect((await markitectFailure(() => world.store.finishChange(change))).code).toBe('CUTOVER_CHANGED');
        await world.silenceA();
        await world.store.beginChange(world.change(1, 'served'), 'b');
        expect((await markitectFailure(() => world.store.finishChange(again))).code).toBe('CUTOVER_CHANGED');
      }),
    );

    it(
      'of a process that fell silent is ended by who repairs meanwhile',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.pend(['k']);
        const change = world.change((await world.state()).epoch, 'served');
        await world.store.beginChange(change, 'a');
        await world.silenceA();
        expect((await world.claim('b')).keys).toEqual(['k']);
        await world.store.heartbeat('a', TTL_MS);
        expect((await markitectFailure(() => world.store.finishChange(change))).code).toBe('CUTOVER_CHANGED');
      }),
    );

    it(
      'to legacy forgets backfill and diff, also those that are saved too late',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const times = { startedAt: world.at(0), updatedAt: world.at(0) };
        const failure = { code: 'DATABASE_UNAVAILABLE', message: 'down' };
        const unkeyed = [{ side: 'legacy', count: 3, first: ['line 7'] }] as const;
        const run = { status: 'stopped', checkpoint: 'k', failure, unkeyed, ...times } as const;
        const backfill: BackfillState = { ...run, seen: 3, copied: 2 };
        const counts = { compared: 9, onlyLegacy: 1, onlyModern: 2, different: 3 };
        const unaddressable = { count: 1, first: ['a\u0000b 😀'] };
        const diff: DiffState = { ...run, status: 'complete', percent: 100, ...counts, unaddressable };
        const limits = { ...(await world.state()).limits, minCompared: 7 };
        await world.store.update('users', { backfill });
        await world.store.update('users', { diff });
        expect(await world.other.update('users', { limits })).toMatchObject({ backfill, diff, limits });
        await world.to('served');
        expect(await world.state()).toMatchObject({ backfill, diff, limits });
        await world.opened.advance(10);
        for (const process of ['admin', 'a', 'b']) await world.store.heartbeat(process, TTL_MS);
        const forgotten = await world.to('legacy');
        expect(forgotten).toMatchObject({ limits });
        expect([forgotten.backfill, forgotten.diff]).toEqual([undefined, undefined]);
        await world.to('mirror');
        for (const late of [{ backfill }, { diff }]) {
          const failed = await markitectFailure(() => world.store.update('users', late));
          expect(failed.code).toBe('CUTOVER_CHANGED');
        }
        const fresh = { ...backfill, startedAt: world.at(0) };
        expect((await world.store.update('users', { backfill: fresh })).backfill).toEqual(fresh);
        expect((await world.store.update('users', { backfill: null })).backfill).toBeUndefined();
      }),
    );
  });

  describe('what is pending when the primary side changes', () => {
    it(
      'is carried over until it is repaired',
      withCutover(open, async (world) => {
        await carrying(world, ['k']);
        expect(await world.state()).toMatchObject({ stage: 'served', isCarryingOver: true });
        expect(await world.marked('k')).toEqual(['k:modern']);
        const { mark } = await world.claim('b', 'modern');
        expect((await world.state()).isCarryingOver).toBe(true);
        expect(await world.store.mark(await world.plan('a', ['k']))).toEqual(refused);
        expect(await world.other.settle(mark)).toEqual([]);
        expect((await world.state()).isCarryingOver).toBe(false);
        await world.mark('a', ['k']);
      }),
    );

    it(
      'is given to the next write, which takes it over before it begins',
      withCutover(open, async (world) => {
        await carrying(world, ['k']);
        const write = await world.plan('a', ['j', 'k']);
        expect(await world.store.mark(write)).toEqual({ isMarked: true, carried: ['k'] });
        expect(await world.marked('j', 'k')).toEqual(['j:legacy', 'k:modern']);
        expect(await world.other.mark(await world.plan('b', ['k']))).toEqual(refused);
        expect((await world.claim('b', 'modern')).keys).toEqual([]);
        expect(await world.store.absorb(write)).toBe(true);
        expect(await world.store.absorb(write)).toBe(true);
        expect(await world.marked('j', 'k')).toEqual(['j:legacy', 'k:legacy']);
        expect((await world.state()).isCarryingOver).toBe(false);
        expect(await world.store.settle(write)).toEqual([]);
        expect(await world.marked('j', 'k')).toEqual([]);
      }),
    );

    it(
      'is pending again when that write is not begun',
      withCutover(open, async (world) => {
        await carrying(world, ['k']);
        const write = await world.plan('a', ['j', 'k']);
        await world.store.mark(write);
        await world.store.release(write);
        expect(await world.marked('j', 'k')).toEqual(['k:modern']);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 1 });
        expect((await world.claim('b', 'modern')).keys).toEqual(['k']);
      }),
    );

    it(
      'is taken over from a silent write, which may not begin then',
      withCutover(open, async (world) => {
        await carrying(world, ['k']);
        const write = await world.plan('a', ['k']);
        await world.store.mark(write);
        await world.silenceA();
        const next = await world.plan('b', ['k']);
        expect(await world.other.mark(next)).toEqual({ isMarked: true, carried: ['k'] });
        expect(await world.store.absorb(write)).toBe(false);
        await world.store.release(write);
        expect(await world.other.absorb(next)).toBe(true);
        expect(await world.other.settle(next)).toEqual([]);
        expect(await world.marked('k')).toEqual([]);
        expect(await world.store.absorb(write)).toBe(false);
      }),
    );

    it(
      'is read where it is right after the way there and back',
      withCutover(open, async (world) => {
        await carrying(world, ['k']);
        await world.to('modern');
        expect((await world.state()).isCarryingOver).toBe(false);
        expect(await world.marked('k')).toEqual(['k:modern']);
        await world.to('legacy');
        expect(await world.state()).toMatchObject({ stage: 'legacy', isCarryingOver: true });
        expect((await world.claim('b', 'modern')).keys).toEqual(['k']);
      }),
    );

    it(
      'ends where nothing follows its source any more',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.pend(['k']);
        await world.to('legacy');
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
        await world.to('modern');
        await world.pend(['l'], 'modern');
        await world.to('complete');
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );
  });
}

/** Keys whose right state is on modern, while legacy answers. */
async function carrying(world: CutoverWorld, keys: readonly string[]): Promise<void> {
  await world.to('modern');
  await world.store.park(await world.mark('a', keys, 'modern'), failure, world.at(0));
  await world.to('served');
}
