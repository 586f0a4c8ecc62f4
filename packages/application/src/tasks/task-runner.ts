import { Invalid, type Task } from '@markitect/domain';
import type { TaskOutcome, TaskQueue, UnitOfWork } from '@markitect/ports';
import { type AttemptEnd, TaskAttempt, type TaskAttemptOptions } from './task-attempt.js';
import type { TaskClock } from './task-clock.js';
import { failureOf } from './task-failure.js';
import { type HeldTask, TaskHolds } from './task-holds.js';
import { TaskSettler } from './task-settler.js';
import type { TaskHandler } from './task-type.js';
import type { TaskEnd, WorkerEvent } from './worker-report.js';

export interface TaskRunnerOptions {
  readonly queue: TaskQueue;
  readonly unitOfWork: UnitOfWork;
  readonly clock: TaskClock;
  readonly random: () => number;
  readonly handlers: readonly TaskHandler[];
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly onEvent: (event: WorkerEvent) => void;
  /** Told when a place is free. */
  readonly onFree: () => void;
  /** Told when a task is let go of. */
  readonly onEnd: (end: TaskEnd) => void;
}

/** A handler that was told to stop is left to itself after this long: it may not listen. */
const LET_GO_MS = 5_000;

/** Does the tasks it is given, keeps their leases and reports how they end. */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #handlers: ReadonlyMap<string, TaskHandler>;
  readonly #holds: TaskHolds;
  readonly #settler: TaskSettler;
  readonly #attempts: TaskAttemptOptions;
  /** Held and not begun, in their order. */
  readonly #ready: HeldTask[] = [];
  readonly #running = new Map<HeldTask, TaskAttempt>();
  /** Ends whose reports are under way. */
  #finishing = 0;
  #isStopping = false;
  #isStartPlanned = false;

  constructor(options: TaskRunnerOptions) {
    const { queue, clock, random, leaseMs } = options;
    this.#options = options;
    this.#handlers = new Map(options.handlers.map((handler) => [handler.type.type, handler]));
    this.#holds = new TaskHolds({
      queue,
      clock,
      leaseMs,
      onLost: (held) => this.#lose(held),
      onCancel: (held) => this.#running.get(held)?.stop('cancelled'),
      onFailure: (error) => this.#trouble('heartbeat', error),
    });
    this.#settler = new TaskSettler({
      queue,
      clock,
      random,
      onFailure: (error) => this.#trouble('settle', error),
    });
    this.#attempts = {
      queue,
      clock,
      random,
      unitOfWork: options.unitOfWork,
      letGoMs: LET_GO_MS,
      onProgress: ({ task }, progress) => options.onEvent({ kind: 'progress', task, progress }),
      onFailure: ({ task }, error) => this.#trouble(`task ${task.id}`, error),
    };
  }

  /** How many tasks are held that have not begun. */
  get ready(): number {
    return this.#ready.length;
  }

  /** How many more could begin at once. */
  get free(): number {
    return Math.max(0, this.#options.concurrency - this.#running.size);
  }

  get isBusy(): boolean {
    return this.#ready.length + this.#running.size + this.#finishing > 0;
  }

  /** Begins to keep leases. */
  start(): void {
    this.#holds.start();
  }

  /** Takes tasks whose claim was sent at `askedAt`, and begins as many as it may. */
  add(tasks: readonly Task[], askedAt: number): void {
    this.#ready.push(...this.#holds.add(tasks, askedAt));
    this.#startReady();
  }

  /** Asks for leases that may be over by the clock, as after a sleep of the machine: nobody may have taken them yet. */
  async keepLeases(): Promise<void> {
    if (!this.#holds.areSure) await this.#holds.beat();
  }

  /**
   * Begins nothing more, gives back what has not begun, lets the rest finish for `graceMs`, and gives it back then.
   * `wait` settles when something has changed.
   */
  async stop(graceMs: number, wait: () => Promise<void>): Promise<void> {
    const { clock } = this.#options;
    this.#isStopping = true;
    const now = clock.now();
    for (const held of this.#ready.splice(0)) {
      const outcome: TaskOutcome = { ...held.hold, kind: 'returned' };
      this.#finish(held, now, { end: 'returned', outcome });
    }
    const timers = [
      clock.after(graceMs, () => {
        for (const attempt of this.#running.values()) attempt.stop('stopped');
      }),
      clock.after(graceMs + 2 * LET_GO_MS, () => this.#settler.giveUp()),
    ];
    while (this.isBusy) await wait();
    for (const end of timers) end();
    this.#holds.stop();
  }

  #startReady(): void {
    while (!this.#isStopping && this.free > 0) {
      const [next] = this.#ready;
      if (next === undefined) return;
      if (!this.#holds.isSure(next)) {
        // This machine slept, or was too busy: somebody else may have it by now.
        void this.#holds.beat().then(() => {
          if (!this.#holds.has(next) || this.#holds.isSure(next)) this.#startReady();
        });
        return;
      }
      this.#ready.shift();
      this.#start(next);
    }
  }

  #start(held: HeldTask): void {
    const { clock, onEvent } = this.#options;
    const { task, hold } = held;
    const startedAt = clock.now();
    onEvent({ kind: 'started', task, waitMs: Math.max(0, startedAt - Date.parse(task.runAt)) });
    const handler = this.#handlers.get(task.type);
    if (handler === undefined) {
      const failure = failureOf(unknownType(task, [...this.#handlers.keys()]));
      const outcome: TaskOutcome = { ...hold, kind: 'failed', failure };
      this.#finish(held, startedAt, { end: 'dead', failure, outcome });
      return;
    }
    const attempt = new TaskAttempt(held, handler, this.#attempts);
    this.#running.set(held, attempt);
    attempt.start((end) => {
      this.#running.delete(held);
      this.#finish(held, startedAt, end);
      this.#planStart();
    });
  }

  /**
   * Begins the next ones in the next turn of the event loop: however short the tasks are, heartbeats, claims and
   * reports go on beside them.
   */
  #planStart(): void {
    if (this.#isStartPlanned) return;
    this.#isStartPlanned = true;
    setImmediate(() => {
      this.#isStartPlanned = false;
      this.#startReady();
      this.#options.onFree();
    });
  }

  #finish(held: HeldTask, startedAt: number, { end, outcome, failure, retryAt }: AttemptEnd): void {
    const { clock, onEvent, onEnd } = this.#options;
    const { task } = held;
    const runMs = clock.now() - startedAt;
    const tell = (isSettled: boolean): void => {
      this.#holds.remove(held);
      this.#finishing -= 1;
      if (isSettled) {
        onEvent({
          kind: 'ended',
          task,
          runMs,
          end,
          ...(failure !== undefined && { failure }),
          ...(retryAt !== undefined && { retryAt }),
        });
      } else {
        onEvent({ kind: 'ended', task, runMs, end: 'lost' });
      }
      onEnd(isSettled ? end : 'lost');
    };
    this.#finishing += 1;
    if (outcome === undefined) tell(true);
    else this.#settler.settle(outcome, tell);
  }

  #lose(held: HeldTask): void {
    const at = this.#ready.indexOf(held);
    if (at < 0) {
      const attempt = this.#running.get(held);
      if (attempt?.isCompleting === false) attempt.stop('lost');
      return;
    }
    this.#ready.splice(at, 1);
    this.#options.onEvent({ kind: 'ended', task: held.task, end: 'lost', runMs: 0 });
    this.#options.onEnd('lost');
    this.#options.onFree();
  }

  #trouble(during: string, error: unknown): void {
    this.#options.onEvent({ kind: 'trouble', during, error });
  }
}

function unknownType({ type }: Task, known: readonly string[]): Invalid {
  return new Invalid(
    'TASK_TYPE_UNKNOWN',
    `no handler does tasks of type ${type}; known: ${known.join(', ') || 'none'}`,
  );
}
