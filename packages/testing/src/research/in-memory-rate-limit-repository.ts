import { type RateLimit, rateLimit, type RateLimitState, type Timestamp } from '@markitect/domain';
import {
  nextPermit,
  nextPermitTime,
  paceOf,
  type RateLimitRepository,
  type RatePace,
  type RatePermit,
  renewedPermit,
} from '@markitect/ports';

/** What is known of a name; without a limit it is only held back. */
interface Rate {
  readonly name: string;
  readonly pace?: RatePace;
  readonly heldUntil: number;
  readonly updatedAt: number;
}

/** Rates for tests, kept in memory, with the whole contract. */
export class InMemoryRateLimitRepository implements RateLimitRepository {
  readonly #rates = new Map<string, Rate>();
  readonly #now: () => number;

  /** `now`: the time in milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async check(name: string): Promise<RateLimitState | undefined> {
    await Promise.resolve();
    return stateOf(this.#rates.get(name));
  }

  async list(): Promise<readonly RateLimitState[]> {
    await Promise.resolve();
    return [...this.#rates.values()]
      .flatMap((rate) => stateOf(rate) ?? [])
      .sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
  }

  async take(name: string, maxWaitMs: number, unused?: RatePermit): Promise<RatePermit | undefined> {
    await Promise.resolve();
    const now = this.#now();
    const { pace, heldUntil } = this.#rates.get(name) ?? { heldUntil: 0 };
    if (pace === undefined) {
      const at = Math.max(now, heldUntil);
      return at > now + maxWaitMs ? undefined : { at: stamp(at) };
    }
    const step = (unused && renewedPermit(pace, unused, now)) ?? nextPermit(pace, now, maxWaitMs);
    if (step !== undefined) this.#store(name, step.pace);
    return step?.permit;
  }

  async holdBack(name: string, until: Timestamp): Promise<void> {
    await Promise.resolve();
    const { pace, heldUntil: before = 0 } = this.#rates.get(name) ?? {};
    const heldUntil = Math.max(Date.parse(until), before);
    if (pace !== undefined) this.#store(name, { ...pace, heldUntil });
    else this.#rates.set(name, { name, heldUntil, updatedAt: this.#now() });
  }

  async update(limit: RateLimit): Promise<void> {
    await Promise.resolve();
    const { name } = rateLimit(limit);
    const { pace, heldUntil = 0 } = this.#rates.get(name) ?? {};
    this.#store(name, paceOf(limit, pace ?? { usedUntil: 0, heldUntil, lanes: [] }));
  }

  async reset(name: string): Promise<boolean> {
    await Promise.resolve();
    const pace = this.#rates.get(name)?.pace;
    if (pace !== undefined) this.#store(name, paceOf(pace));
    return pace !== undefined;
  }

  async remove(name: string): Promise<boolean> {
    await Promise.resolve();
    const hadLimit = this.#rates.get(name)?.pace !== undefined;
    this.#rates.delete(name);
    return hadLimit;
  }

  #store(name: string, pace: RatePace): void {
    this.#rates.set(name, { name, pace, heldUntil: pace.heldUntil, updatedAt: this.#now() });
  }
}

function stateOf(rate: Rate | undefined): RateLimitState | undefined {
  if (rate?.pace === undefined) return undefined;
  const { name, pace, updatedAt } = rate;
  const { perSecond, burst } = pace;
  return { name, perSecond, burst, nextAt: stamp(nextPermitTime(pace)), updatedAt: stamp(updatedAt) };
}

function stamp(ms: number): Timestamp {
  return new Date(Math.ceil(ms)).toISOString();
}
