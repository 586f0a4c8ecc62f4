import { type CutoverStage, isMarkitectError } from '@markitect/domain';
import { diff } from '../../src/operations/diff.js';
import { repair } from '../../src/operations/repair.js';
import type { SimulatedProcess } from './cluster.js';
import type { Simulation } from './simulation.js';
import type { Place } from './world.js';

/** What can be done, and how often it is compared with the others. */
const weights = {
  save: 22,
  patch: 8,
  remove: 6,
  get: 18,
  getMany: 4,
  list: 4,
  start: 3,
  climb: 7,
  backfill: 3,
  diff: 3,
  repair: 5,
  switchReads: 3,
  switchWrites: 3,
  reverse: 3,
  cancel: 1,
  complete: 1,
  override: 2,
  outage: 6,
  stateOutage: 2,
  crash: 4,
  freeze: 3,
  wake: 3,
  pass: 4,
  work: 3,
  observe: 2,
} as const;

export type CommandName = keyof typeof weights;

/** One command of a schedule. What it does besides its name is drawn from its seed. */
export interface Command {
  readonly name: CommandName;
  readonly seed: number;
}

export const commandNames: readonly CommandName[] = Object.entries(weights).flatMap(([name, weight]) =>
  Array<CommandName>(weight).fill(name as CommandName),
);

const stages: readonly CutoverStage[] = ['legacy', 'mirror', 'served', 'modern'];

/** Begins a command; what it has begun goes on while the next ones begin. */
export function begin(simulation: Simulation, { name }: Command): void | Promise<void> {
  const { cluster, pick } = simulation;
  const { world } = cluster;
  const who = { who: 'simulation', why: name };
  const some = pick(cluster.processes);
  const operate = (what: string, work: (process: SimulatedProcess) => Promise<unknown>): void =>
    simulation.operate(some, what, () => work(some));
  const { operations, component } = some;
  switch (name) {
    case 'save':
    case 'patch':
    case 'remove':
    case 'get':
    case 'getMany':
    case 'list':
      simulation.client(name);
      return;
    case 'start':
      operate(name, () => operations.start(who));
      return;
    case 'climb':
      operate(name, () => climb(simulation, some));
      return;
    case 'backfill':
      operate(name, () =>
        some.backfill(component, {
          restart: world.random() < 0.3,
          batch: 1 + Math.floor(world.random() * 3),
          signal: simulation.signal(),
        }),
      );
      return;
    case 'diff': {
      const percent = world.random() < 0.2 ? 50 : 100;
      const isRepairing = world.random() < 0.4;
      // To repair from the side that only follows would be to lose writes on purpose.
      operate(name, () =>
        diff(component, {
          restart: world.random() < 0.5,
          ...(isRepairing ? { repair: 'primary' as const } : {}),
          percent,
          signal: simulation.signal(),
        }),
      );
      return;
    }
    case 'repair':
      operate(name, () => repair(component));
      return;
    case 'switchReads':
      operate(name, () => operations.switchReads(pick([0, 30, 70, 100]), who));
      return;
    case 'switchWrites':
      operate(name, () => operations.switchWrites(who));
      return;
    case 'reverse':
      operate(name, () => operations.reverse(who));
      return;
    case 'cancel':
      operate(name, () => operations.cancel(who));
      return;
    case 'complete':
      operate(name, () => operations.complete(who));
      return;
    case 'override': {
      const stage = pick(stages);
      const percent = stage === 'served' ? pick([30, 100]) : stage === 'modern' ? 100 : 0;
      operate(`${name} ${stage} ${percent}`, () => operations.override(stage, percent, who));
      return;
    }
    case 'outage':
      breakdown(simulation, pick(['legacy', 'modern'] as const));
      return;
    case 'stateOutage':
      breakdown(simulation, 'state');
      return;
    case 'crash':
      cluster.crash(cluster.processes.indexOf(some));
      return;
    case 'freeze':
      world.note(`freeze ${some.run.name}`);
      some.run.isFrozen = true;
      return;
    case 'wake':
      for (const { run } of cluster.processes) run.isFrozen = false;
      return;
    case 'pass':
      return world.pass(Math.floor(world.random() * pick([30, 300, 3000])));
    case 'work':
      return world.work(Math.floor(world.random() * pick([300, 3000, 12_000])));
    case 'observe': {
      operate(name, () => simulation.observe(some));
      return;
    }
  }
}

function breakdown({ cluster: { world }, pick, isManaged }: Simulation, place: Place): void {
  const kinds = [
    { before: 1, after: 0, slowMs: 0 },
    { before: 0, after: 1, slowMs: 0 },
    { before: 0.3, after: 0.3, slowMs: 100 },
    { before: 0, after: 0.5, slowMs: 0 },
    { before: 0, after: 0, slowMs: 5000 },
  ];
  world.break(
    { place, ...pick(kinds) },
    Math.floor(world.random() * pick(isManaged ? [300, 8000, 20_000] : [300, 3000, 8000])),
  );
}

/** What somebody does who follows the runbook: everything that the next step asks for, and the step. */
async function climb(
  { pick }: Simulation,
  { component, operations, backfill }: SimulatedProcess,
): Promise<void> {
  const who = { who: 'simulation', why: 'climb' };
  const { stage, percent } = await component.reload();
  if (stage === 'legacy') {
    await operations.start(who);
    return;
  }
  if (stage === 'mirror') await backfill(component, { batch: 2 });
  await repair(component);
  await diff(component, { restart: true, repair: 'primary' });
  if (stage === 'mirror' || percent < 100) await operations.switchReads(pick([20, 60, 100]), who);
  else if (stage === 'served') await operations.switchWrites(who);
  else if (component.random() < 0.2) await operations.complete(who);
}

/** What operations of the engine may fail with. */
export function isDocumented(error: unknown): boolean {
  const codes = [
    'CUTOVER_NOT_READY',
    'CUTOVER_OVER',
    'CUTOVER_CHANGED',
    'CUTOVER_SWITCHING',
    'DATABASE_UNAVAILABLE',
  ];
  return isMarkitectError(error) && codes.includes(error.code);
}
