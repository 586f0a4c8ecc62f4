import { type CutoverSide, type CutoverState, isMirrored, primaryOf } from '@markitect/domain';
import {
  cutoverStateStorePort,
  profileRepositoryPort,
  type RecordRepository,
  type ReplicaEntry,
  replicaStorePort,
  type StageChange,
} from '@markitect/ports';
import { CutoverBook, InMemoryCutoverStateStore, InMemoryRecordRepository } from '@markitect/testing';
import { Component, HEARTBEAT_EVERY_MS } from '../../src/engine/component.js';
import { cutover } from '../../src/engine/cutover.js';
import { IntegrationManager } from '../../src/manager/integration-manager.js';
import { backfill } from '../../src/operations/backfill.js';
import { CutoverOperations } from '../../src/operations/cutover-operations.js';
import type { Break, Parts } from './breaks/break.js';
import { type Invariant, Violation } from './violation.js';
import { type Run, World } from './world.js';

export const COMPONENT = 'users';

/** What a judgement is made of, as it is kept. */
type Evidence = { readonly [Field in 'backfill' | 'diff']: CutoverState[Field] };

/** How a simulation is run. */
export interface SimulationOptions {
  /** Every process has a manager, which degrades, restores and reverses by itself. */
  readonly isManaged?: boolean;
  /** A deliberate bug of all processes; then only the invariant that should see it is looked at. */
  readonly broken?: Break | undefined;
}

/** A process of the simulation, with an engine of its own. */
export interface SimulatedProcess {
  readonly run: Run;
  readonly component: Component;
  readonly records: RecordRepository;
  readonly operations: CutoverOperations;
  readonly backfill: typeof backfill;
}

/** Two stores, the state that processes share, and processes; it checks what must hold at every step. */
export class Cluster {
  readonly world = new World();
  readonly book = new CutoverBook(() => this.world.now);
  readonly stores = {
    legacy: new InMemoryRecordRepository({ now: () => this.world.now }),
    modern: new InMemoryRecordRepository({ now: () => this.world.now }),
  };
  readonly processes: SimulatedProcess[] = [];
  readonly violations: Violation[] = [];
  /** Hearts stop. */
  isOver = false;
  /** The keys that a read about many may have told an older state of, by its query or list of keys. */
  readonly exemptOfLists = new WeakMap<object, ReadonlySet<string>>();
  readonly #crashes: { readonly run: Run; readonly over: () => void }[] = [];
  /** Components as they were when a change was begun: backfill and diff may be run again in the midst of it. */
  readonly #begun = new Map<string, Evidence>();
  readonly #options: SimulationOptions;
  #runs = 0;

  constructor(processes: number, options: SimulationOptions) {
    this.#options = options;
    for (let index = 0; index < processes; index += 1) this.processes.push(this.#start());
  }

  /** Kills a process and starts it anew. */
  crash(index: number): void {
    const killed = this.processes[index];
    if (killed === undefined) return;
    this.world.crash(killed.run);
    for (const { run, over } of this.#crashes) if (run === killed.run) over();
    this.processes[index] = this.#start();
  }

  /** `over` is called when a run has crashed. */
  onCrash(run: Run, over: () => void): void {
    this.#crashes.push({ run, over });
  }

  /** Makes a new record of a violation; the simulation fails at its next look. */
  violate(invariant: Invariant, what: string): void {
    this.world.note(`VIOLATION ${what}`);
    const { seenBy } = this.#options.broken ?? {};
    if (seenBy === undefined || seenBy === invariant) this.violations.push(new Violation(invariant, what));
  }

  state(): CutoverState | undefined {
    const booked = this.book.components.get(COMPONENT);
    return booked && this.book.stateOf(booked);
  }

  #start(): SimulatedProcess {
    this.#runs += 1;
    const run = this.world.start(`p${this.#runs}`);
    const { isManaged = false, broken } = this.#options;
    const right = this.#parts(run);
    const { store, replicas, sides, clock, process } = {
      ...right,
      ...broken?.parts?.(right, { book: this.book, world: this.world }),
    };
    const component = new (broken?.Component ?? Component)({
      name: COMPONENT,
      store,
      replicas,
      process,
      clock,
      random: () => this.world.random(),
      shadowPercent: 30,
      onFailure: (error) => {
        if (error instanceof TypeError) this.violate('sound', `a bug: ${error.stack ?? error.message}`);
      },
    });
    const records = cutover<RecordRepository>(
      {
        port: profileRepositoryPort,
        keys: { getMany: (keys) => keys },
        streams: ['stream'],
        ignore: ['updatedAt', 'createdAt'],
      },
      sides,
      component,
    );
    if (isManaged) {
      const probe = async (side: CutoverSide): Promise<void> => {
        await sides[side].count();
      };
      const manager = new IntegrationManager([{ component, probe }], { tickMs: 300, probeMs: 300 });
      void manager.start().catch(component.onFailure);
    } else {
      void this.#beat(component);
    }
    const operations = new CutoverOperations(component);
    return { run, component, records, operations, backfill: broken?.backfill ?? backfill };
  }

  /** What a process works with, all of it out of reach at times. */
  #parts(run: Run): Parts {
    const { world, book, stores } = this;
    const shared = new (this.#options.broken?.State ?? InMemoryCutoverStateStore)(book);
    const store = world.between(run, 'state', cutoverStateStorePort, shared, (operation, args) => {
      const change = args[0] as StageChange;
      const booked = book.components.get(COMPONENT);
      if (operation === 'beginChange' && booked !== undefined) this.#begun.set(change.token, { ...booked });
      if (operation === 'finishChange') this.#checkGates(change);
    });
    const replica = (side: CutoverSide) =>
      world.between(run, side, replicaStorePort, stores[side].replicas, (operation, args) => {
        if (operation !== 'write') return;
        for (const { key } of args[0] as readonly ReplicaEntry[]) this.#checkMarked(run, 'copies', key);
      });
    const side = (name: CutoverSide): RecordRepository =>
      world.between(run, name, profileRepositoryPort, stores[name], (operation, args) => {
        const { kind } = profileRepositoryPort.operations[operation];
        if (kind === 'write') this.#checkWrite(run, name, args[0] as string);
        else if (operation === 'list' || operation === 'getMany') this.#noteList(name, args[0] as object);
      });
    return {
      store,
      replicas: { legacy: replica('legacy'), modern: replica('modern') },
      sides: { legacy: side('legacy'), modern: side('modern') },
      clock: { now: () => world.now, sleep: (ms) => world.sleep(run, ms) },
      process: run.name,
    };
  }

  /** What a program that keeps the component does all the time. */
  async #beat(component: Component): Promise<void> {
    while (!this.isOver) {
      await component.beat().catch(component.onFailure);
      await component.clock.sleep(HEARTBEAT_EVERY_MS);
    }
  }

  /** A write happens on the side that decides, and under a mark, whatever was changed since it was begun. */
  #checkWrite(run: Run, side: string, key: string): void {
    const stage = this.book.components.get(COMPONENT)?.stage ?? 'legacy';
    if (primaryOf(stage) !== side)
      this.violate('primary', `${run.name} writes ${key} to ${side} in stage ${stage}`);
    if (stage !== 'complete') this.#checkMarked(run, 'writes', key);
  }

  #checkMarked(run: Run, does: string, key: string): void {
    const isMarked = this.book.marksOf(COMPONENT, key).some((mark) => mark.process === run.name);
    if (!isMarked) this.violate('marked', `${run.name} ${does} ${key} without a mark`);
  }

  #noteList(side: string, query: object): void {
    const foreign = this.book.marksOf(COMPONENT).filter(({ source }) => source !== side);
    this.exemptOfLists.set(query, new Set(foreign.map(({ key }) => key)));
  }

  /** What a judgement asks for holds when the switch is made. */
  #checkGates({ stage, percent, action, epoch, token }: StageChange): void {
    if (!['switch-reads', 'switch-writes', 'complete'].includes(action)) return;
    const booked = this.book.components.get(COMPONENT);
    if (booked === undefined || booked.epoch !== epoch || booked.switching?.token !== token) return;
    if (booked.stage === stage ? percent <= booked.percent : !isMirrored(stage) && stage !== 'complete')
      return;
    if (stage === 'mirror') return;
    const marks = this.book.marksOf(COMPONENT);
    if (marks.some((mark) => mark.token !== '' && !this.book.isSilent(mark.process))) return;
    const gate = (name: string): void => this.violate('gated', `${action} passes the gate of ${name}`);
    const { backfill, diff } = this.#begun.get(token) ?? booked;
    if (backfill?.status !== 'complete') gate('backfill');
    if (diff?.status !== 'complete' || diff.percent < 100) gate('diff');
    else if (diff.onlyLegacy + diff.onlyModern + diff.different > 0) gate('a clean diff');
    if (marks.some((mark) => mark.token === '')) gate('repairs');
  }
}
