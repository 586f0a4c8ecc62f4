import { isMarkitectError, type MarkitectError, Timeout } from '@markitect/domain';
import type { SqliteWriter, WriterHold } from '../engine/sqlite-writer.js';
import type { Interruption } from './interruption.js';
import { Unit } from './unit.js';
import { UnitGroup } from './unit-group.js';

/** A group is closed to others when it has this many units of work. */
const MAX_UNITS = 128;

/** …or when its transaction is this many milliseconds old. */
const DEFAULT_MAX_AGE_MS = 20;

/** What a queue may be told besides. */
export interface UnitQueueOptions {
  readonly maxAgeMs?: number | undefined;
  /** Called at each step of the commit protocol. */
  readonly fault?: ((point: string) => void | Promise<void>) | undefined;
}

/** What has to happen after the commit of a group, while nobody else writes. Answers what went wrong, by unit. */
export type AfterGroupCommit = (
  hold: WriterHold,
  units: readonly Unit[],
) => Promise<ReadonlyMap<Unit, MarkitectError>>;

interface Waiter {
  readonly interruption: Interruption;
  readonly grant: (group: UnitGroup) => void;
  readonly refuse: (error: unknown) => void;
}

/** A unit of work whose turn it is. */
export interface Turn {
  readonly unit: Unit;
  readonly group: UnitGroup;
}

/**
 * Units of work take turns in the order in which they came. Those that wait while one is running become part of its
 * group: one commit for all, for which each of them waits. A group never keeps others who write waiting for long.
 */
export class UnitQueue {
  readonly #writer: () => Promise<SqliteWriter>;
  readonly #afterCommit: AfterGroupCommit;
  readonly #fault: UnitQueueOptions['fault'];
  readonly #maxAgeMs: number;
  readonly #waiting = new Set<Waiter>();
  /** Whether a group is open, or about to be. */
  #isBusy = false;
  #lastRefusal: MarkitectError | undefined;

  constructor(
    writer: () => Promise<SqliteWriter>,
    afterCommit: AfterGroupCommit,
    { fault, maxAgeMs = DEFAULT_MAX_AGE_MS }: UnitQueueOptions = {},
  ) {
    this.#writer = writer;
    this.#afterCommit = afterCommit;
    this.#fault = fault;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Waits for the turn of a unit of work. Throws why it was interrupted, or why nobody can write. */
  async enter(interruption: Interruption): Promise<Turn> {
    if (interruption.error !== undefined) throw interruption.error;
    const group = await new Promise<UnitGroup>((resolve, reject) => {
      const waiter: Waiter = {
        interruption,
        grant: (granted) => {
          interruption.listen(undefined);
          resolve(granted);
        },
        refuse: reject,
      };
      this.#waiting.add(waiter);
      interruption.listen((error) => {
        if (this.#waiting.delete(waiter)) reject(interruption.isByDefault ? this.#waitedInVain() : error);
      });
      if (!this.#isBusy) {
        this.#isBusy = true;
        void this.#lead();
      }
    });
    const unit = new Unit(group, interruption);
    try {
      const entering = group.enter();
      if (entering !== undefined) await entering;
      if (this.#fault !== undefined) await this.#fault('begin');
    } catch (error) {
      group.broken ??= brokenBy(error);
      await this.abandon({ unit, group });
      throw error;
    }
    return { unit, group };
  }

  /** The work is done: settles when it is committed and what comes after is done. Throws why it is not, or not all. */
  async complete({ unit, group }: Turn): Promise<void> {
    unit.interruption.stop();
    const committed = new Promise<void>((resolve, reject) => {
      group.members.push({ unit, resolve, reject });
    });
    group.broken ??= unit.fatal;
    await this.#continue(group);
    await committed;
  }

  /** The work has failed: undoes it, and it alone. */
  async abandon({ unit, group }: Turn): Promise<void> {
    unit.interruption.stop();
    group.broken ??= unit.fatal;
    if (group.broken === undefined && group.members.length > 0) {
      try {
        await group.undo();
      } catch (error) {
        group.broken = brokenBy(error);
      }
    }
    // Nothing else is in the transaction: it is not worth keeping.
    if (group.members.length === 0) await this.#drop(group);
    else await this.#continue(group);
  }

  /** Lets the next into the group, or closes it. */
  async #continue(group: UnitGroup): Promise<void> {
    if (group.broken !== undefined) {
      await this.#drop(group);
      return;
    }
    const isFull = group.entered >= MAX_UNITS || performance.now() - group.since > this.#maxAgeMs;
    const next = isFull ? undefined : this.#take();
    if (next === undefined) await this.#commit(group);
    else next.grant(group);
  }

  async #commit(group: UnitGroup): Promise<void> {
    const fault = this.#fault;
    try {
      if (fault !== undefined) await fault('before-commit');
      await group.hold.run('COMMIT');
    } catch (error) {
      group.broken = brokenBy(error);
      await this.#drop(group);
      return;
    }
    if (fault !== undefined) await fault('after-commit');
    const withEffects = group.members.filter(({ unit }) => unit.hasEffects);
    if (withEffects.length === 0) {
      this.#release(group.hold);
      for (const { resolve } of group.members) resolve();
      return;
    }
    for (const { unit, resolve } of group.members) if (!unit.hasEffects) resolve();
    try {
      const failures = await this.#afterCommit(
        group.hold,
        withEffects.map(({ unit }) => unit),
      );
      for (const { unit, resolve, reject } of withEffects) {
        const failure = failures.get(unit);
        if (failure === undefined) resolve();
        else reject(failure);
      }
    } catch (error) {
      for (const { reject } of withEffects) reject(error);
    }
    this.#release(group.hold);
  }

  /** Undoes the whole transaction. */
  async #drop(group: UnitGroup): Promise<void> {
    await group.hold.rollback();
    this.#release(group.hold);
    for (const { reject } of group.members) reject(group.broken);
  }

  #release(hold: WriterHold): void {
    hold.release();
    if (this.#waiting.size > 0) void this.#lead();
    else this.#isBusy = false;
  }

  /** Begins a transaction for whoever waits longest when it has begun. */
  async #lead(): Promise<void> {
    try {
      const hold = await (await this.#writer()).hold();
      try {
        await hold.begin(() => this.#waiting.size > 0);
      } catch (error) {
        hold.release();
        throw error;
      }
      const next = this.#take();
      if (next !== undefined) {
        this.#lastRefusal = undefined;
        next.grant(new UnitGroup(hold));
        return;
      }
      await hold.rollback();
      this.#release(hold);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Those who still have time go on waiting for what only takes time. */
  #refuse(error: unknown): void {
    const isLate = isMarkitectError(error) && ['DATABASE_BUSY', 'WRITE_TIMEOUT'].includes(error.code);
    if (isLate) this.#lastRefusal = error;
    else {
      const refused = [...this.#waiting];
      this.#waiting.clear();
      for (const { interruption, refuse } of refused) {
        interruption.stop();
        refuse(error);
      }
    }
    if (this.#waiting.size > 0) void this.#lead();
    else this.#isBusy = false;
  }

  #take(): Waiter | undefined {
    const [next] = this.#waiting;
    if (next !== undefined) this.#waiting.delete(next);
    return next;
  }

  #waitedInVain(): MarkitectError {
    return this.#lastRefusal ?? new Timeout('WRITE_TIMEOUT', 'a unit of work waited too long for its turn');
  }
}

function brokenBy(error: unknown): MarkitectError {
  return isMarkitectError(error)
    ? error
    : new Timeout('WRITE_TIMEOUT', 'the transaction of a group was lost', { cause: error });
}
