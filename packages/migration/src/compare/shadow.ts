import { type CutoverSide, otherSide } from '@markitect/domain';
import type { Component } from '../engine/component.js';
import type { ReadRoute } from '../engine/read-path.js';
import { redacted } from './canonical.js';
import { differences } from './differences.js';

/** As many comparisons run at the same time. */
const AT_ONCE = 4;

/** As many wait or run; what comes beyond is not compared: so comparisons take some hundredths of a busy process's time. */
const MAX_OPEN = 64;

/** For so long they are gathered, in milliseconds: made together they are in the way of few reads, and not of each. */
const GATHER_MS = 100;

const STEP_MS = 5;

/** How the answers to one read are compared. */
export interface Comparison {
  readonly operation: string;
  readonly keys: readonly string[];
  /** True: nothing else is looked at. */
  readonly isAlike: (legacy: unknown, modern: unknown) => boolean;
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
  readonly #waiting: (() => Promise<void>)[] = [];
  /** Comparisons that wait or run. */
  #open = 0;
  #isGathering = false;

  constructor(component: Component) {
    this.#component = component;
  }

  /** Has an answer compared in a moment, or not: samples, and drops what is too much. */
  consider({ side, isComparable }: ReadRoute, answer: unknown, comparison: Comparison): void {
    const { random, shadowPercent } = this.#component;
    if (!isComparable || this.#open >= MAX_OPEN || random() * 100 >= shadowPercent) return;
    this.#waiting.push(() => this.#compare(side, answer, comparison));
    this.#open += 1;
    if (!this.#isGathering) void this.#gather();
  }

  /** Compares what waits now, and settles when nothing is left to do or a side takes longer than that. Never throws. */
  async end(patienceMs: number): Promise<void> {
    const { clock } = this.#component;
    const until = clock.now() + patienceMs;
    void this.#burst();
    // In short steps: one timer for the whole of it would keep a command alive.
    while (this.#open > 0 && clock.now() < until) await clock.sleep(STEP_MS);
  }

  async #gather(): Promise<void> {
    this.#isGathering = true;
    await this.#component.clock.sleep(GATHER_MS);
    this.#isGathering = false;
    await this.#burst();
  }

  async #burst(): Promise<void> {
    const due = this.#waiting.splice(0).values();
    const take = async (): Promise<void> => {
      for (const compare of due) {
        await compare().catch(this.#component.onFailure);
        this.#open -= 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, take));
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
    if (comparison.isAlike(legacy, modern)) return [];
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
