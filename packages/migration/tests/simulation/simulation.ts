import type { JsonObject, StoredRecord } from '@markitect/domain';
import { InMemoryCutoverStateStore, seededRandom } from '@markitect/testing';
import { canonicalJson } from '../../src/compare/canonical.js';
import { HEARTBEAT_TTL_MS, STATE_MAX_AGE_MS } from '../../src/engine/component.js';
import { repair } from '../../src/operations/repair.js';
import { Cluster, COMPONENT, type SimulatedProcess, type SimulationOptions } from './cluster.js';
import { begin, type Command, isDocumented } from './commands.js';
import { History, stateOf } from './history.js';
import type { Run } from './world.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const SESSIONS = 4;
const PROCESSES = 3;

/** Things that happen between two commands, at most. */
const MAX_STEPS = 16;

/** One schedule, from the first command to the last look. */
export class Simulation {
  readonly cluster: Cluster;
  readonly history: History;
  readonly isManaged: boolean;
  #busy = new Set<number>();
  #under = 0;
  #writes = 0;

  readonly pick = <T>(choices: readonly T[]): T =>
    choices[Math.floor(this.cluster.world.random() * choices.length)] as T;

  constructor(options: SimulationOptions = {}) {
    this.isManaged = options.isManaged ?? false;
    this.cluster = new Cluster(PROCESSES, options);
    this.history = new History(this.cluster);
  }

  /** Runs a schedule. Throws the first violation, with what has happened before it. */
  async run(commands: readonly Command[]): Promise<void> {
    const { cluster } = this;
    const { world } = cluster;
    world.random = seededRandom(1);
    await this.#seed();
    // What matters most can only happen once there are two stores that have everything.
    const climbs = this.isManaged ? 2 : (commands[0]?.seed ?? 0) % 4;
    for (let step = 0; step < climbs; step += 1) {
      await begin(this, { name: 'climb', seed: 0 });
      await world.work(1000);
    }
    for (const command of commands) {
      // Its own choices for each command: those that are left out change nothing for the others.
      world.random = seededRandom(command.seed);
      await begin(this, command);
      const steps = Math.floor(world.random() * MAX_STEPS * (this.isManaged ? 5 : 1));
      for (let step = 0; step < steps; step += 1) await world.step();
      this.#throwViolation();
    }
    // What has not come to its end cannot be compared with anything.
    if (await this.#settle()) await this.#verify();
    cluster.isOver = true;
    this.#throwViolation();
  }

  /** An operation of an operator, in the background. */
  operate({ run }: SimulatedProcess, name: string, work: () => Promise<unknown>): void {
    const { cluster } = this;
    const what = `${run.name} ${name}`;
    cluster.world.note(`${what} begins`);
    const over = this.#begun(run);
    void work().then(
      () => {
        over();
        cluster.world.note(`${what} ends`);
      },
      (error: unknown) => {
        over();
        cluster.world.note(`${what} fails: ${error instanceof Error ? error.message : String(error)}`);
        if (!isDocumented(error)) {
          cluster.violate(
            'documented',
            `${what} fails with what is not documented: ${error instanceof Error ? error.stack : String(error)}`,
          );
        }
      },
    );
  }

  /** A signal that may be aborted at some time. */
  signal(): AbortSignal {
    const controller = new AbortController();
    const { world } = this.cluster;
    if (world.random() < 0.3) world.later(world.random() * 100, () => controller.abort());
    return controller.signal;
  }

  /** Something a client asks, where one has nothing under way. */
  client(name: 'save' | 'patch' | 'remove' | 'get' | 'getMany' | 'list'): void {
    const free = Array.from({ length: SESSIONS }, (_, index) => index).filter(
      (each) => !this.#busy.has(each),
    );
    const { history, pick } = this;
    const { random } = this.cluster.world;
    if (free.length === 0) return;
    const session = pick(free);
    const { run, records } = pick(this.cluster.processes);
    const key = pick(KEYS);
    this.#writes += 1;
    const text = `w${this.#writes}`;
    const expected = random() < 0.35 ? Math.floor(random() * 4) : undefined;
    const label = `s${session}@${run.name} ${name} ${name === 'list' ? '' : key}${name === 'save' || name === 'patch' ? ` ${text}` : ''}${expected === undefined ? '' : ` expects ${expected}`}`;
    const value: JsonObject = name === 'patch' ? { [`f${Math.floor(random() * 3)}`]: text } : { of: text };
    const ask = (): Promise<void> => {
      switch (name) {
        case 'save':
          return history.write(label, key, { kind: name, value, expected }, () =>
            records.save(key, value, expected),
          );
        case 'patch':
          return history.write(label, key, { kind: name, value, expected }, () =>
            records.patch(key, value, expected),
          );
        case 'remove':
          return history.write(label, key, { kind: name, expected }, () => records.remove(key, expected));
        case 'get':
          return history.read(label, [key], async () => [await records.get(key)]);
        case 'getMany': {
          const some = KEYS.slice(0, 3);
          return history.read(label, some, () => records.getMany(some), some);
        }
        case 'list': {
          const query = {};
          const list = async (): Promise<readonly (StoredRecord | undefined)[]> => {
            const { items } = await records.list(query);
            return KEYS.map((each) => items.find((item) => item.key === each));
          };
          return history.read(label, KEYS, list, query);
        }
      }
    };
    this.#busy.add(session);
    const over = this.#begun(run, () => this.#busy.delete(session));
    void ask().then(over);
  }

  /** A process knows a change at the latest after STATE_MAX_AGE_MS. */
  async observe({ component }: SimulatedProcess): Promise<void> {
    const { world, book } = this.cluster;
    const at = world.now - STATE_MAX_AGE_MS;
    const due = book.log.filter((entry) => Date.parse(entry.at) <= at).at(-1);
    const { epoch } = await component.state();
    const made = book.log.filter(({ from, to }) => from.stage !== to.stage || from.percent !== to.percent);
    const known = due === undefined ? 0 : made.filter(({ id }) => id <= due.id).length;
    if (epoch < known + 1)
      this.cluster.violate('known', `${component.process} knows of epoch ${epoch}, ${known + 1} is due`);
  }

  /** Counts what is under way. Answers what is to be called at its end, which is also that of its process. */
  #begun(run: Run, end: () => void = () => undefined): () => void {
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      this.#under -= 1;
      end();
    };
    this.#under += 1;
    this.cluster.onCrash(run, over);
    return over;
  }

  async #seed(): Promise<void> {
    const { stores } = this.cluster;
    for (const key of KEYS.slice(0, 4)) await stores.legacy.save(key, { of: `seed ${key}` });
  }

  /** All is well again: everything under way comes to its end, and what is left is repaired. Answers whether it is so. */
  async #settle(): Promise<boolean> {
    const { cluster } = this;
    const { world } = cluster;
    world.note('all is well');
    world.random = seededRandom(2);
    world.heal();
    // The dead are silent now, and who was frozen has been heard of again.
    await world.work(HEARTBEAT_TTL_MS + 1000);
    for (let second = 0; second < 40 && this.#under > 0; second += 1) await world.work(1000);
    if (this.#under > 0) cluster.violate('ends', `${this.#under} operations do not end`);
    let left = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5 && left > 0; round += 1) {
      if (round > 0) await world.work(10_000);
      const last = this.#first();
      this.operate(last, 'the last repair', async () => {
        await last.component.store.retryRepairs(COMPONENT);
        await repair(last.component);
      });
      for (let second = 0; second < 40 && this.#under > 0; second += 1) await world.work(1000);
      left = cluster.book.marksOf(COMPONENT).length;
    }
    if (left > 0)
      cluster.violate('ends', `repairs do not end: ${JSON.stringify(cluster.book.marksOf(COMPONENT))}`);
    return left === 0 && this.#under === 0;
  }

  #first(): SimulatedProcess {
    return this.cluster.processes[0] as SimulatedProcess;
  }

  async #verify(): Promise<void> {
    const { cluster, history } = this;
    const { stores, processes, world } = cluster;
    // Whoever asks first creates it.
    if (cluster.state() === undefined)
      await new InMemoryCutoverStateStore(cluster.book).create(COMPONENT, '', '');
    const state = cluster.state();
    const primary = state?.stage === 'modern' || state?.stage === 'complete' ? 'modern' : 'legacy';
    for (const key of KEYS) {
      const first = KEYS.indexOf(key) < 4 ? { value: { of: `seed ${key}` }, version: 1 } : undefined;
      history.check(key, stateOf(await stores[primary].get(key)), first);
    }
    const isMirrored = state !== undefined && !['legacy', 'complete'].includes(state.stage);
    if (isMirrored) {
      const isFilled = state.backfill?.status === 'complete';
      for (const key of KEYS.filter((each) => isFilled || history.isFollowed(each))) {
        const [legacy, modern] = [await stores.legacy.get(key), await stores.modern.get(key)];
        if (canonicalJson(legacy) !== canonicalJson(modern)) {
          cluster.violate(
            'alike',
            `${key} is ${JSON.stringify(legacy)} in legacy, ${JSON.stringify(modern)} in modern`,
          );
        }
      }
    }
    const known = new Map<string, string>();
    for (const { component, run } of processes) {
      void Promise.resolve(component.state()).then(({ stage, percent }) =>
        known.set(run.name, `${stage} ${percent}`),
      );
    }
    await world.work(1000);
    for (const { run } of processes) {
      if (known.get(run.name) !== `${state?.stage} ${state?.percent}`) {
        cluster.violate('known', `${run.name} knows ${known.get(run.name)}`);
      }
    }
  }

  #throwViolation(): void {
    const [first] = this.cluster.violations;
    if (first === undefined) return;
    first.message += `\n\nWhat has happened (ms, what):\n${this.cluster.world.trace()}`;
    throw first;
  }
}
