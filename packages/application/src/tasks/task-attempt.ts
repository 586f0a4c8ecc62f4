import {
  Conflict,
  isMarkitectError,
  type JsonValue,
  type MarkitectError,
  refuseDeep,
  type TaskFailure,
  type TaskProgress,
  Timeout,
  type Timestamp,
  Unavailable,
} from '@markitect/domain';
import type { TaskOutcome, TaskQueue, Transaction, UnitOfWork } from '@markitect/ports';
import type { TaskClock } from './task-clock.js';
import { failedAttempt, failureOf } from './task-failure.js';
import type { HeldTask } from './task-holds.js';
import type { TaskContext, TaskHandler, TaskResult } from './task-type.js';
import type { TaskEnd } from './worker-report.js';

export interface TaskAttemptOptions {
  readonly queue: Pick<TaskQueue, 'report'>;
  readonly unitOfWork: UnitOfWork;
  readonly clock: TaskClock;
  readonly random: () => number;
  /** How long a handler may go on after its signal was aborted, before it is left to itself. */
  readonly letGoMs: number;
  readonly onProgress: (held: HeldTask, progress: TaskProgress) => void;
  readonly onFailure: (held: HeldTask, error: unknown) => void;
}

/** Why a handler is to stop. */
export type StopReason = 'lost' | 'cancelled' | 'timeout' | 'stopped';

/** How an attempt ended. */
export interface AttemptEnd {
  readonly end: TaskEnd;
  /** What has to be reported; absent: nothing has to, or may, be. */
  readonly outcome?: TaskOutcome;
  readonly failure?: Omit<TaskFailure, 'at'>;
  readonly retryAt?: Timestamp;
}

type Returned = { readonly value: TaskResult } | { readonly error: unknown };

/** Progress is written no more often than this. */
const REPORT_EVERY_MS = 250;

/** One run of a handler for a task that is held. */
export class TaskAttempt {
  readonly #held: HeldTask;
  readonly #handler: TaskHandler;
  readonly #options: TaskAttemptOptions;
  /** Made when it is asked for: that costs more than all else here. */
  #abort: AbortController | undefined;
  #reason: StopReason | undefined;
  #done: ((end: AttemptEnd) => void) | undefined;
  #stopTimer: (() => void) | undefined;
  /** The task was completed in a unit of work of the handler. */
  #isCompleted = false;
  #isCompleting = false;
  #isOver = false;
  #progress: TaskProgress | undefined;
  #writing: Promise<void> | undefined;
  #nextReportAt = 0;

  constructor(held: HeldTask, handler: TaskHandler, options: TaskAttemptOptions) {
    this.#held = held;
    this.#handler = handler;
    this.#options = options;
  }

  /** Whether the handler reports the end by itself just now: then a heartbeat cannot tell whether the hold is lost. */
  get isCompleting(): boolean {
    return this.#isCompleting;
  }

  /** Asks the handler to stop. The first reason counts. */
  stop(reason: StopReason): void {
    if (this.#isOver || this.#reason !== undefined) return;
    this.#reason = reason;
    this.#abort?.abort(this.#reasonError(reason));
    this.#stopTimer?.();
    this.#stopTimer = this.#options.clock.after(this.#options.letGoMs, () => {
      this.#return({ error: this.#reasonError(reason) });
    });
  }

  /** Begins; tells `done` how it ended, once and not at once. Never fails. */
  start(done: (end: AttemptEnd) => void): void {
    this.#done = done;
    const { timeoutMs } = this.#handler.type;
    if (timeoutMs !== undefined) {
      this.#stopTimer = this.#options.clock.after(timeoutMs, () => {
        this.stop('timeout');
      });
    }
    this.#handle().then(
      (value) => {
        this.#return({ value });
      },
      (error: unknown) => {
        this.#return({ error });
      },
    );
  }

  #handle(): Promise<TaskResult> {
    const { task } = this.#held;
    try {
      return Promise.resolve(this.#handler.begin(task.payload)(this.#context()));
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever was thrown
      return Promise.reject(error);
    }
  }

  #context(): TaskContext {
    const { task } = this.#held;
    const signal = (): AbortSignal => this.#signal();
    return {
      task,
      payload: task.payload,
      get signal() {
        return signal();
      },
      fence: task.fence,
      report: (progress) => this.#report(progress),
      complete: (work) => this.#complete(work),
    };
  }

  #signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#reason !== undefined) this.#abort.abort(this.#reasonError(this.#reason));
    }
    return this.#abort.signal;
  }

  /** The handler is through, or left to itself. */
  #return(returned: Returned): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    const over = (): void => {
      this.#isOver = true;
      this.#stopTimer?.();
      done(this.#end(returned));
    };
    const isWritten = this.#progress === undefined && this.#writing === undefined;
    if (isWritten || this.#reason === 'lost' || this.#isCompleted) over();
    else void this.#writeProgress().then(over);
  }

  #end(returned: Returned): AttemptEnd {
    const { task, hold } = this.#held;
    if (this.#isCompleted) return { end: 'completed' };
    if (this.#reason === 'lost') return { end: 'lost' };
    if ('value' in returned) {
      const { value } = returned;
      const fault = faultOf(value);
      if (fault !== undefined) {
        return { end: 'dead', failure: fault, outcome: { ...hold, kind: 'failed', failure: fault } };
      }
      return {
        end: 'completed',
        outcome: { ...hold, kind: 'completed', ...(value === undefined ? {} : { result: value }) },
      };
    }
    if (this.#reason === 'cancelled') return { end: 'cancelled', outcome: { ...hold, kind: 'cancelled' } };
    if (this.#reason === 'stopped') return { end: 'returned', outcome: { ...hold, kind: 'returned' } };
    const error = this.#reason === 'timeout' ? this.#reasonError('timeout') : returned.error;
    const { clock, random } = this.#options;
    const { retry: policy = {} } = this.#handler.type;
    const failed = failedAttempt(error, task, { policy, now: clock.now(), random });
    return {
      end: failed.retryAt === undefined ? 'dead' : 'retrying',
      outcome: { ...hold, kind: 'failed', ...failed },
      ...failed,
    };
  }

  async #complete<Result extends TaskResult>(
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    let made: { readonly result: Result } | undefined;
    this.#isCompleting = true;
    try {
      await this.#options.unitOfWork.run(
        async (transaction) => {
          const result = await work(transaction);
          if (result !== undefined) refuseDeep('result', result);
          made = { result };
          const [isHeld] = await transaction.tasks.settle([
            {
              ...this.#held.hold,
              kind: 'completed',
              ...(result === undefined ? {} : { result: result satisfies JsonValue }),
            },
          ]);
          if (isHeld !== true) throw this.#reasonError('lost');
        },
        { signal: this.#signal() },
      );
    } catch (error) {
      // It is committed all the same, and what is left to do is done with the next commit.
      if (!isMarkitectError(error) || error.code !== 'COMMIT_NOT_APPLIED') {
        if (isMarkitectError(error) && error.code === 'TASK_LEASE_LOST') this.stop('lost');
        throw error;
      }
      this.#options.onFailure(this.#held, error);
    } finally {
      this.#isCompleting = false;
    }
    this.#isCompleted = true;
    // The unit of work has run: there is a result.
    return (made as { readonly result: Result }).result;
  }

  async #report(progress: TaskProgress): Promise<void> {
    this.#progress = progress;
    this.#options.onProgress(this.#held, progress);
    if (this.#writing === undefined && this.#options.clock.now() >= this.#nextReportAt) {
      await this.#writeProgress();
    }
    if (this.#reason === 'lost') throw this.#reasonError('lost');
  }

  /** Writes the latest progress, if it is not written. A failure of that is no failure of the task. */
  async #writeProgress(): Promise<void> {
    await this.#writing;
    const progress = this.#progress;
    if (progress === undefined || this.#isOver) return;
    this.#progress = undefined;
    const { queue, clock, onFailure } = this.#options;
    this.#nextReportAt = clock.now() + REPORT_EVERY_MS;
    this.#writing = queue
      .report(this.#held.hold, progress)
      .then((isHeld) => {
        if (!isHeld && !this.#isCompleted) this.stop('lost');
      })
      .catch((error: unknown) => onFailure(this.#held, error))
      .finally(() => {
        this.#writing = undefined;
      });
    await this.#writing;
  }

  #reasonError(reason: StopReason): MarkitectError {
    const { id, type } = this.#held.task;
    const details = { task: id };
    switch (reason) {
      case 'lost':
        return new Conflict('TASK_LEASE_LOST', `task ${id} is no longer held by this worker`, { details });
      case 'cancelled':
        return new Conflict('TASK_CANCELLED', `task ${id} is to be cancelled`, { details });
      case 'timeout': {
        const { timeoutMs = 0 } = this.#handler.type;
        return new Timeout('TASK_TIMEOUT', `a task ${type} may take ${timeoutMs} ms and took longer`, {
          details: { ...details, timeoutMs },
        });
      }
      case 'stopped':
        return new Unavailable('SERVER_UNAVAILABLE', 'the worker is stopping', { details });
    }
  }
}

/** Why a result cannot be kept, whatever its type says; trying again would come to the same. */
function faultOf(result: TaskResult): Omit<TaskFailure, 'at'> | undefined {
  try {
    if (result === undefined) return undefined;
    refuseDeep('result', result);
    JSON.stringify(result);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}
