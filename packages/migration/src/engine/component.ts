import { Conflict, type CutoverSide, type CutoverState } from '@markitect/domain';
import type { CutoverMark, CutoverStateStore, MarkToken, ReplicaStore } from '@markitect/ports';
import { Shadow } from '../compare/shadow.js';
import { type Clock, systemClock } from './clock.js';
import { isFaultOfStore } from './failure-of.js';
import { KeyTurns } from './key-turns.js';
import { Leftovers } from './leftovers.js';
import { Tallies } from './tallies.js';

/** How a component is made known to the engine. */
export interface ComponentOptions {
  readonly name: string;
  readonly store: CutoverStateStore;
  /** Both sides as they are copied. Without them both sides are one store, reached in two ways: nothing is copied. */
  readonly replicas?: Readonly<Record<CutoverSide, ReplicaStore>>;
  /** Names this process, or this run of it: unique on all machines that share the store, and never used again. */
  readonly process: string;
  readonly clock?: Clock;
  /** Numbers from 0 up to but not including 1, for samples. */
  readonly random?: () => number;
  /** The share of reads that are compared, 0 to 100. Default 10. */
  readonly shadowPercent?: number;
  /** Told of what failed beside an answer, and is made good later. Default: nobody is. */
  readonly onFailure?: (error: unknown) => void;
}

/** How old the known stage may be when it is acted upon: within this time all processes see a change. */
export const STATE_MAX_AGE_MS = 250;

/** A process that was not heard of for so long is silent: what it has in flight is taken over. */
export const HEARTBEAT_TTL_MS = 5000;

/** How often a process with something to do is heard of. {@link Component.beat} in between costs a small write. */
export const HEARTBEAT_EVERY_MS = 1500;

/**
 * Nothing is begun on a store when the last heartbeat is so old: so it is over, or this process is frozen, when others
 * take it over.
 */
const STEP_MAX_AGE_MS = HEARTBEAT_TTL_MS / 2;

/**
 * While the store of the stages cannot be asked, reads go by what it said last, if that was so short before, in
 * milliseconds: a component that nobody has looked at for long may have moved on.
 */
const LAST_WORD_MS = 2500;

/** How long a write waits for a change of stage. */
const CHANGE_PATIENCE_MS = 15_000;
const CHANGE_PAUSE_MS = 20;

/** A component in this process: what its operations share. */
export class Component {
  readonly name: string;
  readonly store: CutoverStateStore;
  readonly replicas: Readonly<Record<CutoverSide, ReplicaStore>> | undefined;
  readonly process: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly shadowPercent: number;
  readonly onFailure: (error: unknown) => void;
  readonly turns = new KeyTurns();
  readonly tallies: Tallies;
  readonly shadow: Shadow;
  /** Marks that could not be ended when their write was over. */
  readonly leftovers: Leftovers;
  /** What reads go by while the store of the stages cannot be asked. */
  #lastWord: CutoverState | undefined;
  #known: { readonly state: CutoverState; readonly at: number } | undefined;
  #asking: Promise<CutoverState> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #askingNext: Promise<CutoverState> | undefined;
  #beating: Promise<void> | undefined;
  #heardOfAt = Number.NEGATIVE_INFINITY;
  #tokens = 0;
  /** How often this process was not heard of for too long, and the last token it had given then. */
  #silences = 0;
  #lastBroken = 0;
  /** Older tokens and their keys whose marks were renewed since. */
  readonly #renewed = new Set<string>();

  constructor(options: ComponentOptions) {
    this.name = options.name;
    this.store = options.store;
    this.replicas = options.replicas;
    this.process = options.process;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.shadowPercent = options.shadowPercent ?? 10;
    this.onFailure = options.onFailure ?? (() => undefined);
    this.tallies = new Tallies(options.name, this.clock);
    this.shadow = new Shadow(this);
    this.leftovers = new Leftovers(this.store, this.clock, this.onFailure);
  }

  /**
   * Where the component stands, at most {@link STATE_MAX_AGE_MS} ago. A component that was never started stands in `legacy`. Throws what
   * the store throws.
   */
  state(): CutoverState | Promise<CutoverState> {
    const known = this.#known;
    const isFresh = known !== undefined && this.clock.now() - known.at < STATE_MAX_AGE_MS;
    if (isFresh) return known.state;
    // An answer that is long under way may be from before a change.
    const isAsked = this.#asking !== undefined && this.clock.now() - this.#askedAt < STATE_MAX_AGE_MS;
    return isAsked && this.#asking !== undefined ? this.#asking : this.reload();
  }

  /** The store of the stages could not be asked the last time: reads go by what it said before, and writes fail. */
  get isOutOfTouch(): boolean {
    return this.#lastWord !== undefined;
  }

  /**
   * Where reads may go: as {@link state}; while the store of the stages fails, by its last word (`isCurrent` false), if
   * there is one, without waiting for the next. Throws what the store throws.
   */
  async standing(): Promise<{ readonly state: CutoverState; readonly isCurrent: boolean }> {
    const word = this.#lastWord;
    if (word !== undefined && this.clock.now() - this.#askedAt < STATE_MAX_AGE_MS) {
      return { state: word, isCurrent: false };
    }
    try {
      return { state: await this.state(), isCurrent: true };
    } catch (error) {
      if (this.#lastWord === undefined) throw error;
      this.onFailure(error);
      return { state: this.#lastWord, isCurrent: false };
    }
  }

  /** Where it stands now: the store is asked after this was called. Callers at the same time share the question. */
  reload(): Promise<CutoverState> {
    if (this.#asking === undefined) return this.#ask();
    this.#askingNext ??= this.#asking
      .catch(() => undefined)
      .then(() => {
        this.#askingNext = undefined;
        return this.#ask();
      });
    return this.#askingNext;
  }

  /** Waits for the end of a change that keeps a write of an epoch from beginning. Throws Conflict `CUTOVER_SWITCHING`. */
  async settled(since: number, epoch: number): Promise<void> {
    const state = await this.reload();
    if (state.epoch !== epoch && state.switchingTo === undefined) return;
    if (this.clock.now() - since > CHANGE_PATIENCE_MS) {
      throw new Conflict('CUTOVER_SWITCHING', `a change of the stage of ${this.name} takes too long`, {
        retryable: true,
        details: { component: this.name },
      });
    }
    await this.clock.sleep(CHANGE_PAUSE_MS);
    await this.reload();
  }

  /**
   * Whether what is begun under a mark now is over before it can be taken over, however long this process may freeze
   * after it has asked: it was heard of all the time since the mark was made or renewed, and lately. A store's own step must
   * not take longer than half of {@link HEARTBEAT_TTL_MS}.
   */
  isHeardOf({ token, keys }: Pick<CutoverMark, 'token' | 'keys'>): boolean {
    const isUnbroken =
      this.#numberOf(token) > this.#lastBroken || keys.every((key) => this.#renewed.has(`${token} ${key}`));
    return isUnbroken && this.clock.now() - this.#heardOfAt < STEP_MAX_AGE_MS;
  }

  /** After a silence: which keys of a mark are to be copied under it still. Throws what the store throws. */
  async renew(mark: CutoverMark): Promise<readonly string[]> {
    await this.beat();
    const silences = this.#silences;
    const left = await this.store.renew(mark);
    if (silences === this.#silences) for (const key of left) this.#renewed.add(`${mark.token} ${key}`);
    return left;
  }

  /** Makes this process be heard of, when the last time was {@link HEARTBEAT_EVERY_MS} ago. */
  async stayHeardOf(): Promise<void> {
    if (this.clock.now() - this.#heardOfAt >= HEARTBEAT_EVERY_MS) await this.beat();
  }

  /** Makes this process be heard of, and ends what could not be ended before. Throws what the store throws. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => (this.#beating = undefined));
    return this.#beating;
  }

  /** A name for marks that no other write has. */
  nextToken(): string {
    this.#tokens += 1;
    return `${this.process}:${this.#tokens}`;
  }

  #numberOf(token: MarkToken): number {
    return Number(token.slice(this.process.length + 1));
  }

  async #beat(): Promise<void> {
    // It counts from before: an answer may have been long under way.
    const at = this.clock.now();
    await this.store.heartbeat(this.process, HEARTBEAT_TTL_MS);
    if (this.clock.now() - this.#heardOfAt >= HEARTBEAT_TTL_MS) {
      // Whatever was marked up to now may be somebody else's.
      this.#silences += 1;
      this.#lastBroken = this.#tokens;
      this.#renewed.clear();
    }
    this.#heardOfAt = at;
    await this.leftovers.end().catch(this.onFailure);
  }

  #ask(): Promise<CutoverState> {
    this.#askedAt = this.clock.now();
    const asking = this.#load().finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #load(): Promise<CutoverState> {
    const at = this.clock.now();
    let state: CutoverState;
    try {
      state =
        (await this.store.get(this.name)) ?? (await this.store.create(this.name, 'markitect', 'first use'));
    } catch (error) {
      const isLate = this.#known === undefined || at - this.#known.at > LAST_WORD_MS;
      if (isFaultOfStore(error) && !isLate) this.#lastWord ??= this.#known?.state;
      throw error;
    }
    this.#lastWord = undefined;
    if (this.#known === undefined || at >= this.#known.at) this.#known = { state, at };
    return state;
  }
}
