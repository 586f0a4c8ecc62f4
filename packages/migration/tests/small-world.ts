import {
  Corrupt,
  type CutoverSide,
  type CutoverStage,
  type CutoverState,
  Forbidden,
  type JsonValue,
  NotFound,
  Unavailable,
} from '@markitect/domain';
import { type CutoverStateStore, definePort, type ReplicaStore } from '@markitect/ports';
import { CutoverBook, InMemoryCutoverStateStore, InMemoryReplicaStore } from '@markitect/testing';
import { changeStage } from '../src/operations/change-stage.js';
import { type Clock, Component, type ComponentOptions, cutover, CutoverOperations } from '../src/index.js';

/** A port as small as one can be. */
export interface Notes {
  get(key: string): Promise<JsonValue | undefined>;
  put(key: string, value: JsonValue): Promise<void>;
  names(): Promise<readonly string[]>;
}

export const notesPort = definePort<Notes>('Notes', {
  get: { kind: 'read', idempotent: true, key: (key) => key },
  put: { kind: 'write', idempotent: true, key: (key) => key },
  names: { kind: 'read', idempotent: true },
});

export const request = { who: 'ada', why: 'test' };

export const down = (): Unavailable => new Unavailable('DATABASE_UNAVAILABLE', 'down');

/** A key that cannot be read on one side, as a file that is no JSON. */
export function damagedAt(side: CutoverSide, damaged: string): Fault {
  return (what, keys) => {
    if (what !== `${side}.read` || !keys.includes(damaged)) return;
    throw new Corrupt('LEGACY_FILE_CORRUPT', `${damaged} is damaged`);
  };
}

/** A key that may not be read on one side, as a file of somebody else. */
export function unreadableAt(side: CutoverSide, unreadable: string): Fault {
  return (what, keys) => {
    if (what !== `${side}.read` || !keys.includes(unreadable)) return;
    throw new Forbidden('FILE_UNREADABLE', `${unreadable} may not be read`);
  };
}

/** What a test makes happen at a store: throws, or waits. `what` is e.g. `legacy.put`, `modern.write`, `state.mark`. */
export type Fault = (what: string, keys: readonly string[]) => Promise<void> | void;

/** Two stores, the state of their cutover and a clock that moves when somebody sleeps. */
export class SmallWorld {
  readonly clock: Clock & { ms: number };
  readonly book: CutoverBook;
  readonly states: Readonly<Record<CutoverSide, Map<string, JsonValue>>> = {
    legacy: new Map(),
    modern: new Map(),
  };
  readonly plain: CutoverStateStore;

  constructor() {
    const clock = {
      ms: Date.UTC(2026, 0, 1),
      now: () => clock.ms,
      sleep: async (ms: number) => {
        clock.ms += ms;
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    this.clock = clock;
    this.book = new CutoverBook(clock.now);
    this.plain = new InMemoryCutoverStateStore(this.book);
  }

  /** A process that works on the component `notes`. */
  process(name: string, fault: Fault = () => undefined, options: Partial<ComponentOptions> = {}): Process {
    const store = new InMemoryCutoverStateStore(this.book, {
      before: (operation) => fault(`state.${operation}`, []),
      after: (operation) => fault(`state.${operation} after`, []),
    });
    const replica = (side: CutoverSide): ReplicaStore =>
      new InMemoryReplicaStore(this.states[side], {
        before: (operation, keys) => fault(`${side}.${operation}`, keys),
        after: (operation, keys) => fault(`${side}.${operation} after`, keys),
      });
    const component = new Component({
      name: 'notes',
      store,
      process: name,
      replicas: { legacy: replica('legacy'), modern: replica('modern') },
      clock: this.clock,
      random: () => 0,
      shadowPercent: 0,
      ...options,
    });
    const side = (of: CutoverSide): Notes => ({
      get: async (key) => {
        await fault(`${of}.get`, [key]);
        return this.states[of].get(key);
      },
      put: async (key, value) => {
        await fault(`${of}.put`, [key]);
        if (value === 'refused') throw new NotFound('RECORD_NOT_FOUND', 'no such record');
        this.states[of].set(key, value);
        await fault(`${of}.put after`, [key]);
      },
      names: async () => {
        await fault(`${of}.names`, []);
        return [...this.states[of].keys()].sort();
      },
    });
    const notes = cutover({ port: notesPort }, { legacy: side('legacy'), modern: side('modern') }, component);
    return { component, notes, operations: new CutoverOperations(component) };
  }

  /** Moves the component to a stage, whatever the gates say. */
  async to(stage: CutoverStage, percent = 0): Promise<void> {
    await move(this.process(`mover ${this.clock.now()} ${stage}`).component, stage, percent);
    this.clock.ms += 250;
  }

  async depth(): Promise<readonly [inFlight: number, pending: number]> {
    const { inFlight, pending } = await this.plain.depth('notes');
    return [inFlight, pending];
  }
}

export interface Process {
  readonly component: Component;
  readonly notes: Notes;
  readonly operations: CutoverOperations;
}

/** A change of the stage that no gate is asked for. */
export async function move(component: Component, stage: CutoverStage, percent = 0): Promise<CutoverState> {
  const { epoch } = await component.reload();
  return changeStage(component, { ...request, component: 'notes', action: 'test', epoch, stage, percent });
}

/** A promise that is settled from outside. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = () => resolve()));
  return { opened, open };
}

/** Lets everything happen that waits for nothing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
