import { isMarkitectError, retryDelay } from '@markitect/domain';
import type { TaskOutcome, TaskQueue } from '@markitect/ports';
import type { TaskClock } from './task-clock.js';
import { failureOf } from './task-failure.js';

export interface TaskSettlerOptions {
  readonly queue: Pick<TaskQueue, 'settle'>;
  readonly clock: TaskClock;
  readonly random: () => number;
  readonly onFailure: (error: unknown) => void;
}

interface Unsettled {
  outcome: TaskOutcome;
  /** Told once. */
  settled?: ((isSettled: boolean) => void) | undefined;
}

/** The most outcomes in one commit. */
const BATCH = 500;

/** Reports how attempts ended: whatever ends while a report is under way goes together into the next one. */
export class TaskSettler {
  readonly #options: TaskSettlerOptions;
  readonly #waiting: Unsettled[] = [];
  #underWay: readonly Unsettled[] = [];
  #isRunning = false;
  #isGivenUp = false;
  #wake: (() => void) | undefined;

  constructor(options: TaskSettlerOptions) {
    this.#options = options;
  }

  /**
   * Tells `settled` whether the task was still held, having tried as long as it takes; `false` also after
   * {@link giveUp}. Never at once.
   */
  settle(outcome: TaskOutcome, settled: (isSettled: boolean) => void): void {
    this.#waiting.push({ outcome, settled });
    if (!this.#isRunning) void this.#run();
  }

  /** Waits for nothing any more: what is not reported now is left to whoever takes it when its lease is over. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#wake?.();
    tell([...this.#underWay, ...this.#waiting.splice(0)], []);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      // What ends in the same turn goes along.
      await new Promise((resolve) => setImmediate(resolve));
      this.#underWay = this.#waiting.splice(0, BATCH);
      await this.#settleAll(this.#underWay);
      this.#underWay = [];
    }
    this.#isRunning = false;
  }

  async #settleAll(batch: readonly Unsettled[]): Promise<void> {
    const { queue, random, onFailure } = this.#options;
    for (let attempt = 1; !this.#isGivenUp; attempt++) {
      try {
        const answers = await queue.settle(batch.map(({ outcome }) => outcome));
        tell(batch, answers);
        return;
      } catch (error) {
        onFailure(error);
        if (!isMarkitectError(error) || !error.retryable) {
          await this.#settleEach(batch, error);
          return;
        }
        await this.#rest(retryDelay(attempt, { firstMs: 100, longestMs: 5_000 }, random));
      }
    }
    tell(batch, []);
  }

  /** One of them is refused: its result may be too large, or no JSON. The others must not suffer. */
  async #settleEach(batch: readonly Unsettled[], error: unknown): Promise<void> {
    const [only] = batch;
    if (batch.length > 1) {
      for (const each of batch) await this.#settleAll([each]);
    } else if (only?.outcome.kind === 'completed') {
      // What was done can't be stored as the result: trying again would come to the same.
      const { id, fence } = only.outcome;
      only.outcome = { id, fence, kind: 'failed', failure: failureOf(error) };
      await this.#settleAll([only]);
    } else {
      tell(batch, []);
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
  }
}

function tell(batch: readonly Unsettled[], answers: readonly boolean[]): void {
  batch.forEach((each, index) => {
    const { settled } = each;
    each.settled = undefined;
    settled?.(answers[index] === true);
  });
}
