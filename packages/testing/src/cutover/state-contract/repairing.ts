import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import { failure, type OpenCutoverState, TTL_MS, withCutover } from './contract-section.js';

/** What is left to be repaired, and what is taken over. */
export function describeRepairing(open: OpenCutoverState): void {
  describe('repairs', () => {
    it(
      'wait until they are due, remember why, and are taken once',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const mark = await world.mark('a', ['k1', 'k2']);
        await world.store.park(mark, failure, world.at(1000));
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 2 });
        expect((await world.claim('b')).keys).toEqual([]);
        const { items } = await world.store.repairs('users', {});
        expect(items[0]).toMatchObject({
          key: 'k1',
          source: 'legacy',
          status: 'pending',
          attempts: 1,
          failure,
        });
        expect(items[0]?.retryAt).toBe(world.at(1000));
        expect(await world.other.repair(items[0]?.id ?? 0)).toEqual(items[0]);
        expect(await world.store.repair(999_999)).toBeUndefined();
        await world.opened.advance(1000);
        expect((await world.claim('b', 'modern')).keys).toEqual([]);
        const claims = await Promise.all([world.claim('a', 'legacy', 1), world.claim('b', 'legacy', 1)]);
        expect(claims.flatMap(({ keys }) => keys).sort()).toEqual(['k1', 'k2']);
        expect((await world.claim('b')).keys).toEqual([]);
        for (const claim of claims) {
          expect(await world.storeOf(claim.mark.process).settle(claim.mark)).toEqual([]);
        }
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );

    it(
      'count their attempts, and can be made due',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.pend(['k1', 'k2']);
        const { repairs, mark } = await world.claim('b', 'legacy', 1);
        expect(repairs).toMatchObject([
          { key: 'k1', attempts: 1, status: 'in-flight', process: mark.process },
        ]);
        await world.other.park(mark, { code: 'OTHER', message: 'again' }, world.at(60_000));
        const [repair] = (await world.store.repairs('users', {})).items;
        expect(repair).toMatchObject({ key: 'k1', attempts: 2, failure: { code: 'OTHER' } });
        expect((await world.claim('b')).keys).toEqual(['k2']);
        expect(await world.store.retryRepairs('users', 999_999)).toBe(0);
        expect(await world.store.retryRepairs('users', repair?.id)).toBe(1);
        expect((await world.claim('b')).keys).toEqual(['k1']);
        expect(await world.store.retryRepairs('users')).toBe(0);
      }),
    );

    it(
      'of one key are one, and end with a write that copies',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.pend(['k']);
        await world.pend(['k']);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 1 });
        const write = await world.mark('a', ['k']);
        expect((await world.claim('b')).keys).toEqual([]);
        expect(await world.store.settle(write)).toEqual([]);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );

    it(
      'that run while a write begins leave the key to it',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.pend(['k']);
        const { mark } = await world.claim('b');
        const write = await world.mark('a', ['k']);
        expect(await world.store.settle(write)).toEqual([]);
        expect(await world.other.settle(mark)).toEqual(['k']);
        expect(await world.other.settle(mark)).toEqual([]);
      }),
    );

    it(
      'are listed in pages, the oldest first',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.pend(['k1', 'k2', 'k3']);
        const first = await world.store.repairs('users', { limit: 2 });
        const cursor = first.nextCursor ?? '';
        const second = await world.other.repairs('users', { limit: 2, cursor });
        expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(['k1', 'k2', 'k3']);
        expect(second.nextCursor).toBeUndefined();
        const failed = await markitectFailure(() => world.store.repairs('others', { cursor }));
        expect(failed.code).toBe('CURSOR_INVALID');
      }),
    );
  });

  describe('what a silent process has in flight', () => {
    it(
      'is taken over, and only then',
      withCutover(open, async (world) => {
        await world.to('mirror');
        await world.mark('a', ['k']);
        expect((await world.claim('b')).keys).toEqual([]);
        expect(await world.store.depth('users')).toEqual({ inFlight: 1, pending: 0 });
        await world.silenceA();
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 1 });
        const { keys, mark } = await world.claim('b');
        expect(keys).toEqual(['k']);
        expect(await world.other.settle(mark)).toEqual([]);
        const gone = await world.mark('b', ['k']);
        await world.other.heartbeat('b', 0);
        expect((await world.claim('a')).keys).toEqual(['k']);
        expect((await world.store.repairs('users', {})).items).toHaveLength(1);
        await world.other.release(gone);
        expect(await world.marked('k')).toEqual(['k:legacy']);
      }),
    );

    it(
      'is copied once more by the one that took it over, when the silent one comes back',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const write = await world.mark('a', ['k']);
        await world.silenceA();
        const { mark } = await world.claim('b');
        await world.store.heartbeat('a', TTL_MS);
        expect(await world.store.settle(write)).toEqual([]);
        expect(await world.other.settle(mark)).toEqual(['k']);
        expect(await world.other.settle(mark)).toEqual([]);
        expect(await world.marked('k')).toEqual([]);
      }),
    );

    it.each(['settle', 'renew'] as const)(
      'is marked anew when it was repaired and the silent one comes back to %s',
      (operation) =>
        withCutover(open, async (world) => {
          await world.to('mirror');
          const write = await world.mark('a', ['k', 'l']);
          await world.silenceA();
          await world.other.settle((await world.claim('b')).mark);
          await world.store.heartbeat('a', TTL_MS);
          expect(await world.store[operation](write)).toEqual(['k', 'l']);
          expect(await world.marked('k', 'l')).toEqual(['k:legacy', 'l:legacy']);
          expect(await world.store.settle(write)).toEqual([]);
          expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
        })(),
    );

    it(
      'stays the token’s where nobody has taken it over',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const write = await world.mark('a', ['k']);
        await world.silenceA();
        expect(await world.store.renew(write)).toEqual(['k']);
        expect(await world.store.settle(write)).toEqual([]);
      }),
    );

    it(
      'is told to have changed when the other side is read now, and is repaired from there',
      withCutover(open, async (world) => {
        await world.to('mirror');
        for (const operation of ['settle', 'renew'] as const) {
          await world.to('mirror');
          const write = await world.mark('a', [operation]);
          await world.silenceA();
          await world.other.settle((await world.claim('b')).mark);
          await world.to('modern');
          const failed = await markitectFailure(() => world.store[operation](write));
          expect(failed).toMatchObject({ code: 'CUTOVER_CHANGED', kind: 'Conflict' });
          expect(await world.marked(operation)).toEqual([`${operation}:modern`]);
          const { mark } = await world.claim('b', 'modern');
          expect(await world.other.settle(mark)).toEqual([]);
          await world.store.heartbeat('a', TTL_MS);
        }
        await world.store.park(await world.mark('a', ['p'], 'modern'), failure, world.at(0));
      }),
    );

    it(
      'is left to what is carried over from the side it has written',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const write = await world.mark('a', ['k']);
        await world.silenceA();
        await world.to('modern');
        expect(await world.marked('k')).toEqual(['k:legacy']);
        const { mark } = await world.claim('b', 'legacy');
        expect(await world.store.settle(write)).toEqual([]);
        expect(await world.other.settle(mark)).toEqual(['k']);
        expect(await world.other.settle(mark)).toEqual([]);
        expect((await world.state()).isCarryingOver).toBe(false);
      }),
    );

    it(
      'can be left to be repaired though it was taken over',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const write = await world.mark('a', ['k']);
        await world.silenceA();
        await world.other.settle((await world.claim('b')).mark);
        await world.store.park(write, failure, world.at(0));
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 1 });
        await world.other.settle((await world.claim('b')).mark);
        await world.to('modern');
        await world.store.park(write, failure, world.at(0));
        expect(await world.marked('k')).toEqual(['k:modern']);
      }),
    );
  });
}
