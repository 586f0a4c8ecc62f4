import { type CutoverMarkRow, cutoverRepairOf } from '@markitect/adapter-sql';
import {
  type CutoverLogEntry,
  type CutoverMismatch,
  type CutoverRepair,
  type CutoverSide,
  type CutoverState,
  type CutoverTally,
  isMarkitectError,
  NotFound,
  type Page,
  type PageRequest,
  type Timestamp,
} from '@markitect/domain';
import type {
  CutoverChange,
  CutoverMark,
  CutoverStateStore,
  MarkAnswer,
  MarkedKey,
  StageChange,
} from '@markitect/ports';
import { GroupCommit, type GroupStatement, type Outcome } from '../engine/group-commit.js';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { addLogEntry, createComponent, readState, readStates, updateComponent } from './component-rows.js';
import { logPage, mismatchesPage, repairsPage } from './cutover-pages.js';
import { absorbMarks, addMarks, claimMarks, parkMarks, releaseMarks, settleMarks } from './mark-rows.js';
import { markStatement, runStatement, settleStatement } from './mark-statements.js';
import { addMeasurements, readTallies } from './measurement-rows.js';
import { SharedSync } from './shared-sync.js';
import { abortChange, beginChange, finishChange } from './stage-changes.js';

/** How a {@link SqliteCutoverStateStore} is kept. */
export interface SqliteCutoverStateOptions {
  /** The time in milliseconds since 1970, the same in all processes. Default: the clock of the machine. */
  readonly now?: () => number;
  /**
   * A mark survives a power cut before its write begins: the log is synced, once for all who wait. Only where everything
   * that is moved is in this database too may it be false. Default true.
   */
  readonly durableMarks?: boolean;
}

/** What is asked at the same time shares a commit; marks share a statement, and so do their ends. */
type Request =
  | { readonly kind: 'mark' | 'settle'; readonly mark: CutoverMark }
  | { readonly kind: 'work'; readonly work: (executor: SqlExecutor) => Promise<unknown> };

/** What the one statement could not do, and is done key by key. */
const UNDONE = Symbol('undone');

const lookSql = `SELECT epoch, NULL AS key, NULL AS source FROM cutover_components WHERE name = ?1
  UNION ALL SELECT NULL, m.key, m.source
  FROM json_each(?2) AS k CROSS JOIN cutover_marks AS m ON m.component = ?1 AND m.key = k.value`;

/**
 * The state of cutovers in a SQLite database, for any number of processes. A write costs two short transactions of one
 * statement each, shared by those who write at the same time, and a sync of the log. Errors as the port says, and
 * Conflict `TRANSACTION_NESTED` for what writes inside a unit of work; the connection must be open.
 */
export class SqliteCutoverStateStore implements CutoverStateStore {
  readonly #connection: SqliteConnection;
  readonly #now: () => number;
  readonly #writes: GroupCommit<Request, unknown>;
  readonly #sync: SharedSync;
  #requests = 0;

  constructor(
    connection: SqliteConnection,
    { now = Date.now, durableMarks = true }: SqliteCutoverStateOptions = {},
  ) {
    this.#connection = connection;
    this.#now = now;
    this.#sync = new SharedSync(() => (durableMarks ? connection.syncLog() : Promise.resolve()));
    this.#writes = new GroupCommit(() => connection.writer(), {
      keyOf: () => String((this.#requests += 1)),
      weightOf: (request) => (request.kind === 'work' ? 10 : request.mark.keys.length),
      maxRequests: 256,
      maxWeight: 10_000,
      write: (transaction, requests) => this.#write(transaction, requests),
      statement: (requests) => this.#statement(requests),
    });
  }

  async get(component: string): Promise<CutoverState | undefined> {
    return readState(this.#connection.readers(), component, this.#now());
  }

  async list(): Promise<readonly CutoverState[]> {
    return readStates(this.#connection.readers(), this.#now());
  }

  create(component: string, who: string, why: string): Promise<CutoverState> {
    return this.#do('create', (executor) => createComponent(executor, component, { who, why }, this.#now()));
  }

  update(component: string, change: CutoverChange): Promise<CutoverState> {
    return this.#do('update', (executor) => updateComponent(executor, component, change, this.#now()));
  }

  async mark(mark: CutoverMark): Promise<MarkAnswer> {
    let answer = await this.#submit('mark', { kind: 'mark', mark });
    if (answer === UNDONE)
      answer = await this.#do('mark', (executor) => addMarks(executor, mark, this.#now()));
    await this.#sync.done();
    return answer as MarkAnswer;
  }

  async absorb(mark: CutoverMark): Promise<boolean> {
    const isAbsorbed = await this.#do('absorb', (executor) => absorbMarks(executor, mark, this.#now()));
    await this.#sync.done();
    return isAbsorbed;
  }

  release(mark: CutoverMark): Promise<void> {
    return this.#do('release', (executor) => releaseMarks(executor, mark, this.#now()));
  }

  renew(mark: CutoverMark): Promise<readonly string[]> {
    return this.#synced(() =>
      this.#do('renew', (executor) => settleMarks(executor, mark, false, this.#now())),
    );
  }

  async settle(mark: CutoverMark): Promise<readonly string[]> {
    const keys = (await this.#submit('settle', { kind: 'settle', mark })) as readonly string[];
    if (keys.length === 0) return [];
    const rest = { ...mark, keys };
    return this.#synced(() =>
      this.#do('settle', (executor) => settleMarks(executor, rest, true, this.#now())),
    );
  }

  park(
    mark: CutoverMark,
    failure: { readonly code: string; readonly message: string },
    retryAt: Timestamp,
  ): Promise<void> {
    const leaving = { failure, retryAt: Date.parse(retryAt), attempts: 1 };
    return this.#do('park', (executor) => parkMarks(executor, mark, leaving, this.#now()));
  }

  async look(
    component: string,
    keys: readonly string[],
  ): Promise<{ readonly epoch: number; readonly marked: readonly MarkedKey[] }> {
    const [head, ...marked] = await this.#connection
      .readers()
      .all<MarkedKey & { epoch: number }>(lookSql, [component, JSON.stringify(keys)]);
    if (head === undefined) {
      throw new NotFound('CUTOVER_NOT_FOUND', `no cutover of ${component} was started`, {
        details: { component },
      });
    }
    // Several marks on one key have one source.
    const sources = new Map(marked.map(({ key, source }) => [key, source]));
    return { epoch: head.epoch, marked: [...sources].map(([key, source]) => ({ key, source })) };
  }

  heartbeat(process: string, ttlMs: number): Promise<void> {
    return this.#do('heartbeat', async (executor) => {
      await executor.run(
        `INSERT INTO cutover_processes(name, alive_until) VALUES (?1, ?2)
         ON CONFLICT(name) DO UPDATE SET alive_until = excluded.alive_until`,
        [process, this.#now() + ttlMs],
      );
    });
  }

  async claim(
    component: string,
    claim: {
      readonly token: string;
      readonly process: string;
      readonly source: CutoverSide;
      readonly limit: number;
    },
  ): Promise<readonly CutoverRepair[]> {
    // Mostly there is nothing, and a read costs less than the write lock.
    const { inFlight, pending } = await this.depth(component);
    if (inFlight + pending === 0) return [];
    return this.#do('claim', (executor) => claimMarks(executor, component, claim, this.#now()));
  }

  async repairs(component: string, page: PageRequest): Promise<Page<CutoverRepair>> {
    return repairsPage(this.#connection.readers(), component, page);
  }

  async repair(id: number): Promise<CutoverRepair | undefined> {
    const [row] = await this.#connection
      .readers()
      .all<CutoverMarkRow>('SELECT * FROM cutover_marks WHERE id = ?', [id]);
    return row && cutoverRepairOf(row);
  }

  retryRepairs(component: string, id?: number): Promise<number> {
    return this.#do('retryRepairs', (executor) =>
      executor.run(
        `UPDATE cutover_marks SET retry_at = ?1 WHERE component = ?2 AND token = '' AND (?3 IS NULL OR id = ?3)`,
        [this.#now(), component, id ?? null],
      ),
    );
  }

  async depth(component: string): Promise<{ readonly inFlight: number; readonly pending: number }> {
    const [row] = await this.#connection.readers().all<{ in_flight: number; marks: number }>(
      `SELECT (SELECT count(*) FROM cutover_marks AS m JOIN cutover_processes AS p ON p.name = m.process
          WHERE m.component = ?1 AND m.token <> '' AND p.alive_until > ?2) AS in_flight,
         (SELECT count(*) FROM cutover_marks WHERE component = ?1) AS marks`,
      [component, this.#now()],
    );
    const inFlight = row?.in_flight ?? 0;
    return { inFlight, pending: (row?.marks ?? 0) - inFlight };
  }

  beginChange(change: StageChange, process: string): Promise<CutoverState> {
    return this.#do('beginChange', (executor) => beginChange(executor, change, process, this.#now()));
  }

  finishChange(change: StageChange): Promise<CutoverState | undefined> {
    return this.#synced(() =>
      this.#do('finishChange', (executor) => finishChange(executor, change, this.#now())),
    );
  }

  abortChange(change: StageChange): Promise<void> {
    return this.#do('abortChange', (executor) => abortChange(executor, change));
  }

  note(entry: Omit<CutoverLogEntry, 'id' | 'at'>): Promise<void> {
    return this.#do('note', (executor) => addLogEntry(executor, entry, this.#now()));
  }

  async log({
    component,
    ...page
  }: PageRequest & { readonly component?: string }): Promise<Page<CutoverLogEntry>> {
    return logPage(this.#connection.readers(), component, page);
  }

  tally(tallies: readonly CutoverTally[], mismatches: readonly Omit<CutoverMismatch, 'id'>[]): Promise<void> {
    return this.#do('tally', (executor) => addMeasurements(executor, tallies, mismatches, this.#now()));
  }

  async tallies(component: string, since: Timestamp): Promise<readonly CutoverTally[]> {
    return readTallies(this.#connection.readers(), component, Date.parse(since));
  }

  async mismatches(component: string, page: PageRequest): Promise<Page<CutoverMismatch>> {
    return mismatchesPage(this.#connection.readers(), component, page);
  }

  /** What was refused may have left marks behind: it is synced too. */
  async #synced<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.#sync.done();
    }
  }

  #do<T>(operation: string, work: (executor: SqlExecutor) => Promise<T>): Promise<T> {
    return this.#submit(operation, { kind: 'work', work }) as Promise<T>;
  }

  async #submit(operation: string, request: Request): Promise<unknown> {
    this.#connection.refuseInsideUnitOfWork(`CutoverStateStore.${operation}`);
    return this.#writes.submit(request);
  }

  async #write(executor: SqlExecutor, requests: readonly Request[]): Promise<Outcome<unknown>[]> {
    const marks = marksOf(requests, 'mark');
    const marked = marks.length === 0 ? [] : await runStatement(executor, markStatement(marks, this.#now()));
    const settles = marksOf(requests, 'settle');
    const left = settles.length === 0 ? [] : await runStatement(executor, settleStatement(settles));
    const answers = dealt(requests, marked, left);
    for (const [index, request] of requests.entries()) {
      if (request.kind === 'work') answers[index] = await outcomeOf(executor, request.work);
    }
    return answers;
  }

  #statement(requests: readonly Request[]): GroupStatement<unknown> | undefined {
    const marks = marksOf(requests, 'mark');
    if (marks.length === requests.length) {
      const { sql, parameters, answers } = markStatement(marks, this.#now());
      return { sql, parameters, outcomes: (rows) => dealt(requests, answers(rows), []) };
    }
    const settles = marksOf(requests, 'settle');
    if (settles.length < requests.length) return undefined;
    const { sql, parameters, answers } = settleStatement(settles);
    return { sql, parameters, outcomes: (rows) => dealt(requests, [], answers(rows)) };
  }
}

function marksOf(requests: readonly Request[], kind: 'mark' | 'settle'): readonly CutoverMark[] {
  return requests.flatMap((each) => (each.kind === kind ? [each.mark] : []));
}

/** Gives each request its answer; those that bring work get theirs later. */
function dealt(
  requests: readonly Request[],
  marked: readonly boolean[],
  left: readonly (readonly string[])[],
): Outcome<unknown>[] {
  let marks = 0;
  let settles = 0;
  return requests.map(({ kind }) => {
    if (kind === 'mark')
      return { value: marked[marks++] === true ? { isMarked: true, carried: [] } : UNDONE };
    return { value: kind === 'settle' ? left[settles++] : undefined };
  });
}

/** What is refused is committed: it has changed nothing, or has left marks that say what is to be repaired. */
async function outcomeOf(
  executor: SqlExecutor,
  work: (executor: SqlExecutor) => Promise<unknown>,
): Promise<Outcome<unknown>> {
  try {
    return { value: await work(executor) };
  } catch (error) {
    if (isMarkitectError(error) && ['Conflict', 'Invalid', 'NotFound'].includes(error.kind)) return { error };
    throw error;
  }
}
