import type { LeaseAnswer, LeaseOutcome, LeaseStore } from '@markitect/ports';
import { systemTime, type Time } from '../time.js';

interface Held {
  readonly token: string;
  readonly until: number;
  readonly outcome: LeaseOutcome | undefined;
}

/** Leases among the cache managers of one process. One manager alone needs none. Never fails. */
export class InProcessLeaseStore implements LeaseStore {
  readonly #held = new Map<string, Held>();
  readonly #time: Pick<Time, 'now'>;
  #tokens = 0;

  constructor(time: Pick<Time, 'now'> = systemTime) {
    this.#time = time;
  }

  acquire(name: string, ttlMs: number): Promise<LeaseAnswer> {
    const now = this.#time.now();
    const held = this.#held.get(name);
    if (held !== undefined && held.until > now) {
      if (held.outcome?.kind === 'failed') {
        return Promise.resolve({ kind: 'failed', failure: held.outcome.failure });
      }
      return Promise.resolve({ kind: 'held', forMs: held.until - now });
    }
    this.#tokens += 1;
    const token = String(this.#tokens);
    this.#held.set(name, { token, until: now + ttlMs, outcome: undefined });
    return Promise.resolve({ kind: 'granted', token });
  }

  renew(name: string, token: string, ttlMs: number): Promise<boolean> {
    const now = this.#time.now();
    const held = this.#held.get(name);
    if (held?.token !== token || held.outcome !== undefined || held.until <= now)
      return Promise.resolve(false);
    this.#held.set(name, { ...held, until: now + ttlMs });
    return Promise.resolve(true);
  }

  release(name: string, token: string, outcome: LeaseOutcome): Promise<void> {
    const held = this.#held.get(name);
    if (held?.token !== token || held.outcome !== undefined) return Promise.resolve();
    if (outcome.kind === 'done') this.#held.delete(name);
    else this.#held.set(name, { token, until: this.#time.now() + outcome.keepMs, outcome });
    this.#forgetEnded();
    return Promise.resolve();
  }

  #forgetEnded(): void {
    if (this.#held.size < 1000) return;
    const now = this.#time.now();
    for (const [name, { until }] of this.#held) if (until <= now) this.#held.delete(name);
  }
}
