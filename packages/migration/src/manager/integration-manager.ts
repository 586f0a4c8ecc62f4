import { Conflict, type CutoverSide, type CutoverState, primaryOf } from '@markitect/domain';
import { type Component, HEARTBEAT_EVERY_MS } from '../engine/component.js';
import type { StageFlags } from '../flags/stage-flags.js';
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

/** How long comparisons that are under way may hold up the end, in milliseconds. */
const SHADOW_PATIENCE_MS = 250;

/** Changes that flags ask for within this time are told apart from flags that contradict each other, in milliseconds. */
const FLAPPING_WINDOW_MS = 10_000;
const FLAPPING_CHANGES = 3;

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
    const since = component.clock.now() - FLAPPING_WINDOW_MS;
    const { items } = await component.store.log({ component: component.name, limit: FLAPPING_CHANGES });
    const recent = items.filter(({ action, at }) => action === 'override' && Date.parse(at) > since);
    if (recent.length >= FLAPPING_CHANGES) {
      throw new Conflict(
        'CUTOVER_CHANGED',
        `flags of several processes contradict each other about ${component.name}`,
        {
          details: { component: component.name, stage: state.stage, wanted: wish.stage },
        },
      );
    }
    await operations.override(wish.stage, wish.percent, {
      who: 'flag',
      why: `the flag says ${wish.stage}${wish.stage === 'served' ? ` ${wish.percent} %` : ''}`,
    });
  }

  #failed({ component }: Kept, error: unknown): void {
    this.#options.onFailure(component.name, error);
  }
}

interface Kept {
  readonly component: Component;
  readonly operations: CutoverOperations;
  readonly degradation: Degradation;
}
