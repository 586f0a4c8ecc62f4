import { type CutoverSide, otherSide } from '@markitect/domain';
import type { Component } from '../engine/component.js';
import type { ReadRoute } from '../engine/read-path.js';
import { redacted } from './canonical.js';
import { differences } from './differences.js';

/** As many comparisons run at the same time; what comes beyond is not compared, so that nothing waits. */
const MAX_AT_ONCE = 4;

/** How the answers to one read are compared. */
export interface Comparison {
  readonly operation: string;
  readonly keys: readonly string[];
  readonly clean: (answer: unknown) => unknown;
  readonly ignore: ReadonlySet<string>;
  readonly call: (side: CutoverSide) => Promise<unknown>;
}

/**
 * Compares a share of the reads with what the other side answers, by the rules of GitHub's scientist: the answer is never
 * changed or delayed, and nothing of the candidate reaches the caller.
 */
export class Shadow {
  readonly #component: Component;
  readonly #running = new Set<Promise<void>>();

  constructor(component: Component) {
    this.#component = component;
  }

  /** Begins a comparison, or does not: samples, and drops what is too much. */
  consider({ side, isComparable }: ReadRoute, answer: unknown, comparison: Comparison): void {
    const { random, shadowPercent } = this.#component;
    if (!isComparable || this.#running.size >= MAX_AT_ONCE || random() * 100 >= shadowPercent) return;
    const run = this.#compare(side, answer, comparison)
      .catch((error: unknown) => this.#component.onFailure(error))
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Settles when no comparison is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #compare(side: CutoverSide, answer: unknown, comparison: Comparison): Promise<void> {
    const candidate = otherSide(side);
    const { tallies } = this.#component;
    let fields = await this.#differences(side, answer, comparison);
    if (fields.length > 0) {
      // A write between the two reads is no mismatch: what differs for good differs again, with no mark on the key.
      if (await this.#isMarked(comparison.keys)) return;
      const before = JSON.stringify(fields);
      fields = await this.#differences(side, await comparison.call(side), comparison);
      const isSettled = before === JSON.stringify(fields) && !(await this.#isMarked(comparison.keys));
      if (fields.length > 0 && !isSettled) return;
    }
    const [key] = comparison.keys;
    tallies.compared(
      candidate,
      fields.length === 0
        ? undefined
        : { operation: comparison.operation, ...(key === undefined ? {} : { key }), fields },
    );
  }

  async #differences(side: CutoverSide, answer: unknown, comparison: Comparison) {
    const other = await this.#component.tallies.time(otherSide(side), () => comparison.call(otherSide(side)));
    const [legacy, modern] = side === 'legacy' ? [answer, other] : [other, answer];
    return differences(comparison.clean(legacy), comparison.clean(modern), comparison.ignore).map((each) => ({
      path: each.path,
      legacy: redacted(each.legacy),
      modern: redacted(each.modern),
    }));
  }

  async #isMarked(keys: readonly string[]): Promise<boolean> {
    const { store, name, replicas } = this.#component;
    if (replicas === undefined) return false;
    if (keys.length > 0) return (await store.look(name, keys)).marked.length > 0;
    const { inFlight, pending } = await store.depth(name);
    return inFlight + pending > 0;
  }
}
