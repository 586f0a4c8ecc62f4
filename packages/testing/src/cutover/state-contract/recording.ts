import { expect, it } from '@jest/globals';
import { type CutoverMismatch, type CutoverTally, defaultCutoverLimits } from '@markitect/domain';
import { markitectFailure } from '../../markitect-failure.js';
import { failure, type OpenCutoverState, withCutover } from './contract-section.js';

/** What is remembered of components, and measured. */
export function describeRecording(open: OpenCutoverState): void {
  it(
    'begins with a component once, in legacy',
    withCutover(open, async ({ store, other }) => {
      const state = await store.get('users');
      expect(state).toEqual({
        component: 'users',
        stage: 'legacy',
        percent: 0,
        epoch: 1,
        isCarryingOver: false,
        limits: defaultCutoverLimits,
        changedAt: expect.any(String),
      });
      expect(await other.create('users', 'bob', 'again')).toEqual(state);
      await other.create('analytics', 'bob', 'too');
      expect((await store.list()).map(({ component }) => component)).toEqual(['analytics', 'users']);
      const lines = (await store.log({ component: 'users' })).items;
      expect(lines).toMatchObject([{ action: 'create', who: 'ada', why: 'first use' }]);
    }),
  );

  it(
    'says so when a component was never started',
    withCutover(open, async (world) => {
      const { store } = world;
      const component = 'none';
      const change = { ...world.change(1, 'mirror'), component };
      const mark = { ...(await world.plan('a', ['k'])), component };
      expect(await store.get(component)).toBeUndefined();
      for (const work of [
        () => store.update(component, {}),
        () => store.mark(mark),
        () => store.look(component, ['k']),
        () => store.beginChange(change, 'a'),
        () => store.finishChange(change),
      ]) {
        expect(await markitectFailure(work)).toMatchObject({ code: 'CUTOVER_NOT_FOUND', kind: 'NotFound' });
      }
      expect(await store.depth(component)).toEqual({ inFlight: 0, pending: 0 });
      expect((await store.repairs(component, {})).items).toEqual([]);
      expect(await store.tallies(component, world.at(0))).toEqual([]);
      expect((await store.mismatches(component, {})).items).toEqual([]);
      expect(await store.retryRepairs(component)).toBe(0);
    }),
  );

  it(
    'keeps a log in pages, the newest first, of one component or of all',
    withCutover(open, async ({ store, other }) => {
      const place = { stage: 'mirror', percent: 0 } as const;
      const base = { who: 'guard', why: 'too slow', from: place, to: place };
      await store.create('other', 'ada', 'test');
      for (const action of ['one', 'two']) await store.note({ ...base, component: 'users', action });
      await store.note({ ...base, component: 'other', action: 'three' });
      const first = await other.log({ limit: 2 });
      expect(first.items.map(({ action }) => action)).toEqual(['three', 'two']);
      const cursor = first.nextCursor ?? '';
      const rest = await other.log({ limit: 10, cursor });
      expect(rest.items.map(({ action }) => action)).toEqual(['one', 'create', 'create']);
      expect(rest.nextCursor).toBeUndefined();
      expect(first.items[1]).toEqual({
        ...base,
        component: 'users',
        action: 'two',
        id: expect.any(Number),
        at: expect.any(String),
      });
      const ofOne = await store.log({ component: 'users' });
      expect(ofOne.items.map(({ action }) => action)).toEqual(['two', 'one', 'create']);
      const failed = await markitectFailure(() => store.log({ component: 'users', cursor }));
      expect(failed.code).toBe('CURSOR_INVALID');
    }),
  );

  it(
    'adds up what all processes have measured since a time',
    withCutover(open, async (world) => {
      const tally = (operations: number, medianMs?: number): CutoverTally => ({
        component: 'users',
        side: 'modern',
        operations,
        errors: 1,
        compared: 2,
        mismatched: 1,
        ...(medianMs === undefined ? {} : { medianMs }),
      });
      await world.store.tally([tally(500, 900)], []);
      await world.opened.advance(1000);
      const since = world.at(0);
      await world.store.tally([tally(1, 90), { ...tally(3, 2), side: 'legacy' }], []);
      await world.other.tally([tally(8, 4.5), { ...tally(9), component: 'other' }], []);
      await world.opened.advance(1000);
      await world.store.tally([tally(6, 1), tally(2)], []);
      const sums = await world.other.tallies('users', since);
      expect(sums).toEqual([
        { ...tally(3, 2), side: 'legacy' },
        { ...tally(17, 4.5), errors: 4, compared: 8, mismatched: 4 },
      ]);
      await world.opened.advance(3_700_000);
      await world.store.tally([tally(1)], []);
      const all = await world.store.tallies('users', new Date(0).toISOString());
      expect(all).toEqual([tally(1)]);
    }),
  );

  it(
    'keeps the newest thousand mismatches of a component',
    withCutover(open, async (world) => {
      const mismatch = (key: string, component = 'users'): Omit<CutoverMismatch, 'id'> => ({
        component,
        operation: 'get',
        key,
        fields: [{ path: 'value.name', legacy: '(text #1)', modern: null }],
        at: world.at(0),
      });
      await world.store.tally([], [mismatch('other', 'other'), { ...mismatch(''), key: '😀' }]);
      for (let batch = 0; batch < 3; batch += 1) {
        const keys = Array.from({ length: 400 }, (_, index) => `k${batch * 400 + index}`);
        await world.store.tally(
          [],
          keys.map((key) => mismatch(key)),
        );
      }
      const first = await world.other.mismatches('users', { limit: 500 });
      const cursor = first.nextCursor ?? '';
      const second = await world.other.mismatches('users', { limit: 500, cursor });
      expect(first.items[0]).toEqual({ ...mismatch('k1199'), id: expect.any(Number) });
      expect(second.items.at(-1)?.key).toBe('k200');
      expect(first.items.length + second.items.length).toBe(1000);
      expect(second.nextCursor).toBeUndefined();
      expect((await world.store.mismatches('other', {})).items).toMatchObject([mismatch('other', 'other')]);
      expect((await markitectFailure(() => world.store.mismatches('other', { cursor }))).code).toBe(
        'CURSOR_INVALID',
      );
    }),
  );

  it(
    'keeps long keys and odd ones apart',
    withCutover(open, async (world) => {
      await world.to('mirror');
      const keys = ['', "a'b", 'a"b', 'a\u0000b', 'A', 'a', '['.repeat(2000), '1', '01', '😀'];
      const mark = await world.mark('a', keys);
      const marked = (await world.store.look('users', keys)).marked.map(({ key }) => key);
      expect([...marked].sort()).toEqual([...keys].sort());
      await world.store.park({ ...mark, keys: ['a', '1'] }, failure, world.at(0));
      expect([...(await world.claim('b')).keys].sort()).toEqual(['1', 'a']);
      expect(
        await world.store.settle({ ...mark, keys: keys.filter((key) => !'a1'.includes(key) || key === '') }),
      ).toEqual([]);
      expect(await world.store.depth('users')).toEqual({ inFlight: 2, pending: 0 });
    }),
  );
}
