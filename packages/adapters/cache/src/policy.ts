import type { CachePolicy } from '@markitect/ports';

const MINUTE = 60_000;

/** What holds where nobody says otherwise. */
export const defaultPolicy: CachePolicy = Object.freeze({
  ttlMs: 5 * MINUTE,
  graceMs: 0,
  graceBackoffMs: 1000,
  softTimeoutMs: Number.POSITIVE_INFINITY,
  hardTimeoutMs: Number.POSITIVE_INFINITY,
  eagerFrom: 1,
  jitter: 0,
  negativeTtlMs: 0,
  tags: Object.freeze([]),
  bytes: undefined,
});

/** How the components of this product keep their values. By content: the key is a hash, so it never gets old. */
export const componentPolicies = Object.freeze({
  profiles: Object.freeze({ ttlMs: 30 * MINUTE, graceMs: 30 * MINUTE, jitter: 0.1 }),
  configuration: Object.freeze({ ttlMs: 120 * MINUTE, graceMs: 120 * MINUTE, jitter: 0.1 }),
  analytics: Object.freeze({ ttlMs: 5 * MINUTE, graceMs: 5 * MINUTE, jitter: 0.1 }),
  documents: Object.freeze({ ttlMs: Number.POSITIVE_INFINITY }),
  issues: Object.freeze({ ttlMs: Number.POSITIVE_INFINITY }),
}) satisfies Record<string, Partial<CachePolicy>>;

/** Later policies count, tags add up; `undefined` leaves what is there. */
export function mergePolicy(
  base: CachePolicy,
  ...changes: readonly (Partial<CachePolicy> | undefined)[]
): CachePolicy {
  let merged = base;
  for (const change of changes) {
    if (change === undefined) continue;
    const said = Object.entries(change).filter(
      ([name, value]) => value !== undefined && name in defaultPolicy,
    );
    if (said.length === 0) continue;
    const tags = change.tags === undefined ? merged.tags : [...new Set([...merged.tags, ...change.tags])];
    merged = { ...merged, ...(Object.fromEntries(said) as Partial<CachePolicy>), tags };
  }
  return merged;
}

/** When something kept now stops being fresh and being kept. */
export interface Lifetime {
  readonly freshUntil: number;
  readonly keptUntil: number;
  /** When a read asks for a new value in the background. */
  readonly eagerAt: number;
}

export function lifetime(
  policy: CachePolicy,
  isNegative: boolean,
  now: number,
  random: () => number,
): Lifetime {
  const whole = isNegative ? policy.negativeTtlMs : policy.ttlMs;
  const ttlMs = policy.jitter > 0 && Number.isFinite(whole) ? whole * (1 - policy.jitter * random()) : whole;
  const freshUntil = now + ttlMs;
  const keptUntil = isNegative ? freshUntil : freshUntil + policy.graceMs;
  const eagerAt =
    policy.eagerFrom < 1 && Number.isFinite(ttlMs) ? now + ttlMs * policy.eagerFrom : freshUntil;
  return { freshUntil, keptUntil, eagerAt };
}
