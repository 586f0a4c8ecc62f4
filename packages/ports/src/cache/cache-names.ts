import type { Invalidation } from './invalidation-log.js';

/** The name of everything in the log. */
export const EVERYTHING = '*';

/** The name of a key outside its namespace, as tiers, the log and `Transaction.cache.invalidate` take it. */
export function cacheKey(namespace: string, key: string): string {
  return `${namespace}:${key}`;
}

/** The tag that everything of a namespace carries: `invalidateTags([namespaceTag('profiles')])` clears it. */
export function namespaceTag(namespace: string): string {
  return `namespace/${namespace}`;
}

/** The name under which a log keeps an invalidation: `k:<key>`, `t:<tag>`, `x:<key>` (expiry), `*`. */
export function invalidationName(invalidation: Invalidation): string {
  switch (invalidation.kind) {
    case 'all':
      return EVERYTHING;
    case 'key':
      return `k:${invalidation.name}`;
    case 'tag':
      return `t:${invalidation.name}`;
    case 'expiry':
      return `x:${invalidation.name}`;
  }
}
