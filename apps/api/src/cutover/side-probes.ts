import { setTimeout as sleep } from 'node:timers/promises';
import { type CutoverSide, cutoverSides, isMarkitectError, Timeout } from '@markitect/domain';
import type { MovedComponent } from './moved-component.js';

/** Why a side cannot be used. */
export interface SideFailure {
  readonly code: string;
  readonly message: string;
}

/** How both sides of a component are. */
export interface SideHealth {
  readonly isUp: Readonly<Record<CutoverSide, boolean>>;
  /** Of the sides that are down. */
  readonly failures: Readonly<Partial<Record<CutoverSide, SideFailure>>>;
}

/** What can be asked how it is. */
type Probed = Pick<MovedComponent, 'probe'> & {
  readonly component: Pick<MovedComponent['component'], 'name'>;
};

/** How long a side has for its answer, in milliseconds. */
const LIMIT_MS = 1000;

/** Looks whether the sides of components can be used. */
export class SideProbes {
  readonly #limitMs: number;
  readonly #asking = new Map<string, Promise<void>>();

  constructor(limitMs = LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** Asks both sides once, and waits a second at most. Never throws. */
  async look(moved: Probed): Promise<SideHealth> {
    const [legacy, modern] = await Promise.all(cutoverSides.map((side) => this.#failureOf(moved, side)));
    return {
      isUp: { legacy: legacy === undefined, modern: modern === undefined },
      failures: {
        ...(legacy === undefined ? {} : { legacy }),
        ...(modern === undefined ? {} : { modern }),
      },
    };
  }

  async #failureOf(moved: Probed, side: CutoverSide): Promise<SideFailure | undefined> {
    const over = new AbortController();
    const limit = async (): Promise<void> => {
      await sleep(this.#limitMs, undefined, { signal: over.signal });
      throw new Timeout('DEADLINE_EXCEEDED', `${side} has not answered within ${this.#limitMs / 1000} s`);
    };
    try {
      await Promise.race([this.#ask(moved, side), limit()]);
      return undefined;
    } catch (error) {
      if (isMarkitectError(error)) return { code: error.code, message: error.message };
      return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
    } finally {
      over.abort();
    }
  }

  /** A question that hangs is not put again: each would hold a thread. */
  #ask({ component, probe }: Probed, side: CutoverSide): Promise<void> {
    const name = `${component.name} ${side}`;
    const asking = this.#asking.get(name);
    if (asking !== undefined) return asking;
    const asked = (async () => probe(side))().finally(() => this.#asking.delete(name));
    this.#asking.set(name, asked);
    // It may fail when nobody waits any more.
    asked.catch(() => undefined);
    return asked;
  }
}
