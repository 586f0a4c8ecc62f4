/**
 * Where a component stands between its two stores. `legacy`: only legacy is used. `mirror`: legacy answers, writes go
 * to both. `served`: as `mirror`, but a share of the keys is read from modern. `modern`: modern answers, writes go to
 * both. `complete`: only modern is used; nothing leads back.
 */
export const cutoverStages = ['legacy', 'mirror', 'served', 'modern', 'complete'] as const;
export type CutoverStage = (typeof cutoverStages)[number];

/** The two stores of a component. */
export const cutoverSides = ['legacy', 'modern'] as const;
export type CutoverSide = (typeof cutoverSides)[number];

/** The side that is written first and decides: the other one follows. */
export function primaryOf(stage: CutoverStage): CutoverSide {
  return stage === 'modern' || stage === 'complete' ? 'modern' : 'legacy';
}

export function otherSide(side: CutoverSide): CutoverSide {
  return side === 'legacy' ? 'modern' : 'legacy';
}

/** Whether writes go to both sides. */
export function isMirrored(stage: CutoverStage): boolean {
  return stage !== 'legacy' && stage !== 'complete';
}

/** The stage one step back, at once and at any time; `undefined`: there is none. */
export function reverseOf(stage: CutoverStage): CutoverStage | undefined {
  const back = {
    legacy: undefined,
    mirror: 'legacy',
    served: 'mirror',
    modern: 'served',
    complete: undefined,
  } as const;
  return back[stage];
}

/** A value from 0 up to but not including 100 for a key: always the same, in every process. FNV-1a (Fowler, Noll, Vo). */
export function shareOfKey(component: string, key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${component}\0${key}`)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  // Its low bits are the better ones for short texts; avalanche them (murmur3's finalizer) before dividing.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return ((hash >>> 0) / 2 ** 32) * 100;
}
