import { type BackfillState, type CutoverSide, isMirrored, otherSide, primaryOf } from '@markitect/domain';
import type { CutoverMark, CutoverStateStore, RecordRepository } from '@markitect/ports';
import type { Component } from '../../../src/engine/component.js';
import { nextKeys } from '../../../src/operations/next-keys.js';
import type { Break, Parts } from './break.js';

/** Bugs in what is said before a write begins, and after it. */
export const markingBreaks: readonly Break[] = [
  {
    name: 'write-before-mark',
    what: 'a write is marked when it is done, not before it begins',
    seenBy: 'kept',
    within: 600,
    parts: markedAfterwards,
  },
  {
    name: 'mark-not-awaited',
    what: 'a write begins while its mark is on the way',
    seenBy: 'marked',
    within: 20,
    parts: ({ store }) => ({
      store: {
        ...store,
        mark: (mark) => {
          void store.mark(mark).catch(() => undefined);
          return Promise.resolve({ isMarked: true, carried: [] });
        },
      },
    }),
  },
  {
    name: 'refusal-ignored',
    what: 'a write begins though its mark was refused',
    seenBy: 'primary',
    within: 200,
    parts: ({ store }) => ({
      store: {
        ...store,
        mark: async (mark) => {
          const answer = await store.mark(mark);
          return answer.isMarked ? answer : { isMarked: true, carried: [] };
        },
      },
    }),
  },
  {
    name: 'epoch-ignored',
    what: 'a write that was planned before a change of stage is marked as if it were planned after it',
    seenBy: 'primary',
    within: 300,
    parts: ({ store }, { book }) => ({
      store: {
        ...store,
        mark: (mark) =>
          store.mark({ ...mark, epoch: book.components.get(mark.component)?.epoch ?? mark.epoch }),
      },
    }),
  },
  {
    name: 'nothing-carried-over',
    what: 'after a change of the side that decides a write begins without what was not copied to it yet',
    seenBy: 'kept',
    within: 700,
    parts: ({ store }) => ({
      store: {
        ...store,
        mark: async (mark) => {
          const answer = await store.mark(mark);
          return answer.isMarked ? { ...answer, carried: [] } : answer;
        },
      },
    }),
  },
  {
    name: 'absorb-unasked',
    what: 'a write begins after it has carried a key over, though the mark still says that the other side is right',
    seenBy: 'kept',
    within: 5000,
    parts: ({ store }) => ({ store: { ...store, absorb: () => Promise.resolve(true) } }),
  },
  {
    name: 'failed-copy-forgotten',
    what: 'the mark of a key that could not be copied is ended, not left to the repairs',
    seenBy: 'alike',
    within: 400,
    parts: ({ store }) => ({ store: { ...store, park: (mark) => endMarks(store, mark) } }),
  },
  {
    name: 'backfill-unmarked',
    what: 'the backfill reads a key and writes it to the other side without a mark',
    seenBy: 'marked',
    within: 20,
    backfill: unmarkedBackfill,
  },
];

/** Ends marks as if their keys had been copied as often as they must be. */
export async function endMarks(store: CutoverStateStore, mark: CutoverMark): Promise<void> {
  let left = mark.keys;
  while (left.length > 0) left = await store.settle({ ...mark, keys: left });
}

function markedAfterwards({ store, sides }: Parts): Partial<Parts> {
  const owed: CutoverMark[] = [];
  const pay = async (key: string): Promise<void> => {
    const due = owed.filter(({ keys }) => keys.includes(key));
    for (const mark of due) {
      owed.splice(owed.indexOf(mark), 1);
      await store.mark(mark);
    }
  };
  const paying = (side: RecordRepository): RecordRepository => {
    const afterwards = async <T>(key: string, call: Promise<T>): Promise<T> => {
      const answer = await call;
      await pay(key);
      return answer;
    };
    return {
      ...side,
      save: (key, ...rest) => afterwards(key, side.save(key, ...rest)),
      patch: (key, ...rest) => afterwards(key, side.patch(key, ...rest)),
      remove: (key, ...rest) => afterwards(key, side.remove(key, ...rest)),
    };
  };
  return {
    store: {
      ...store,
      mark: (mark) => {
        owed.push(mark);
        return Promise.resolve({ isMarked: true, carried: [] });
      },
    },
    sides: { legacy: paying(sides.legacy), modern: paying(sides.modern) },
  };
}

async function unmarkedBackfill(component: Component): Promise<BackfillState> {
  const { store, replicas, name, clock } = component;
  const at = (): string => new Date(clock.now()).toISOString();
  const startedAt = at();
  const { stage } = await component.reload();
  const source: CutoverSide = primaryOf(stage);
  const state = { seen: 0, copied: 0, startedAt, updatedAt: at(), status: 'complete' } as const;
  if (replicas === undefined || !isMirrored(stage)) return state;
  const { keys } = await nextKeys(replicas, undefined, 100);
  await replicas[otherSide(source)].write(await replicas[source].read(keys));
  await store.update(name, { backfill: state });
  return state;
}
