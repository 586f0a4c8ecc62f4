import {
  Conflict,
  type CutoverLogEntry,
  type CutoverSide,
  type CutoverState,
  primaryOf,
} from '@markitect/domain';
import { type Component, HEARTBEAT_EVERY_MS } from '../engine/component.js';
import type { StageFlags, StageWish } from '../flags/stage-flags.js';
import { CutoverOperations } from '../operations/cutover-operations.js';
import { repair } from '../operations/repair.js';
import { Degradation, type Probe } from './degradation.js';
import { watch } from './guard.js';

/** A component to be kept, and how to find out whether its sides can be used. */
export interface ManagedComponent {
  readonly component: Component;
  readonly probe: Probe;
}

/** How components are kept. Times in milliseconds. */
export interface IntegrationOptions {
  readonly flags?: StageFlags;
  /** Between looks at flags, repairs and measurements. Default 250. */
  readonly tickMs?: number;
  /** Between looks at both sides, and of the guard. Default 2,000. */
  readonly probeMs?: number;
  readonly onFailure?: (component: string, error: unknown) => void;
  /** Told when a flag has moved a component: for all processes, and also when the flag is gone. */
  readonly onOverride?: (component: string, from: StageWish, to: StageWish) => void;
}

/** How a component is. */
export interface ComponentHealth {
  readonly component: string;
  readonly state: CutoverState;
  readonly isUp: Readonly<Record<CutoverSide, boolean>>;
  /** The other side answers while the one that should is down. */
  readonly isDegraded: boolean;
  readonly repairs: { readonly inFlight: number; readonly pending: number };
}

/** As many lines of the log are looked at for changes by flags. */
const LINES = 50;

/** How long comparisons that are under way may hold up the end, in milliseconds. */
const SHADOW_PATIENCE_MS = 250;

/**
 * So many changes by flags within such a time, in milliseconds, that each take back the one before: then flags contradict
 * each other, and none is followed until the time is over. The second keeps those that go on from fighting for ever.
 */
const FLAPPING = [
  { turns: 2, withinMs: 10_000 },
  { turns: 5, withinMs: 3_600_000 },
] as const;

/** Starts, watches and stops the components of a process. */
export class IntegrationManager {
  readonly #kept: readonly Kept[];
  readonly #options: Required<Omit<IntegrationOptions, 'flags'>> & Pick<IntegrationOptions, 'flags'>;
  #running: Promise<unknown> | undefined;
  #isStopping = false;

  constructor(components: readonly ManagedComponent[], options: IntegrationOptions = {}) {
    this.#options = {
      tickMs: 250,
      probeMs: 2000,
      onFailure: () => undefined,
      onOverride: () => undefined,
      ...options,
    };
    this.#kept = components.map(({ component, probe }) => {
      const operations = new CutoverOperations(component);
      return { component, operations, degradation: new Degradation(component, operations, probe) };
    });
  }

  /** Says that this process is there, and follows the flags once: all that a process needs that ends in a moment. */
  async announce(): Promise<void> {
    for (const kept of this.#kept) await this.#beat(kept);
    for (const kept of this.#kept)
      await this.#follow(kept).catch((error: unknown) => this.#failed(kept, error));
  }

  /** Does as {@link announce}, and goes on in the background until {@link stop}. */
  async start(): Promise<void> {
    this.#isStopping = false;
    await this.announce();
    this.#running = Promise.all(this.#kept.map((kept) => this.#keep(kept)));
  }

  /** Settles when nothing runs in the background any more and what was measured is with the store. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
    this.#running = undefined;
    for (const { component } of this.#kept) {
      await component.shadow.end(SHADOW_PATIENCE_MS);
      await component.tallies.flush(component.store).catch(component.onFailure);
    }
  }

  async health(): Promise<readonly ComponentHealth[]> {
    return Promise.all(
      this.#kept.map(async ({ component, degradation }) => ({
        component: component.name,
        state: await component.reload(),
        isUp: { legacy: degradation.isUp('legacy'), modern: degradation.isUp('modern') },
        isDegraded: (await degradation.degradedFrom()) !== undefined,
        repairs: await component.store.depth(component.name),
      })),
    );
  }

  async #keep(kept: Kept): Promise<void> {
    const { component } = kept;
    const { tickMs, probeMs } = this.#options;
    // Each in a loop of its own: a repair that takes long must not keep the heart from beating.
    const chore = async (ms: number, work: () => Promise<unknown>): Promise<void> => {
      const goesOn = (): boolean => !this.#isStopping;
      while (goesOn()) {
        const due = component.clock.now() + ms;
        await work().catch((error: unknown) => this.#failed(kept, error));
        while (goesOn() && component.clock.now() < due) await component.clock.sleep(Math.min(ms, tickMs));
      }
    };
    await Promise.all([
      chore(HEARTBEAT_EVERY_MS, () => this.#beat(kept)),
      chore(tickMs, () => this.#follow(kept)),
      chore(tickMs, () => repair(component)),
      chore(1000, () => component.tallies.flush(component.store)),
      chore(probeMs, () => kept.degradation.check()),
      chore(probeMs, () => watch(component, kept.operations)),
    ]);
  }

  #beat({ component }: Kept): Promise<void> {
    return component.beat();
  }

  /** Makes the stage what a flag says, unless flags of several processes contradict each other. */
  async #follow(kept: Kept): Promise<void> {
    const { component, operations } = kept;
    const state = await component.reload();
    const wish = await this.#options.flags?.wish(state);
    // While a side is down the other one stands in for it, whatever the flag says.
    if (wish === undefined || !kept.degradation.isUp(primaryOf(wish.stage))) return;
    if (await this.#isFlapping(component)) {
      throw new Conflict(
        'CUTOVER_CHANGED',
        `flags of several processes contradict each other about ${component.name}`,
        { details: { component: component.name, stage: state.stage, wanted: wish.stage } },
      );
    }
    await operations.override(wish.stage, wish.percent, {
      who: 'flag',
      why: `the flag says ${wish.stage}${wish.stage === 'served' ? ` ${wish.percent} %` : ''}`,
    });
    const from = { stage: state.stage, percent: state.percent };
    this.#options.onOverride(component.name, from, wish);
  }

  async #isFlapping({ name, store, clock }: Component): Promise<boolean> {
    const { items } = await store.log({ component: name, limit: LINES });
    const byHand = items.findIndex(({ action, from, to }) => action !== 'override' && !isSamePlace(from, to));
    const overrides = items
      .slice(0, byHand === -1 ? items.length : byHand)
      .filter(({ action }) => action === 'override');
    const turns = overrides.filter((each, index) => {
      const before = overrides[index + 1];
      return before !== undefined && isSamePlace(each.to, before.from);
    });
    return FLAPPING.some(({ turns: most, withinMs }) => {
      const since = clock.now() - withinMs;
      return turns.filter(({ at }) => Date.parse(at) > since).length >= most;
    });
  }

  #failed({ component }: Kept, error: unknown): void {
    this.#options.onFailure(component.name, error);
  }
}

function isSamePlace(from: CutoverLogEntry['from'], to: CutoverLogEntry['to']): boolean {
  return from.stage === to.stage && from.percent === to.percent;
}

interface Kept {
  readonly component: Component;
  readonly operations: CutoverOperations;
  readonly degradation: Degradation;
}
