import type { Task } from '@markitect/domain';
import type { TaskHold, TaskQueue } from '@markitect/ports';
import type { TaskClock } from './task-clock.js';

/** A task that a worker holds. */
export interface HeldTask {
  readonly task: Task;
  readonly hold: TaskHold;
}

export interface TaskHoldsOptions {
  readonly queue: Pick<TaskQueue, 'heartbeat'>;
  readonly clock: TaskClock;
  readonly leaseMs: number;
  readonly onLost: (held: HeldTask) => void;
  readonly onCancel: (held: HeldTask) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Somebody who wants a task stopped waits no longer than this for its worker to learn of it. */
const LONGEST_INTERVAL_MS = 5_000;

/** The tasks a worker holds, kept by one heartbeat for all. */
export class TaskHolds {
  readonly #options: TaskHoldsOptions;
  readonly #intervalMs: number;
  /** When the lease of each was last asked for and then granted: it lasts from then on at least. */
  readonly #leases = new Map<HeldTask, number>();
  #stopTimer: (() => void) | undefined;
  #beating: Promise<void> | undefined;

  constructor(options: TaskHoldsOptions) {
    this.#options = options;
    this.#intervalMs = Math.min(LONGEST_INTERVAL_MS, options.leaseMs / 3);
  }

  get size(): number {
    return this.#leases.size;
  }

  /** Holds claimed tasks; `askedAt` is when the claim was sent. */
  add(tasks: readonly Task[], askedAt: number): readonly HeldTask[] {
    return tasks.map((task) => {
      const held = { task, hold: { id: task.id, fence: task.fence } };
      this.#leases.set(held, askedAt);
      return held;
    });
  }

  /** Lets go of a task whose end is reported, or that is lost. */
  remove(held: HeldTask): void {
    this.#leases.delete(held);
  }

  has(held: HeldTask): boolean {
    return this.#leases.has(held);
  }

  /** Whether nobody else can have a task yet, by the clock of this machine. */
  isSure(held: HeldTask): boolean {
    const grantedAt = this.#leases.get(held);
    return grantedAt !== undefined && this.#options.clock.now() - grantedAt < this.#options.leaseMs;
  }

  get areSure(): boolean {
    return [...this.#leases.keys()].every((held) => this.isSure(held));
  }

  /** Begins to keep what is held. */
  start(afterMs = this.#intervalMs): void {
    this.#stopTimer ??= this.#options.clock.after(afterMs, () => {
      this.#stopTimer = undefined;
      this.start();
      if (this.#beating === undefined) void this.beat();
      // Nothing has come back for so long that the leases may be over.
      else this.#loseExpired();
    });
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Asks for new leases of all that is held. Whoever calls while that is under way waits for the same. Never fails. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  async #beat(): Promise<void> {
    const { queue, clock, leaseMs, onCancel, onFailure } = this.#options;
    const leases = [...this.#leases.keys()];
    if (leases.length === 0) return;
    const askedAt = clock.now();
    try {
      const states = await queue.heartbeat(
        leases.map(({ hold }) => hold),
        leaseMs,
      );
      leases.forEach((held, index) => {
        // Its end may have been reported meanwhile.
        if (!this.#leases.has(held)) return;
        const state = states[index] ?? 'lost';
        if (state === 'lost') {
          this.#lose(held);
          return;
        }
        this.#leases.set(held, askedAt);
        if (state === 'cancel-requested') onCancel(held);
      });
    } catch (error) {
      onFailure(error);
      this.#loseExpired();
      if (this.#stopTimer === undefined) return;
      this.stop();
      this.start(this.#intervalMs / 4);
    }
  }

  #loseExpired(): void {
    for (const held of [...this.#leases.keys()]) if (!this.isSure(held)) this.#lose(held);
  }

  #lose(held: HeldTask): void {
    this.#leases.delete(held);
    this.#options.onLost(held);
  }
}
