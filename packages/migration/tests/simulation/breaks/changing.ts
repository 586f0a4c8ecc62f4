import type { BackfillState, CutoverState, DiffState } from '@markitect/domain';
import type { CutoverStateStore, StageChange } from '@markitect/ports';
import { type CutoverBook, InMemoryCutoverStateStore } from '@markitect/testing';
import { Component } from '../../../src/engine/component.js';
import type { Break } from './break.js';

/** As long a stage is believed by the break that asks too seldom, in milliseconds. */
const BELIEVED_MS = 3000;

/** Bugs in changes of the stage, in their gates, and in reads. */
export const changingBreaks: readonly Break[] = [
  {
    name: 'change-without-drain',
    what: 'a change of stage does not wait for the writes that are under way',
    seenBy: 'primary',
    within: 400,
    State: class extends InMemoryCutoverStateStore {
      constructor(readonly book: CutoverBook) {
        super(book);
      }

      override finishChange(change: StageChange): Promise<CutoverState | undefined> {
        return inOneStep(
          () => {
            const alive = [...this.book.aliveUntil];
            this.book.aliveUntil.clear();
            return () => alive.forEach(([process, until]) => this.book.aliveUntil.set(process, until));
          },
          () => super.finishChange(change),
        );
      }
    },
  },
  {
    name: 'evidence-kept',
    what: 'backfill and diff count still when the component was in legacy since, where nothing is copied',
    seenBy: 'alike',
    within: 800,
    State: class extends InMemoryCutoverStateStore {
      constructor(readonly book: CutoverBook) {
        super(book);
      }

      override finishChange(change: StageChange): Promise<CutoverState | undefined> {
        return inOneStep(
          () => {
            const booked = this.book.component(change.component);
            const { backfill, diff } = booked;
            return () => void Object.assign(booked, { backfill, diff });
          },
          () => super.finishChange(change),
        );
      }
    },
  },
  {
    name: 'aborts-forgotten',
    what: 'a change of stage that was given up goes on holding writes and repairs back',
    seenBy: 'ends',
    within: 200,
    parts: ({ store }) => ({ store: { ...store, abortChange: () => Promise.resolve() } }),
  },
  {
    name: 'repairs-not-counted',
    what: 'a switch is made while keys wait for their repair',
    seenBy: 'gated',
    within: 400,
    parts: ({ store }) => ({
      store: { ...store, depth: () => Promise.resolve({ inFlight: 0, pending: 0 }) },
    }),
  },
  {
    name: 'diff-taken-for-clean',
    what: 'a switch is made without a diff, or after one that has found something',
    seenBy: 'gated',
    within: 400,
    parts: ({ store, clock }) => ({
      store: claiming(store, (state) => ({ ...state, diff: cleanDiff(new Date(clock.now()).toISOString()) })),
    }),
  },
  {
    name: 'backfill-taken-for-complete',
    what: 'modern answers though the backfill is not complete',
    seenBy: 'kept',
    within: 250,
    parts: ({ store }) => ({
      store: claiming(store, (state) => ({ ...state, backfill: completeBackfill(state.changedAt) })),
    }),
  },
  {
    name: 'stage-believed-too-long',
    what: `the stage is asked for every ${BELIEVED_MS} ms only`,
    seenBy: 'known',
    within: 120,
    Component: class extends Component {
      #believed: { readonly state: CutoverState; readonly at: number } | undefined;

      override async state(): Promise<CutoverState> {
        if (this.#believed === undefined || this.clock.now() - this.#believed.at >= BELIEVED_MS) {
          const at = this.clock.now();
          this.#believed = { state: await super.reload(), at };
        }
        return this.#believed.state;
      }
    },
  },
  {
    name: 'marks-not-looked-at',
    what: 'a key is read from modern while it is written, or was not copied yet',
    seenBy: 'in-order',
    within: 900,
    parts: ({ store }) => ({
      store: {
        ...store,
        look: async (component, keys) => ({ ...(await store.look(component, keys)), marked: [] }),
      },
    }),
  },
];

/** What is changed before a step of the book is changed back after it, before anybody else can see it. */
function inOneStep<T>(change: () => () => void, step: () => Promise<T>): Promise<T> {
  const back = change();
  // A step is done when it has been called: what is awaited is its answer only.
  return step().finally(back);
}

function claiming(
  store: CutoverStateStore,
  claimed: (state: CutoverState) => CutoverState,
): CutoverStateStore {
  return {
    ...store,
    get: async (component) => {
      const state = await store.get(component);
      return state && claimed(state);
    },
    beginChange: async (change, process) => claimed(await store.beginChange(change, process)),
  };
}

function completeBackfill(at: string): BackfillState {
  return { status: 'complete', seen: 0, copied: 0, startedAt: at, updatedAt: at };
}

function cleanDiff(at: string): DiffState {
  const found = { compared: 0, onlyLegacy: 0, onlyModern: 0, different: 0 };
  return { status: 'complete', percent: 100, ...found, startedAt: at, updatedAt: at };
}
