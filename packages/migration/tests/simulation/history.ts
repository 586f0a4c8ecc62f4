import { isMarkitectError, primaryOf, type StoredRecord } from '@markitect/domain';
import { STATE_MAX_AGE_MS } from '../../src/engine/component.js';
import type { Cluster } from './cluster.js';
import {
  isLinearizable,
  type KeyAction,
  type KeyOperation,
  type KeyOutcome,
  type KeyState,
} from './linearizable.js';
import type { Place } from './world.js';

/** How long a write waits for a change of stage, in milliseconds. */
const CHANGE_PATIENCE_MS = 15_000;

/** How long before an operation something may have been asked that it shares or goes by, in milliseconds. */
const SHARED_MS = 20_000;

interface Change {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly isOtherPrimary: boolean;
}

/** What the clients have asked and learned, key by key. */
export class History {
  readonly #operations = new Map<string, KeyOperation[]>();
  /** When the last write of a key was asked for that was acknowledged. */
  readonly #acknowledgedAt = new Map<string, number>();
  readonly #cluster: Cluster;
  #ticks = 0;
  reads = 0;
  exemptReads = 0;
  acknowledged = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** A write of one key. Settles when the client has an answer; never throws. */
  async write(
    label: string,
    key: string,
    action: Exclude<KeyAction, { readonly kind: 'read' }>,
    call: () => Promise<StoredRecord | boolean>,
  ): Promise<void> {
    const { world } = this.#cluster;
    const at = world.now;
    // Unknown as long as there is no answer: also when its process crashes.
    const place = this.#begin(key, {
      action,
      outcome: { kind: 'unknown' },
      from: this.#tick(),
      to: Infinity,
      label,
    });
    world.note(`${label} asks`);
    try {
      const answer = await call();
      const state = typeof answer === 'boolean' ? answer : stateOf(answer);
      world.note(`${label} is acknowledged`);
      this.acknowledged += 1;
      this.#acknowledgedAt.set(key, Math.max(at, this.#acknowledgedAt.get(key) ?? 0));
      place({ kind: 'done', state }, this.#tick());
    } catch (error) {
      world.note(`${label} fails: ${error instanceof Error ? error.message : String(error)}`);
      const outcome = this.#failed(label, error, at);
      place(outcome, outcome.kind === 'unknown' ? Infinity : this.#tick());
    }
  }

  /** A read of one key, or of many. */
  async read(
    label: string,
    keys: readonly string[],
    call: () => Promise<readonly (StoredRecord | undefined)[]>,
    query: object = {},
  ): Promise<void> {
    const { world } = this.#cluster;
    const at = world.now;
    const from = this.#tick();
    world.note(`${label} asks`);
    try {
      const answer = await call();
      const to = this.#tick();
      world.note(
        () =>
          `${label} is answered ${JSON.stringify(answer.map((each) => each && [each.version, each.value]))}`,
      );
      this.reads += 1;
      if (this.#isExempt(at)) {
        this.exemptReads += 1;
        return;
      }
      const exempt = this.#cluster.exemptOfLists.get(query);
      for (const [index, key] of keys.entries()) {
        if (exempt?.has(key) !== true)
          this.#begin(key, {
            action: { kind: 'read' },
            outcome: { kind: 'done', state: stateOf(answer[index]) },
            from,
            to,
            label,
          });
      }
    } catch (error) {
      world.note(`${label} fails: ${error instanceof Error ? error.message : String(error)}`);
      this.#failed(label, error, at);
    }
  }

  /** Whether a write of a key was acknowledged that was asked for after all writes go to both sides. */
  isFollowed(key: string): boolean {
    const since = this.#changes().findLast(({ from }) => from === 'legacy');
    return since !== undefined && (this.#acknowledgedAt.get(key) ?? 0) > since.at;
  }

  /** What the clients have seen is what a plain map would have shown them, which holds `last` in the end. */
  check(key: string, last: KeyState, first: KeyState): void {
    const operations = this.#operations.get(key) ?? [];
    if (isLinearizable(operations, last, first)) return;
    const writes = operations.filter(({ action }) => action.kind !== 'read');
    const isKept = isLinearizable(writes, last, first);
    const what = isKept ? 'a read went back in time' : 'an acknowledged write is lost';
    const told = operations
      .map(({ label, outcome, from, to }) => `    ${from}-${to} ${label}: ${JSON.stringify(outcome)}`)
      .join('\n');
    this.#cluster.violate(
      isKept ? 'in-order' : 'kept',
      `${what}: ${key} is ${JSON.stringify(last)} in the end, of\n${told}`,
    );
  }

  /**
   * Reads that may answer with an older state, as documented:
   *
   * - within {@link STATE_MAX_AGE_MS} of a change of the side that answers, in processes that do not know of it yet, and reads
   *   under way during it;
   * - reads under way when the copying ends: in `legacy` and `complete`;
   * - reads about many, of keys that are marked: see {@link Cluster.exemptOfLists};
   * - reads by the last word of the store of the stages, while it is out of reach: where the side that answers has changed since,
   *   or fails, so that the other one is read.
   */
  #isExempt(at: number): boolean {
    const { outages, now } = this.#cluster.world;
    const isDown = (place: Place, since: number): boolean =>
      outages.some((each) => each.place === place && each.to >= since && each.from <= now);
    const isOutOfTouch = isDown('state', at - STATE_MAX_AGE_MS);
    if (isOutOfTouch && (isDown('legacy', at) || isDown('modern', at))) return true;
    return this.#changes().some((change) =>
      change.isOtherPrimary
        ? change.at > at - (isOutOfTouch ? SHARED_MS : STATE_MAX_AGE_MS)
        : (change.to === 'legacy' || change.to === 'complete') && change.at >= at,
    );
  }

  #failed(label: string, error: unknown, at: number): KeyOutcome {
    const unexpected = (): void => {
      const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#cluster.violate('documented', `${label} fails with what is not documented: ${told}`);
    };
    const code = isMarkitectError(error) ? error.code : 'none';
    const details = isMarkitectError(error) ? error.details : {};
    const waited = this.#cluster.world.now - at;
    if (code === 'RECORD_CHANGED' && typeof details.version === 'number')
      return { kind: 'refused', version: details.version };
    if (code === 'RECORD_NOT_FOUND') return { kind: 'refused', version: 0 };
    if (code === 'CUTOVER_SWITCHING') {
      if (waited <= CHANGE_PATIENCE_MS) unexpected();
    } else if (code === 'DATABASE_UNAVAILABLE') {
      if (!this.#isExcused(at)) unexpected();
    } else if (code !== 'CUTOVER_CHANGED' || !this.#wasSilent(at)) unexpected();
    return { kind: 'unknown' };
  }

  /** Whether a place was out of reach that an operation begun at a time needs: not the side that only follows. */
  #isExcused(at: number): boolean {
    const { world } = this.#cluster;
    const downSince = (since: number) =>
      new Set(
        world.outages.filter((each) => each.to >= since && each.from <= world.now).map(({ place }) => place),
      );
    const down = downSince(at);
    // A question about the stage and a heartbeat may be shared with somebody who has asked before, and was frozen since.
    if (downSince(at - SHARED_MS).has('state')) return true;
    const state = this.#cluster.state();
    const stages = [
      state?.stage ?? 'legacy',
      ...this.#changes()
        .filter((each) => each.at >= at - STATE_MAX_AGE_MS)
        .map(({ from }) => from),
    ];
    if (state?.isCarryingOver === true || new Set(stages).size > 1) return down.size > 0;
    return down.has(primaryOf(stages[0] as 'legacy'));
  }

  #wasSilent(at: number): boolean {
    return this.#cluster.world.now - at >= 9000;
  }

  #changes(): Change[] {
    return this.#cluster.book.log
      .filter(({ from, to }) => from.stage !== to.stage)
      .map(({ at, from, to }) => ({
        at: Date.parse(at),
        from: from.stage,
        to: to.stage,
        isOtherPrimary: primaryOf(from.stage) !== primaryOf(to.stage),
      }));
  }

  #begin(key: string, operation: KeyOperation): (outcome: KeyOutcome, to: number) => void {
    const operations = this.#operations.get(key) ?? [];
    this.#operations.set(key, operations);
    const index = operations.push(operation) - 1;
    return (outcome, to) => (operations[index] = { ...operation, outcome, to });
  }

  #tick(): number {
    return (this.#ticks += 1);
  }
}

export function stateOf(record: StoredRecord | undefined): KeyState {
  return record && { value: record.value, version: record.version };
}
