import { describe, expect, it } from '@jest/globals';
import { failure, type OpenCutoverState, refused, withCutover } from './contract-section.js';

/** Marks of writes, and when they end. */
export function describeMarking(open: OpenCutoverState): void {
  describe('marks', () => {
    it(
      'are seen by everybody until they end',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const mark = await world.mark('a', ['k1', 'k2']);
        expect(await world.marked('k1', 'k2', 'k3')).toEqual(['k1:legacy', 'k2:legacy']);
        expect(await world.other.depth('users')).toEqual({ inFlight: 2, pending: 0 });
        expect(await world.store.settle({ ...mark, keys: ['k1'] })).toEqual([]);
        expect(await world.marked('k1', 'k2')).toEqual(['k2:legacy']);
        expect(await world.store.settle({ ...mark, keys: ['k2'] })).toEqual([]);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );

    it(
      'are refused in another epoch, and of another component they are others',
      withCutover(open, async (world) => {
        const mark = await world.plan('a', ['k']);
        expect(await world.store.mark({ ...mark, epoch: mark.epoch - 1 })).toEqual(refused);
        expect(await world.marked('k')).toEqual([]);
        await world.store.create('other', 'ada', 'test');
        const others = { ...mark, component: 'other' };
        expect(await world.store.mark({ ...others, epoch: 1 })).toEqual({ isMarked: true, carried: [] });
        expect(await world.marked('k')).toEqual([]);
      }),
    );

    it(
      'made twice with one token are made once',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const mark = await world.mark('a', ['k', '😀']);
        expect(await world.store.mark(mark)).toEqual({ isMarked: true, carried: [] });
        expect(await world.store.mark(await world.plan('a', []))).toEqual({ isMarked: true, carried: [] });
        expect(await world.store.depth('users')).toEqual({ inFlight: 2, pending: 0 });
        await world.store.release(mark);
        await world.store.release(mark);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );

    it(
      'end without one more copy while others are in flight, which copy once more',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const first = await world.mark('a', ['k']);
        const second = await world.mark('b', ['k']);
        expect(await world.store.settle(first)).toEqual([]);
        expect(await world.marked('k')).toEqual(['k:legacy']);
        expect(await world.other.settle(second)).toEqual(['k']);
        expect(await world.marked('k')).toEqual(['k:legacy']);
        expect(await world.other.settle(second)).toEqual([]);
        expect(await world.marked('k')).toEqual([]);
      }),
    );

    it(
      'end in any order: the later one may be the first to end',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const first = await world.mark('a', ['k', 'only a']);
        const second = await world.mark('b', ['k', 'only b']);
        expect(await world.other.settle(second)).toEqual([]);
        expect(await world.store.settle(first)).toEqual(['k']);
        const third = await world.mark('b', ['k']);
        await world.other.release(third);
        expect(await world.store.settle({ ...first, keys: ['k'] })).toEqual(['k']);
        const fourth = await world.mark('b', ['k']);
        await world.other.park(fourth, failure, world.at(0));
        expect(await world.store.settle({ ...first, keys: ['k'] })).toEqual(['k']);
        expect(await world.store.settle({ ...first, keys: ['k'] })).toEqual([]);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );

    it(
      'settled at the same time end, and somebody copies last',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const marks = [];
        for (let each = 0; each < 8; each += 1) marks.push(await world.mark(each % 2 ? 'a' : 'b', ['k']));
        const left = await Promise.all(marks.map((mark) => world.storeOf(mark.process).settle(mark)));
        expect(left.flat()).toEqual(['k']);
        const last = marks[left.findIndex(({ length }) => length > 0)];
        expect(last && (await world.store.settle(last))).toEqual([]);
        expect(await world.marked('k')).toEqual([]);
      }),
    );

    it(
      'taken back are left to be repaired when others have left the key to them',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const write = await world.mark('a', ['k']);
        const unbegun = await world.mark('b', ['k']);
        expect(await world.store.settle(write)).toEqual([]);
        await world.other.release(unbegun);
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 1 });
        expect((await world.claim('a')).keys).toEqual(['k']);
      }),
    );

    it(
      'on the same key made at the same time are all made',
      withCutover(open, async (world) => {
        await world.to('mirror');
        const plans = await Promise.all(Array.from({ length: 20 }, () => world.plan('a', ['k', 'l'])));
        const answers = await Promise.all(plans.map((plan) => world.store.mark(plan)));
        expect(answers).toEqual(plans.map(() => ({ isMarked: true, carried: [] })));
        expect(await world.store.depth('users')).toEqual({ inFlight: 40, pending: 0 });
      }),
    );

    it(
      'simply end where nothing follows',
      withCutover(open, async (world) => {
        const first = await world.mark('a', ['k']);
        const second = await world.mark('b', ['k']);
        await world.store.settle(first);
        expect(await world.other.settle(second)).toEqual([]);
        await world.store.park(await world.mark('a', ['k']), failure, world.at(0));
        expect(await world.store.depth('users')).toEqual({ inFlight: 0, pending: 0 });
      }),
    );
  });
}
