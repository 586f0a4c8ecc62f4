import { Unavailable } from '@markitect/domain';
import type { Port } from '@markitect/ports';

/** What can be out of reach. */
export type Place = 'legacy' | 'modern' | 'state';

/** A run of a process, from its start to its crash. */
export interface Run {
  /** Unique: no two runs of a process have the same name. */
  readonly name: string;
  isDead: boolean;
  isFrozen: boolean;
}

/** Something that is to happen next: the world decides when, and what first. */
interface Task {
  readonly run: Run | undefined;
  /** A request takes effect though its process is frozen or dead; what comes after does not. */
  readonly isRequest: boolean;
  due: number;
  /** Not later than this it happens. */
  readonly deadline: number;
  readonly happen: () => void;
}

/** How a place is out of order. */
export interface Outage {
  readonly place: Place;
  /** The share of calls that fail before they have an effect, and after; the rest is slow. */
  readonly before: number;
  readonly after: number;
  readonly slowMs: number;
  readonly until: number;
}

/** A request has its effect within this time or never, in milliseconds: less than half of the engine's HEARTBEAT_TTL_MS. */
export const MAX_LATENCY_MS = 2000;

/** The first moment of every simulation. */
const EPOCH = Date.UTC(2026, 0, 1);

/**
 * Time, and the order in which everything happens. Every call of a port is two tasks: the request, which has the effect, and the
 * answer. The world lets them happen one by one in an order of its choice; a process that is frozen gets no answers, one that
 * has crashed never will.
 */
export class World {
  now = EPOCH;
  readonly #trace: (readonly [at: number, what: string | (() => string)])[] = [];
  random: () => number = Math.random;
  readonly runs: Run[] = [];
  #tasks: Task[] = [];
  #outages: Outage[] = [];
  /** All there were, with their beginnings. */
  readonly outages: { readonly place: Place; readonly from: number; to: number }[] = [];
  steps = 0;

  start(name: string): Run {
    const run: Run = { name, isDead: false, isFrozen: false };
    this.runs.push(run);
    return run;
  }

  crash(run: Run): void {
    run.isDead = true;
    this.note(`crash ${run.name}`);
    // Half of what it has asked for still gets through.
    this.#tasks = this.#tasks.filter((task) => task.run !== run || (task.isRequest && this.random() < 0.5));
  }

  /** Remembers what has happened; put into words only where somebody has to understand a failure. */
  note(what: string | (() => string)): void {
    this.#trace.push([this.now, what]);
  }

  trace(): string {
    return this.#trace
      .map(([at, what]) => `${String(at - EPOCH).padStart(7)} ${typeof what === 'string' ? what : what()}`)
      .join('\n');
  }

  break(outage: Omit<Outage, 'until'>, forMs: number): void {
    this.note(`outage of ${outage.place} for ${forMs} ms: ${JSON.stringify(outage)}`);
    this.#outages.push({ ...outage, until: this.now + forMs });
    this.outages.push({ place: outage.place, from: this.now, to: this.now + forMs });
  }

  heal(): void {
    for (const outage of this.outages) outage.to = Math.min(outage.to, this.now);
    this.#outages = [];
    for (const run of this.runs) run.isFrozen = false;
  }

  isDown(place: Place): boolean {
    return this.#outageOf(place) !== undefined;
  }

  /** Sleeps of a process. */
  sleep(run: Run, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#add({
        run,
        isRequest: false,
        due: this.now + ms,
        deadline: Infinity,
        happen: resolve,
      });
    });
  }

  /** Something in the background that happens at a time, whatever the processes do. */
  later(ms: number, happen: () => void): void {
    this.#add({ run: undefined, isRequest: false, due: this.now + ms, deadline: Infinity, happen });
  }

  /** Puts the world between a process and a place. `onEffect` is told of each call just as it happens. */
  between<P extends object>(
    run: Run,
    place: Place,
    port: Port<P>,
    impl: P,
    onEffect: (operation: keyof P & string, args: readonly unknown[]) => void = () => undefined,
  ): P {
    // Some ports have operations that not every implementation has.
    const names = Object.keys(port.operations).filter((name) => impl[name as keyof P] !== undefined);
    const methods = names.map((name) => {
      const operation = name as keyof P & string;
      const method = impl[operation] as (...args: unknown[]) => unknown;
      const call = async (...args: unknown[]): Promise<unknown> => {
        const fault = await this.#request(run, place);
        if (fault === 'before') {
          await this.#answer(run, place);
          throw unavailable(place, 'was not reached');
        }
        onEffect(operation, args);
        let outcome: { readonly value: unknown } | { readonly error: unknown };
        try {
          outcome = { value: await method.apply(impl, args) };
        } catch (error) {
          outcome = { error };
        }
        this.note(() => {
          const told = 'error' in outcome ? `! ${codeOf(outcome.error)}` : brief(outcome.value);
          return `${run.name} ${place}.${name}(${brief(args)}) = ${fault === 'after' ? 'lost ' : ''}${told}`;
        });
        await this.#answer(run, place);
        if (fault === 'after') throw unavailable(place, 'did not answer');
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      };
      return [name, call] as const;
    });
    return Object.fromEntries(methods) as P;
  }

  /** Lets time pass while everybody works. */
  async work(ms: number): Promise<void> {
    const end = this.now + ms;
    this.later(ms, () => undefined);
    while (this.now < end) await this.step();
  }

  /** Lets one thing happen; time passes where nothing can happen now. False: nothing ever will. */
  async step(): Promise<boolean> {
    const ready = this.#tasks.filter((task) => task.due <= this.now && this.#canHappen(task));
    if (ready.length > 0) {
      await this.#happen(ready[Math.floor(this.random() * ready.length)] as Task);
      return true;
    }
    const next = Math.min(...this.#tasks.filter((task) => this.#canHappen(task)).map(({ due }) => due));
    if (next === Infinity) return false;
    await this.pass(next - this.now);
    return true;
  }

  /** Lets time pass, as when everybody is busy; only requests that must have happened by then happen. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.now < end) {
      const [first] = this.#tasks
        .filter(({ isRequest }) => isRequest)
        .sort((a, b) => a.deadline - b.deadline);
      this.now = Math.max(this.now, Math.min(end, first?.deadline ?? end));
      if (first !== undefined && first.deadline <= this.now) await this.#happen(first);
    }
  }

  #canHappen({ run, isRequest }: Task): boolean {
    return isRequest || run === undefined || !(run.isFrozen || run.isDead);
  }

  async #happen(task: Task): Promise<void> {
    this.steps += 1;
    this.#tasks.splice(this.#tasks.indexOf(task), 1);
    task.happen();
    // Runs when every promise that can be settled by this is.
    await new Promise<void>((resolve) => {
      process.nextTick(resolve);
    });
  }

  #add(task: Task): void {
    if (task.run?.isDead !== true) this.#tasks.push(task);
  }

  #outageOf(place: Place): Outage | undefined {
    this.#outages = this.#outages.filter(({ until }) => until > this.now);
    return this.#outages.find((outage) => outage.place === place);
  }

  #request(run: Run, place: Place): Promise<'before' | 'after' | undefined> {
    const slow = this.#outageOf(place)?.slowMs ?? 0;
    const due = this.now + Math.min(MAX_LATENCY_MS, Math.floor(this.random() * slow));
    return new Promise((resolve) => {
      const happen = (): void => {
        // Nothing is done in no time: what is done after something else has a later date.
        this.now += 1;
        const outage = this.#outageOf(place);
        const chance = this.random();
        if (outage === undefined || chance >= outage.before + outage.after) resolve(undefined);
        else resolve(chance < outage.before ? 'before' : 'after');
      };
      this.#add({ run, isRequest: true, due, deadline: this.now + MAX_LATENCY_MS, happen });
    });
  }

  #answer(run: Run, place: Place): Promise<void> {
    const slow = this.#outageOf(place)?.slowMs ?? 0;
    const due = this.now + Math.floor(this.random() * slow);
    return new Promise((happen) => {
      this.#add({ run, isRequest: false, due, deadline: Infinity, happen });
    });
  }
}

function unavailable(place: Place, what: string): Unavailable {
  return new Unavailable('DATABASE_UNAVAILABLE', `${place} ${what}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function brief(value: unknown): string {
  return (value === undefined ? '' : JSON.stringify(value)).slice(0, 160);
}
