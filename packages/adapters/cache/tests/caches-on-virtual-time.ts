import { afterEach, beforeEach } from '@jest/globals';
import { VirtualTime } from '@markitect/testing';
import { CacheManager, type CacheManagerOptions } from '../src/index.js';

/** Caches on a time that passes when the test says so; a new time for each test, and what was opened is closed. */
export function cachesOnVirtualTime() {
  let time = new VirtualTime();
  let managers: CacheManager[] = [];
  beforeEach(() => {
    time = new VirtualTime();
    managers = [];
  });
  afterEach(() => Promise.all(managers.map((each) => each.close())));

  return {
    now: () => time.now(),
    advance: (ms: number) => time.advance(ms),
    settle: () => time.settle(),
    /** A manager with memory whose values last a second, unless the options say otherwise. */
    open(options: CacheManagerOptions = {}): CacheManager {
      const manager = new CacheManager({
        memory: { maxBytes: 1_000_000 },
        time: { now: () => time.now(), after: (ms, callback) => time.after(ms, callback) },
        random: () => 0.5,
        defaults: { ttlMs: 1000 },
        ...options,
      });
      managers.push(manager);
      return manager;
    },
    /** An answer that takes a while. */
    slow: <T>(ms: number, value: T) =>
      new Promise<T>((resolve) => {
        time.after(ms, () => resolve(value));
      }),
    failSlowly: (ms: number) =>
      new Promise<never>((_, reject) => {
        time.after(ms, () => reject(new Error('the source failed')));
      }),
  };
}

/** What has come of a promise so far. */
export function watch<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: unknown; isSettled: boolean } = { isSettled: false };
  promise.then(
    (value) => Object.assign(seen, { value, isSettled: true }),
    (error: unknown) => Object.assign(seen, { error, isSettled: true }),
  );
  return seen;
}
