import {
  type BackfillState,
  type CutoverLimits,
  type CutoverLogEntry,
  type CutoverMismatch,
  type CutoverRepair,
  type CutoverSide,
  type CutoverState,
  type DiffState,
  NotFound,
  otherSide,
  type Page,
  type PageRequest,
  primaryOf,
} from '@markitect/domain';
import {
  backfill,
  type BackfillOptions,
  CutoverOperations,
  degradedFrom,
  diff,
  type DiffOptions,
  type Judgement,
  repair,
  type RepairReport,
  type Request,
  type SwitchOptions,
} from '@markitect/migration';
import type { CutoverStateStore } from '@markitect/ports';
import { cutoverComponents } from '../composition/cutover-plans.js';
import type { CutoverRuntime } from './cutover-runtime.js';
import { type CutoverStatus, readStatus } from './cutover-status.js';
import { explainRepair } from './explain-repair.js';
import { followLog, type FollowOptions } from './follow-log.js';
import type { MovedComponent } from './moved-component.js';
import { SideProbes } from './side-probes.js';

/** What a {@link CutoverAdministration} is made of. */
export interface CutoverParts {
  readonly store: CutoverStateStore;
  readonly components: readonly MovedComponent[];
  readonly runtime: CutoverRuntime;
}

/** Where a component stands, and where it stood before. */
export interface MovedState extends CutoverState {
  readonly from: Pick<CutoverState, 'stage' | 'percent'>;
}

/** A repair, and what can be said of it in words. */
export interface ExplainedRepair extends CutoverRepair {
  readonly explanation: readonly string[];
}

/**
 * The cutovers of this installation, for operators. Errors of what names a component: NotFound `CUTOVER_NOT_FOUND` for
 * one that has no legacy side here; those of `CutoverOperations`, `backfill` and `diff`; of all: those of the database.
 */
export class CutoverAdministration {
  readonly #store: CutoverStateStore;
  readonly #components: ReadonlyMap<string, MovedComponent>;
  readonly #runtime: CutoverRuntime;
  readonly #probes = new SideProbes();

  constructor({ store, components, runtime }: CutoverParts) {
    this.#store = store;
    this.#components = new Map(components.map((each) => [each.component.name, each]));
    this.#runtime = runtime;
  }

  /** The components that have a legacy side here. */
  get names(): readonly string[] {
    return [...this.#components.keys()];
  }

  /** Where components stand: all, or one. That a side is down is part of the answer; it takes a second at most. */
  async status(name?: string): Promise<readonly CutoverStatus[]> {
    const chosen = name === undefined ? [...this.#components.values()] : [this.#of(name)];
    if (chosen.length > 0) await this.#runtime.ready();
    return Promise.all(chosen.map((each) => readStatus(each, this.#store, this.#probes)));
  }

  start(name: string, request: Request): Promise<MovedState> {
    return this.#moved(name, (operations) => operations.start(request));
  }

  async switchReads(
    name: string,
    percent: number,
    request: Request,
    options?: SwitchOptions,
  ): Promise<Judgement> {
    return (await this.#operations(name)).switchReads(percent, request, options);
  }

  async switchWrites(name: string, request: Request, options?: SwitchOptions): Promise<Judgement> {
    return (await this.#operations(name)).switchWrites(request, options);
  }

  reverse(name: string, request: Request): Promise<MovedState> {
    return this.#moved(name, (operations) => operations.reverse(request));
  }

  async complete(name: string, request: Request, options?: SwitchOptions): Promise<Judgement> {
    return (await this.#operations(name)).complete(request, options);
  }

  cancel(name: string, request: Request): Promise<MovedState> {
    return this.#moved(name, (operations) => operations.cancel(request));
  }

  /** Changes what must hold before a switch and after it, with a line in the log. */
  async limit(name: string, limits: Partial<CutoverLimits>, { who, why }: Request): Promise<CutoverState> {
    const { component } = await this.#ready(name);
    const state = await component.reload();
    const changed = await this.#store.update(name, { limits: { ...state.limits, ...limits } });
    const place = { stage: state.stage, percent: state.percent };
    await this.#store.note({ component: name, who, why, action: 'limits', from: place, to: place });
    return changed;
  }

  /** Copies what is there already. Counts the keys first, for the progress. A line in the log says what came of it. */
  async backfill(name: string, options: BackfillOptions, { who, why }: Request): Promise<BackfillState> {
    const { component, count } = await this.#ready(name);
    const state = await component.reload();
    const total = component.replicas === undefined ? 0 : await count(primaryOf(state.stage));
    const done = await this.#alive(name, () => backfill(component, { ...options, total }));
    const what = `${done.status}, ${done.copied} of ${done.seen} copied`;
    await this.#note(name, 'backfill', who, why === '' ? what : `${why}: ${what}`);
    return done;
  }

  /** Compares both sides key by key. */
  async diff(name: string, options: DiffOptions, { who, why }: Request): Promise<DiffState> {
    const { component } = await this.#ready(name);
    const done = await this.#alive(name, () => diff(component, options));
    const differing = done.onlyLegacy + done.onlyModern + done.different;
    const what = `${done.status}, ${differing} of ${done.compared} differ`;
    const action = options.repair === undefined ? 'diff' : 'diff-repair';
    await this.#note(name, action, who, why === '' ? what : `${why}: ${what}`);
    return done;
  }

  async repairs(name: string, page: PageRequest): Promise<Page<CutoverRepair>> {
    this.#of(name);
    return this.#store.repairs(name, page);
  }

  /** Throws NotFound `RECORD_NOT_FOUND` when it is over, or never was. */
  async repair(id: number): Promise<ExplainedRepair> {
    const found = await this.#store.repair(id);
    if (found === undefined) throw noRepair(id);
    const state = await this.#store.get(found.component);
    return { ...found, explanation: explainRepair(found, state, Date.now()) };
  }

  /** Makes what waits due, and repairs what can be repaired now. Throws NotFound `RECORD_NOT_FOUND` for another id. */
  async retry(name: string, id?: number): Promise<RepairReport> {
    const { component } = await this.#ready(name);
    const due = await this.#store.retryRepairs(name, id);
    // What a silent process has in flight is nobody's to make due, and repaired all the same.
    if (id !== undefined && due === 0 && (await this.#store.repair(id))?.component !== name)
      throw noRepair(id);
    return this.#alive(name, () => repair(component));
  }

  async mismatches(name: string, page: PageRequest): Promise<Page<CutoverMismatch>> {
    this.#of(name);
    return this.#store.mismatches(name, page);
  }

  /**
   * The newest first, of one component or of all; also of one that has no legacy side here any more. Throws NotFound
   * `CUTOVER_NOT_FOUND` for a name that no component has.
   */
  async log(page: PageRequest, name?: string): Promise<Page<CutoverLogEntry>> {
    if (name !== undefined && !isComponent(name)) throw this.#unknown(name);
    return this.#store.log({ ...page, ...(name === undefined ? {} : { component: name }) });
  }

  /** The lines of the log as they come, until the signal aborts. */
  follow(options: FollowOptions): AsyncGenerator<CutoverLogEntry> {
    return followLog(this.#store, options);
  }

  /** Keeps the components in this process until it is closed. Throws as `CutoverRuntime.keep`. */
  async keep(onFailure?: (component: string, error: unknown) => void): Promise<void> {
    await this.#runtime.keep(onFailure);
  }

  /**
   * Which components are answered by the side that stands in, now, or by what was last known of their stage. Never throws.
   */
  async degraded(): Promise<readonly string[]> {
    const standsIn = async ({ component }: MovedComponent): Promise<readonly string[]> => {
      const from = await degradedFrom(this.#store, component.name).catch(component.onFailure);
      return component.isOutOfTouch || from !== undefined ? [component.name] : [];
    };
    return (await Promise.all([...this.#components.values()].map(standsIn))).flat();
  }

  /** The side that stands in for the other one of a component, now; `undefined`: none does. Throws what the store throws. */
  async standIn(name: string): Promise<CutoverSide | undefined> {
    if (!this.#components.has(name)) return undefined;
    const from = await degradedFrom(this.#store, name);
    return from && otherSide(primaryOf(from.stage));
  }

  #of(name: string): MovedComponent {
    const found = this.#components.get(name);
    if (found !== undefined) return found;
    throw this.#unknown(name);
  }

  #unknown(name: string): NotFound {
    const details = { component: name, components: [...this.names] };
    if (!isComponent(name)) {
      const message = `there is no component ${name}; there are ${cutoverComponents.join(', ')}`;
      return new NotFound('CUTOVER_NOT_FOUND', message, { details });
    }
    const setting = `legacy.${name}`;
    const variable = `MARKITECT_LEGACY_${name.toUpperCase()}`;
    return new NotFound(
      'CUTOVER_NOT_FOUND',
      `${name} has no legacy store here: neither ${setting} nor ${variable} is set`,
      { details: { ...details, setting, variable } },
    );
  }

  async #ready(name: string): Promise<MovedComponent> {
    const found = this.#of(name);
    await this.#runtime.ready();
    return found;
  }

  async #operations(name: string): Promise<CutoverOperations> {
    return new CutoverOperations((await this.#ready(name)).component);
  }

  async #moved(
    name: string,
    step: (operations: CutoverOperations) => Promise<CutoverState>,
  ): Promise<MovedState> {
    const operations = await this.#operations(name);
    const { stage, percent } = await this.#of(name).component.reload();
    return { ...(await step(operations)), from: { stage, percent } };
  }

  /** Others must not take over what is done here, however long it takes. */
  async #alive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { component } = this.#of(name);
    await component.beat();
    const timer = setInterval(() => void component.stayHeardOf().catch(component.onFailure), 1000);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  async #note(name: string, action: string, who: string, why: string): Promise<void> {
    const state = await this.#store.get(name);
    if (state === undefined) return;
    const place = { stage: state.stage, percent: state.percent };
    await this.#store.note({ component: name, who, why, action, from: place, to: place });
  }
}

function isComponent(name: string): boolean {
  return cutoverComponents.some((each) => each === name);
}

function noRepair(id: number): NotFound {
  return new NotFound('RECORD_NOT_FOUND', `there is no repair ${id}: it may be done`, { details: { id } });
}
