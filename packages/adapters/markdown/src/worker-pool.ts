import { Unavailable, Unexpected } from '@markitect/domain';
import type { Tinypool } from 'tinypool';
import { tooComplex } from './markdown-faults.js';
import { translateWorkerError } from './parse-task.js';

/** How a pool is set up. */
export interface WorkerPoolOptions {
  /** The module each thread runs; its default export takes a task. */
  readonly entry: URL;
  readonly threads: number;
  /** The most memory a thread may use for its objects, in MiB. Default: as much as the process. */
  readonly heapMb?: number;
}

/**
 * Threads that run one task each. They start with the first task, and do not keep the process alive while there is
 * nothing to do. A task that runs out of time or memory, or ends its thread, fails alone: a new thread takes the
 * place of its own.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #unsettled = new Set<Promise<unknown>>();
  readonly #running = new Set<AbortController>();
  #pool: Promise<Tinypool> | undefined;
  #free: number;
  #isClosed = false;
  #isGivenUp = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#free = options.threads;
  }

  /** Whether the threads have been started. */
  get isRunning(): boolean {
    return this.#pool !== undefined;
  }

  /**
   * Runs a task when its turn comes. Throws Invalid `MARKDOWN_TOO_COMPLEX` when it then takes longer than
   * `timeLimitMs`, or too much memory; Unavailable `CONNECTION_CLOSED` when it is given up; Unexpected `UNEXPECTED`
   * when its thread fails, or the pool is closed.
   */
  run(task: unknown, timeLimitMs: number): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new Unexpected('UNEXPECTED', 'the Markdown parser is closed'));
    const outcome = this.#runInTurn(task, timeLimitMs);
    const settled: Promise<boolean> = outcome.then(
      () => this.#unsettled.delete(settled),
      () => this.#unsettled.delete(settled),
    );
    this.#unsettled.add(settled);
    return outcome;
  }

  /** Takes no new tasks, waits for those it has, and ends the threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#unsettled);
    const pool = this.#pool;
    this.#pool = undefined;
    await (await pool)?.destroy();
  }

  /** Takes no new tasks, gives up those it has, running or not, and ends the threads. Takes some milliseconds. */
  async terminate(): Promise<void> {
    this.#isGivenUp = true;
    for (const task of this.#running) task.abort();
    await this.close();
  }

  /** Tasks wait here and not in the library, so that a task's time begins when it runs. */
  async #runInTurn(task: unknown, timeLimitMs: number): Promise<unknown> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      this.#requireInUse();
      const pool = await (this.#pool ??= this.#start());
      return await this.#runWithin(pool, task, timeLimitMs);
    } catch (error) {
      throw translateWorkerError(error);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #start(): Promise<Tinypool> {
    const { entry, threads, heapMb } = this.#options;
    // Loaded here because most runs of a program need no thread.
    const library = await import('tinypool');
    const pool = new library.Tinypool({
      filename: entry.href,
      // Flags of the process, such as those of `node --eval`, mean something else to a thread.
      execArgv: [],
      minThreads: threads,
      maxThreads: threads,
      // Trees are many small objects that die together: collecting them less often is worth a tenth of the time.
      resourceLimits: {
        maxYoungGenerationSizeMb: 64,
        ...(heapMb === undefined ? {} : { maxOldGenerationSizeMb: heapMb }),
      },
    });
    // A thread that fails while it is idle is replaced; there is nobody to tell.
    pool.on('error', () => undefined);
    return pool;
  }

  #requireInUse(): void {
    if (!this.#isGivenUp) return;
    throw new Unavailable('CONNECTION_CLOSED', 'the Markdown parser was closed before it had finished');
  }

  async #runWithin(pool: Tinypool, task: unknown, timeLimitMs: number): Promise<unknown> {
    this.#requireInUse();
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), timeLimitMs);
    this.#running.add(ending);
    try {
      return await pool.run(task, { signal: ending.signal });
    } catch (error) {
      this.#requireInUse();
      if (!ending.signal.aborted) throw error;
      throw tooComplex('time', `it took longer than ${timeLimitMs / 1000} s`);
    } finally {
      clearTimeout(timer);
      this.#running.delete(ending);
    }
  }
}
