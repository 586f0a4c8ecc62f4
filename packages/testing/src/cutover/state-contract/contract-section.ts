import { expect } from '@jest/globals';
import type { CutoverSide, CutoverStage, CutoverState } from '@markitect/domain';
import type { CutoverMark, CutoverStateStore, MarkAnswer, StageChange } from '@markitect/ports';

/** Two stores on one place, as two processes have them. */
export interface OpenedCutoverState {
  readonly store: CutoverStateStore;
  readonly other: CutoverStateStore;
  /** Lets time pass for both. */
  readonly advance: (ms: number) => Promise<void>;
  readonly now: () => number;
  close(): Promise<void>;
}

export type OpenCutoverState = () => Promise<OpenedCutoverState>;

/** How long processes of the contract are heard of. */
export const TTL_MS = 5000;

export const failure = { code: 'DATABASE_BUSY', message: 'busy' };

/** Runs a test on a component `users` that processes `a` and `b` work on. */
export function withCutover(
  open: OpenCutoverState,
  body: (world: CutoverWorld) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const opened = await open();
    try {
      await opened.store.create('users', 'ada', 'first use');
      for (const process of ['a', 'b', 'admin']) await opened.store.heartbeat(process, TTL_MS);
      await body(new CutoverWorld(opened));
    } finally {
      await opened.close();
    }
  };
}

let tokens = 0;

/** Short words for what the contract does. */
export class CutoverWorld {
  readonly store: CutoverStateStore;
  readonly other: CutoverStateStore;
  readonly opened: OpenedCutoverState;

  constructor(opened: OpenedCutoverState) {
    this.opened = opened;
    this.store = opened.store;
    this.other = opened.other;
  }

  async state(): Promise<CutoverState> {
    const state = await this.store.get('users');
    if (state === undefined) throw new Error('there is no component users');
    return state;
  }

  change(epoch: number, stage: CutoverStage, changes: Partial<StageChange> = {}): StageChange {
    const token = `change ${(tokens += 1)}`;
    const percent = stage === 'served' ? 50 : 0;
    const log = { who: 'ada', action: 'test', why: 'because' };
    return { component: 'users', epoch, token, stage, percent, ...log, ...changes };
  }

  /** Moves the component to a stage, at once. */
  async to(stage: CutoverStage): Promise<CutoverState> {
    const change = this.change((await this.state()).epoch, stage);
    await this.store.beginChange(change, 'admin');
    const state = await this.store.finishChange(change);
    if (state === undefined) throw new Error('something is in flight');
    return state;
  }

  /** A mark that was not made yet. */
  async plan(
    process: 'a' | 'b',
    keys: readonly string[],
    source: CutoverSide = 'legacy',
  ): Promise<CutoverMark> {
    const { epoch } = await this.state();
    return { component: 'users', keys, token: `write ${(tokens += 1)}`, process, epoch, source };
  }

  storeOf(process: string): CutoverStateStore {
    return process === 'b' ? this.other : this.store;
  }

  /** Marks keys, and expects that nothing is in the way. */
  async mark(process: 'a' | 'b', keys: readonly string[], source?: CutoverSide): Promise<CutoverMark> {
    const mark = await this.plan(process, keys, source);
    expect(await this.storeOf(process).mark(mark)).toEqual({ isMarked: true, carried: [] });
    return mark;
  }

  /** Leaves a pending mark on each key. */
  async pend(keys: readonly string[], source?: CutoverSide): Promise<void> {
    await this.store.park(await this.mark('a', keys, source), failure, this.at(0));
  }

  claim(process: 'a' | 'b', source: CutoverSide = 'legacy', limit = 10) {
    const token = `repair ${(tokens += 1)}`;
    const claim = { token, process, source, limit };
    return this.storeOf(process)
      .claim('users', claim)
      .then((repairs) => ({
        repairs,
        keys: repairs.map(({ key }) => key),
        mark: { component: 'users', keys: repairs.map(({ key }) => key), epoch: 0, ...claim },
      }));
  }

  async marked(...keys: string[]): Promise<readonly string[]> {
    const { marked } = await this.other.look('users', keys);
    return marked.map(({ key, source }) => `${key}:${source}`).sort();
  }

  /** A time so far from now. */
  at(ms: number): string {
    return new Date(this.opened.now() + ms).toISOString();
  }

  /** Process `a` falls silent; the others are heard of. */
  async silenceA(): Promise<void> {
    await this.opened.advance(TTL_MS + 1);
    for (const process of ['b', 'admin']) await this.store.heartbeat(process, TTL_MS);
  }
}

export const refused: MarkAnswer = { isMarked: false };
