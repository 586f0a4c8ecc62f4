import { isMarkitectError, retryDelay } from '@markitect/domain';
import type { TaskQueue, TaskScheduleRepository, TaskSignal, UnitOfWork } from '@markitect/ports';
import { LimitPace } from './limit-pace.js';
import { ScheduleRunner } from './schedule-runner.js';
import { systemClock, type TaskClock } from './task-clock.js';
import { TaskRunner } from './task-runner.js';
import type { TaskHandler } from './task-type.js';
import { type TaskEnd, taskEnds, type WorkerEvent, type WorkerReport } from './worker-report.js';

export interface TaskWorkerPorts {
  readonly queue: TaskQueue;
  readonly schedules: TaskScheduleRepository;
  readonly signal: TaskSignal;
  readonly unitOfWork: UnitOfWork;
  /** Default: the machine's. */
  readonly clock?: TaskClock;
  /** From 0 up to but not including 1. Default: `Math.random`. */
  readonly random?: () => number;
}

export interface TaskWorkerOptions {
  /** What does the tasks, one for each type. A task of another type is dead at once, unless `types` leaves it out. */
  readonly handlers: readonly TaskHandler[];
  /** A name that no other worker has. */
  readonly name: string;
  /** How many run at the same time. Default 4. */
  readonly concurrency?: number;
  /** How many more are held and have not begun. Default twice the concurrency. */
  readonly batch?: number;
  /** How long tasks are held without a heartbeat, in milliseconds. Default 30,000. */
  readonly leaseMs?: number;
  /** Only tasks of these types. Default: all. */
  readonly types?: readonly string[];
  /** How long handlers may finish when the worker stops, in milliseconds. Default 10,000. */
  readonly graceMs?: number;
  /** Stop when nothing can begin any more. Default: wait for more. */
  readonly untilEmpty?: boolean;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** When nothing happens a worker looks this often. */
const IDLE_MS = 5_000;
/** What is due and was not handed out, because it is paused for example, is asked for no more often than this. */
const OVERDUE_MS = 50;

/** Takes tasks from the queue and does them, as long as it is let. */
export class TaskWorker {
  readonly #ports: Required<TaskWorkerPorts>;
  readonly #options: Required<Omit<TaskWorkerOptions, 'types'>> & Pick<TaskWorkerOptions, 'types'>;
  readonly #runner: TaskRunner;
  readonly #schedules: ScheduleRunner;
  readonly #pace = new LimitPace();
  readonly #tally = {
    ended: Object.fromEntries(taskEnds.map((end) => [end, 0])) as Record<TaskEnd, number>,
    rescued: 0,
    scheduled: 0,
  };
  #isStopping = false;
  /** The last claim brought less than was asked for: nothing more can begin now. */
  #isDrained = false;
  /** Something has happened since the last look. */
  #isNudged = false;
  #wake: (() => void) | undefined;
  #nextRescue = 0;
  #nextSchedule = 0;

  constructor(ports: TaskWorkerPorts, options: TaskWorkerOptions) {
    const { concurrency = 4 } = options;
    this.#ports = { clock: systemClock, random: Math.random, ...ports };
    this.#options = {
      concurrency,
      batch: 2 * concurrency,
      leaseMs: 30_000,
      graceMs: 10_000,
      untilEmpty: false,
      onEvent: () => undefined,
      ...options,
    };
    const onEvent = (event: WorkerEvent) => this.#tell(event);
    this.#runner = new TaskRunner({
      ...this.#ports,
      ...this.#options,
      onEvent,
      onFree: () => {
        // Others of its limit may begin, or there is room for more.
        if (this.#hasRoom() && (!this.#isDrained || this.#pace.hasLimits)) this.#nudge();
      },
      onEnd: (end) => {
        this.#tally.ended[end] += 1;
        // When it is due again is not known to whoever is waiting already.
        const isNews = end === 'retrying' || this.#options.untilEmpty || this.#pace.hasLimits;
        if (isNews || this.#isStopping) this.#nudge();
      },
    });
    this.#schedules = new ScheduleRunner(ports.schedules, onEvent);
  }

  /**
   * Works until `signal` aborts, or nothing is left where that was asked for. Then it takes nothing more, lets handlers
   * finish for the time of grace, and gives back what has not begun and what is not finished by then. A database that is
   * busy or away is waited for; another failure of it ends the worker in the same way, and is thrown. Once only.
   */
  async run(signal: AbortSignal): Promise<WorkerReport> {
    const { clock } = this.#ports;
    const started = clock.now();
    const stop = () => {
      this.#isStopping = true;
      this.#nudge();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    this.#runner.start();
    try {
      await this.#work();
    } finally {
      signal.removeEventListener('abort', stop);
      this.#isStopping = true;
      this.#isNudged = false;
      await this.#runner.stop(this.#options.graceMs, async () => {
        await this.#rest(() => () => undefined);
        this.#isNudged = false;
      });
    }
    return { ...this.#tally, ended: { ...this.#tally.ended }, seconds: (clock.now() - started) / 1000 };
  }

  async #work(): Promise<void> {
    const { clock, random } = this.#ports;
    let failures = 0;
    while (!this.#isStopping) {
      try {
        if (await this.#turn()) return;
        failures = 0;
      } catch (error) {
        if (!isMarkitectError(error) || !error.retryable) throw error;
        this.#tell({ kind: 'trouble', during: 'claim', error });
        failures += 1;
        const rest = retryDelay(failures, { firstMs: 100, longestMs: 5_000 }, random);
        await this.#rest((wake) => clock.after(rest, wake));
      }
    }
  }

  /** Takes what there is room for, and waits for something to do. Answers whether it is done. */
  async #turn(): Promise<boolean> {
    const { queue, clock } = this.#ports;
    this.#isNudged = false;
    await this.#rescueAndSchedule();
    if (this.#hasRoom()) {
      const asked = Math.min(1_000, this.#runner.free + this.#options.batch - this.#runner.ready);
      const claimed = await this.#claim(asked);
      if (claimed === asked) return false;
      this.#isDrained = true;
      this.#pace.note(await queue.limits(), claimed);
      if (await this.#isEmpty(claimed)) return true;
    }
    const until = this.#isDrained ? await this.#nextTurn() : Math.min(this.#nextRescue, this.#nextSchedule);
    if (this.#isStopping) return true;
    const ms = Math.max(0, until - clock.now());
    await (this.#isDrained ? this.#listen(ms) : this.#rest((wake) => clock.after(ms, wake)));
    return false;
  }

  /** Half of a batch at least, so that many tasks are claimed at once. */
  #hasRoom(): boolean {
    return this.#runner.ready * 2 <= this.#options.batch && this.#runner.ready < this.#options.batch;
  }

  async #claim(limit: number): Promise<number> {
    const { queue, clock } = this.#ports;
    const { name, leaseMs, types } = this.#options;
    const askedAt = clock.now();
    const tasks = await queue.claim({
      worker: name,
      limit,
      leaseMs,
      ...(types === undefined ? {} : { types }),
    });
    this.#isDrained = false;
    this.#runner.add(tasks, askedAt);
    return tasks.length;
  }

  async #rescueAndSchedule(): Promise<void> {
    const { queue, clock } = this.#ports;
    const now = clock.now();
    if (now >= this.#nextRescue) {
      // What is held here is not to be taken from itself.
      await this.#runner.keepLeases();
      const count = await queue.rescue();
      this.#nextRescue = now + this.#options.leaseMs / 2;
      this.#tally.rescued += count;
      if (count > 0) this.#tell({ kind: 'rescued', count });
    }
    if (now >= this.#nextSchedule || this.#isDrained) this.#nextSchedule = await this.#schedules.run(now);
  }

  /** When something has to be done although nobody tells. */
  async #nextTurn(): Promise<number> {
    const { queue, clock } = this.#ports;
    const now = clock.now();
    const due = await queue.nextDue();
    const dueAt = due === undefined ? Number.POSITIVE_INFINITY : Math.max(Date.parse(due), now + OVERDUE_MS);
    const pollAt = now + (this.#pace.waitMs ?? IDLE_MS);
    return Math.min(dueAt, pollAt, this.#nextRescue, this.#nextSchedule);
  }

  /** Whether nothing is left to do, where that ends the work. Limits may hold back what waits. */
  async #isEmpty(claimed: number): Promise<boolean> {
    if (!this.#options.untilEmpty || claimed > 0 || this.#runner.isBusy) return false;
    if (!this.#pace.hasLimits) return true;
    const { types } = this.#options;
    const stats = await this.#ports.queue.stats();
    return !stats.some(
      ({ type, counts, isPaused }) =>
        counts.waiting > 0 && !isPaused && (types === undefined || types.includes(type)),
    );
  }

  /** Waits until tasks may have come, or it is nudged. */
  async #listen(ms: number): Promise<void> {
    if (this.#isNudged) return;
    const nudged = new AbortController();
    this.#wake = () => nudged.abort();
    await this.#ports.signal.wait(ms, nudged.signal);
    this.#wake = undefined;
  }

  /** Waits until it is woken by what `begin` begins, which is ended then, or nudged. */
  async #rest(begin: (wake: () => void) => () => void): Promise<void> {
    if (this.#isNudged) return;
    let end: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      end = begin(resolve);
    });
    end?.();
    this.#wake = undefined;
  }

  #nudge(): void {
    this.#isNudged = true;
    this.#wake?.();
  }

  #tell(event: WorkerEvent): void {
    if (event.kind === 'scheduled') this.#tally.scheduled += 1;
    try {
      this.#options.onEvent(event);
    } catch {
      // Who listens must not harm the work.
    }
  }
}
