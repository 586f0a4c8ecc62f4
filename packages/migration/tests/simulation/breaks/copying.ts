import { type CutoverSide, otherSide } from '@markitect/domain';
import type { ReplicaStore } from '@markitect/ports';
import { Component } from '../../../src/engine/component.js';
import { Leftovers } from '../../../src/engine/leftovers.js';
import type { Break, Parts } from './break.js';
import { endMarks } from './marking.js';

/** Bugs in what is copied under marks, in repairs, and in who may take marks over. */
export const copyingBreaks: readonly Break[] = [
  {
    name: 'settled-without-copy',
    what: 'marks end though nothing was copied',
    seenBy: 'alike',
    within: 50,
    parts: withReplicas((replica) => ({ ...replica, write: () => Promise.resolve() })),
  },
  {
    name: 'failed-copy-taken-for-done',
    what: 'a copy that has failed counts as done',
    seenBy: 'alike',
    within: 1000,
    parts: withReplicas((replica) => ({
      ...replica,
      write: (entries) => replica.write(entries).catch(() => undefined),
    })),
  },
  {
    name: 'copied-once',
    what: 'a key is not copied once more when others were in flight on it',
    seenBy: 'alike',
    within: 10_000,
    parts: ({ store }) => ({
      store: {
        ...store,
        settle: async (mark) => {
          await endMarks(store, mark);
          return [];
        },
      },
    }),
  },
  {
    name: 'old-marks-trusted',
    what: 'a process that was silent writes and copies under its old marks',
    seenBy: 'marked',
    within: 200,
    Component: class extends Component {
      override isHeardOf(): boolean {
        return true;
      }
    },
  },
  {
    name: 'renewal-unasked',
    what: 'a process that was silent goes on under its old marks as soon as it is heard of again',
    seenBy: 'marked',
    within: 400,
    parts: ({ store }) => ({ store: { ...store, renew: ({ keys }) => Promise.resolve(keys) } }),
  },
  {
    name: 'repaired-backwards',
    what: 'a repair copies from the side that is not right',
    seenBy: 'kept',
    within: 100,
    parts: ({ store }) => ({
      store: {
        ...store,
        claim: (component, claim) => store.claim(component, { ...claim, source: otherSide(claim.source) }),
      },
    }),
  },
  {
    name: 'living-taken-for-dead',
    what: 'the marks of a process that is alive are taken over: its heartbeat counts for a tenth of the time',
    seenBy: 'marked',
    within: 60,
    parts: ({ store }) => ({
      store: { ...store, heartbeat: (process, ttlMs) => store.heartbeat(process, ttlMs / 10) },
    }),
  },
  {
    name: 'slow-clock',
    what: 'the clock of a process runs at a quarter of the speed, so it does not notice that it was silent',
    seenBy: 'marked',
    within: 600,
    parts: ({ clock }) => {
      const start = clock.now();
      return { clock: { ...clock, now: () => start + (clock.now() - start) / 4 } };
    },
  },
  {
    name: 'dead-never-given-up',
    what: 'what the dead have left in flight is not taken over',
    seenBy: 'ends',
    within: 30,
    parts: ({ store }) => ({
      store: { ...store, heartbeat: (process) => store.heartbeat(process, Number.MAX_SAFE_INTEGER) },
    }),
  },
  {
    name: 'one-name-for-all',
    what: 'all processes have the same name, as process number 1 in every container',
    seenBy: 'ends',
    within: 50,
    parts: () => ({ process: 'p' }),
  },
  {
    name: 'leftovers-forgotten',
    what: 'marks that could not be ended at once are not ended later',
    seenBy: 'ends',
    within: 200,
    Component: class extends Component {
      override readonly leftovers = new ForgottenLeftovers(this.store, this.clock, this.onFailure);
    },
  },
];

class ForgottenLeftovers extends Leftovers {
  override end(): Promise<void> {
    return Promise.resolve();
  }
}

function withReplicas(broken: (replica: ReplicaStore) => ReplicaStore): NonNullable<Break['parts']> {
  return ({ replicas }: Parts) => {
    const { legacy, modern }: Readonly<Record<CutoverSide, ReplicaStore>> = replicas;
    return { replicas: { legacy: broken(legacy), modern: broken(modern) } };
  };
}
