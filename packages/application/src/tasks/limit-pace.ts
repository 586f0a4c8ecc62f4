import type { TaskLimit } from '@markitect/domain';

/** What is waiting for a rate to let it begin is asked for no more often than this … */
const SHORTEST_MS = 5;
/** … and no less often, as long as there are rates. */
const LONGEST_MS = 250;
/** A permit that is late costs a tenth of the time between two at most. */
const LOOKS_PER_PERMIT = 10;
/** After so many looks in vain, which is twice the time between two permits, nothing may be waiting at all. */
const PATIENCE = 2 * LOOKS_PER_PERMIT;

/** How often a worker asks for tasks that a limit holds back: when a rate lets one begin, nobody tells. */
export class LimitPace {
  #count = 0;
  #hasRates = false;
  #waitMs = LONGEST_MS;
  #inVain = PATIENCE;

  /** Whether there are any limits: then the end of one task may let another begin. */
  get hasLimits(): boolean {
    return this.#count > 0;
  }

  /** How long to wait before asking again; `undefined`: no rate holds anything back. */
  get waitMs(): number | undefined {
    return this.#hasRates ? this.#waitMs : undefined;
  }

  /** Notes the limits there are, and how many tasks have come. When none come for long, the waits get longer. */
  note(limits: readonly TaskLimit[], claimed: number): void {
    this.#count = limits.length;
    const rates = limits.map(({ perSecond }) => perSecond).filter((rate) => rate !== undefined);
    this.#hasRates = rates.length > 0;
    this.#inVain = claimed > 0 ? 0 : this.#inVain + 1;
    const wait = 1000 / Math.max(1, ...rates) / LOOKS_PER_PERMIT;
    this.#waitMs =
      this.#inVain <= PATIENCE
        ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wait))
        : Math.min(LONGEST_MS, this.#waitMs * 2);
  }
}
