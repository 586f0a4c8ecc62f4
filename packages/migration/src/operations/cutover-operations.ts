import {
  Conflict,
  type CutoverStage,
  cutoverStages,
  type CutoverState,
  refuseField,
  reverseOf,
} from '@markitect/domain';
import type { Component } from '../engine/component.js';
import { changeStage } from './change-stage.js';
import { type Blocker, blockers, type Evidence, notes } from './judgement.js';
import { repair } from './repair.js';

/** Who asks for a step, and why. Both stand in the log. */
export interface Request {
  readonly who: string;
  readonly why: string;
}

/** A step that is judged only, or taken without asking the gates. */
export interface SwitchOptions {
  /** Answer the judgement and change nothing. */
  readonly dryRun?: boolean;
}

/** What a step would need, or has done. */
export interface Judgement {
  readonly component: string;
  readonly from: { readonly stage: CutoverStage; readonly percent: number };
  readonly to: { readonly stage: CutoverStage; readonly percent: number };
  readonly blockers: readonly Blocker[];
  /** What is not known enough to keep anybody from it, in words. */
  readonly notes: readonly string[];
  /** Whether the step was taken. */
  readonly isDone: boolean;
}

/** How far back rates and latencies are looked at for a judgement, at most, in milliseconds. */
const WINDOW_MS = 15 * 60_000;

/**
 * The steps of a cutover, modelled on Vitess' MoveTables. Errors of all: Conflict `CUTOVER_NOT_READY` with
 * `details.blockers` when gates do not hold, `CUTOVER_OVER` when it is complete, `CUTOVER_CHANGED`, `CUTOVER_SWITCHING`.
 */
export class CutoverOperations {
  readonly #component: Component;

  constructor(component: Component) {
    this.#component = component;
  }

  /** From `legacy` to `mirror`: from now on every write goes to both sides. Does nothing when it was started. */
  async start(request: Request): Promise<CutoverState> {
    const state = await this.#present();
    return state.stage === 'legacy' ? this.#change(state, 'mirror', 0, 'start', request) : state;
  }

  /** Serves a share of the keys from modern, 0 to 100; 0 goes back to `mirror`, which no gate forbids. */
  async switchReads(percent: number, request: Request, options: SwitchOptions = {}): Promise<Judgement> {
    refuseField('percent', !(percent >= 0 && percent <= 100), 'a number from 0 to 100');
    const state = await this.#present();
    this.#requireStage(state, ['mirror', 'served']);
    const stage = percent === 0 ? 'mirror' : 'served';
    const isBack = percent <= (state.stage === 'served' ? state.percent : 0);
    return this.#switch(state, { stage, percent }, 'switch-reads', request, options, isBack);
  }

  /** To `modern`: modern answers and is written first, legacy follows. */
  async switchWrites(request: Request, options: SwitchOptions = {}): Promise<Judgement> {
    const state = await this.#present();
    this.#requireStage(state, ['served']);
    return this.#switch(state, { stage: 'modern', percent: 100 }, 'switch-writes', request, options, false);
  }

  /** One step back, at once, whatever the gates say; with an epoch: only from there. */
  async reverse(request: Request, epoch?: number): Promise<CutoverState> {
    const present = await this.#present();
    const state = { ...present, epoch: epoch ?? present.epoch };
    const stage = reverseOf(state.stage);
    if (stage === undefined)
      throw notReady(state, [{ gate: 'stage', reason: 'there is no step back from legacy' }]);
    return this.#change(state, stage, stage === 'served' ? 100 : 0, 'reverse', request);
  }

  /** Gives legacy up: nothing is copied to it any more, and nothing leads back. */
  async complete(request: Request, options: SwitchOptions = {}): Promise<Judgement> {
    const state = await this.#present();
    this.#requireStage(state, ['modern']);
    return this.#switch(state, { stage: 'complete', percent: 100 }, 'complete', request, options, false);
  }

  /** Back to `legacy`, from any stage but `complete`. */
  async cancel(request: Request): Promise<CutoverState> {
    const state = await this.#present();
    return state.stage === 'legacy' ? state : this.#change(state, 'legacy', 0, 'cancel', request);
  }

  /**
   * To any stage: what a feature flag says. Of the gates only one is asked: modern answers nothing before the backfill is
   * complete, or what was never copied would seem to be lost. `complete` is final: it asks all of them, and begins in `modern`.
   */
  async override(stage: CutoverStage, percent: number, request: Request): Promise<CutoverState> {
    const state = await this.#present();
    if (stage === 'complete') {
      this.#requireStage(state, ['modern']);
      await this.#switch(state, { stage, percent }, 'override', request, {}, false);
      return this.#component.reload();
    }
    const isForward = cutoverStages.indexOf(stage) > cutoverStages.indexOf(state.stage);
    if (isForward && stage !== 'mirror') {
      const found = (await this.#judge(state)).filter(({ gate }) => gate === 'backfill');
      if (found.length > 0) throw notReady(state, found);
    }
    if (state.stage === stage && state.percent === percent) return state;
    // From where it was judged: in another epoch the backfill may be forgotten.
    return this.#change(state, stage, percent, 'override', request);
  }

  /**
   * To any stage, without asking the gates, under a name for the log; with an epoch: only from there. Does nothing when it
   * stands there.
   */
  async step(
    stage: CutoverStage,
    percent: number,
    action: string,
    request: Request,
    epoch?: number,
  ): Promise<CutoverState> {
    const state = await this.#present();
    if (state.stage === stage && state.percent === percent) return state;
    return this.#change({ ...state, epoch: epoch ?? state.epoch }, stage, percent, action, request);
  }

  /** What keeps the component from its next step. */
  async blockers(): Promise<readonly Blocker[]> {
    return this.#judge(await this.#component.reload());
  }

  async #present(): Promise<CutoverState> {
    const state = await this.#component.reload();
    if (state.stage !== 'complete') return state;
    throw new Conflict('CUTOVER_OVER', `the cutover of ${state.component} is complete`, {
      details: { component: state.component },
    });
  }

  #requireStage(state: CutoverState, allowed: readonly CutoverStage[]): void {
    if (allowed.includes(state.stage)) return;
    const next = cutoverStages.filter((stage) => allowed.includes(stage)).join(' or ');
    throw notReady(state, [
      { gate: 'stage', reason: `it is in stage ${state.stage}; this step begins in ${next}` },
    ]);
  }

  async #judge(state: CutoverState): Promise<readonly Blocker[]> {
    return blockers(await this.#evidence(state));
  }

  async #evidence(state: CutoverState): Promise<Evidence> {
    const { store, name, clock, replicas } = this.#component;
    const now = clock.now();
    const since = new Date(Math.max(Date.parse(state.changedAt), now - WINDOW_MS)).toISOString();
    const [depth, tallies] = await Promise.all([store.depth(name), store.tallies(name, since)]);
    return { state, depth, tallies, now, isShared: replicas === undefined };
  }

  async #switch(
    state: CutoverState,
    to: { readonly stage: CutoverStage; readonly percent: number },
    action: string,
    request: Request,
    { dryRun = false }: SwitchOptions,
    isBack: boolean,
  ): Promise<Judgement> {
    // What can be repaired now need not keep anybody: after a process was killed nobody else may be there to do it.
    if (!isBack && !dryRun) await repair(this.#component);
    const evidence = isBack ? undefined : await this.#evidence(state);
    const found = evidence === undefined ? [] : blockers(evidence);
    const from = { stage: state.stage, percent: state.percent };
    const unknown = evidence === undefined ? [] : notes(evidence);
    const judgement = { component: state.component, from, to, blockers: found, notes: unknown };
    if (dryRun) return { ...judgement, isDone: false };
    if (found.length > 0) throw notReady(state, found);
    // Asked once more when writes are held back: one that was under way may have left a repair.
    const judge = async (begun: CutoverState): Promise<void> => {
      const left = await this.#judge(begun);
      if (left.length > 0) throw notReady(begun, left);
    };
    await this.#change(state, to.stage, to.percent, action, request, isBack ? undefined : judge);
    return { ...judgement, isDone: true };
  }

  #change(
    state: CutoverState,
    stage: CutoverStage,
    percent: number,
    action: string,
    { who, why }: Request,
    judge?: (begun: CutoverState) => Promise<void>,
  ): Promise<CutoverState> {
    const { component, epoch } = state;
    return changeStage(this.#component, { component, epoch, stage, percent, who, why, action }, judge);
  }
}

function notReady(state: CutoverState, found: readonly Blocker[]): Conflict {
  return new Conflict(
    'CUTOVER_NOT_READY',
    `${state.component} cannot take this step: ${found.map(({ reason }) => reason).join('; ')}`,
    {
      details: {
        component: state.component,
        stage: state.stage,
        blockers: found.map((each) => ({ ...each })),
      },
    },
  );
}
