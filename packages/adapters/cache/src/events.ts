/** What happens in a cache, by name. */
export interface CacheEventMap {
  /** A fresh value was served; `tier` is `memory` or the name of a tier below. */
  readonly hit: { readonly namespace: string; readonly key: string; readonly tier: string };
  /** No tier had a value that is valid. */
  readonly miss: { readonly namespace: string; readonly key: string };
  /** An expired value was served within its grace. */
  readonly stale: { readonly namespace: string; readonly key: string };
  /** A value was kept: by `set`, or because a factory made it. */
  readonly set: { readonly namespace: string; readonly key: string };
  /** A value left memory because there was no room. */
  readonly evict: { readonly namespace: string; readonly key: string };
  /** A factory made a value; `ms` is how long it took. */
  readonly refresh: { readonly namespace: string; readonly key: string; readonly ms: number };
  readonly 'refresh-failed': { readonly namespace: string; readonly key: string; readonly error: unknown };
  /** A tier failed or was slow too often and is done without. */
  readonly 'tier-down': { readonly tier: string; readonly error: unknown };
  readonly 'tier-up': { readonly tier: string };
}

type Listener<E extends keyof CacheEventMap> = (event: CacheEventMap[E]) => void;

/** Tells listeners what happens, at once and in order. What a listener throws is dropped. */
export class CacheEvents {
  readonly #listeners: { [E in keyof CacheEventMap]?: Set<Listener<E>> } = {};
  /** Whether anybody listens for hits: looked at on each of them. */
  hasHit = false;

  /** Listens until the answered function is called. */
  on<E extends keyof CacheEventMap>(name: E, listener: Listener<E>): () => void {
    const listeners: Set<Listener<E>> = this.#listeners[name] ?? new Set();
    Object.assign(this.#listeners, { [name]: listeners });
    listeners.add(listener);
    if (name === 'hit') this.hasHit = true;
    return () => {
      listeners.delete(listener);
      if (name === 'hit') this.hasHit = listeners.size > 0;
    };
  }

  emit<E extends keyof CacheEventMap>(name: E, event: CacheEventMap[E]): void {
    const listeners = this.#listeners[name];
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(event);
      } catch {
        // A listener is a guest here.
      }
    }
  }
}
