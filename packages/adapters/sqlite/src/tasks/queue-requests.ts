import { isMarkitectError, type Task } from '@markitect/domain';
import type { EnqueuedTask, TaskClaim, TaskOutcome, TaskQueue } from '@markitect/ports';
import type { GroupStatement, Outcome } from '../engine/group-commit.js';
import type { SqlExecutor } from '../engine/sql-executor.js';
import {
  type AddedTask,
  addTasks,
  countTasks,
  joinRuns,
  newTasks,
  taskInsert,
  type TaskRun,
} from './add-tasks.js';
import { type ClaimedRow, claimedTasks, claimStatement, claimTasks } from './claim-tasks.js';
import { type SettledRow, settledOf, settleStatement, settleTasks } from './settle-tasks.js';
import { TransactionTaskQueue } from './transaction-task-queue.js';

/** What is asked for at the same time is done in one commit: outcomes together, tasks to add together, then the rest. */
export type QueueRequest =
  | { readonly kind: 'enqueue'; readonly runs: readonly TaskRun[]; readonly count: number }
  | { readonly kind: 'settle'; readonly outcomes: readonly TaskOutcome[] }
  | ClaimRequest
  | { readonly kind: 'work'; readonly work: (tasks: TaskQueue) => Promise<unknown> };

interface ClaimRequest {
  readonly kind: 'claim';
  readonly claim: TaskClaim;
  /** By the one statement that finds nothing where there is something to look at. */
  readonly isAtOnce: boolean;
}

/** What a piece of work has answered, and whether a task may begin because of it. */
export interface Worked<T> {
  readonly value: T;
  readonly isAnnounced: boolean;
}

/** So few tasks are added by one statement, which gives their numbers. */
const FEW = 64;

/** Does what is asked for, in a transaction. Outcomes first: they make room within limits. */
export async function writeRequests(
  executor: SqlExecutor,
  requests: readonly QueueRequest[],
  now: () => number,
): Promise<Outcome<unknown>[]> {
  const { outcomes, runs } = gathered(requests);
  const settled = await settleTasks(executor, outcomes, now());
  const added = await addTasks(executor, runs, now());
  const answers = dealt(requests, settled, added);
  for (const [index, request] of requests.entries()) {
    if (request.kind === 'work') answers[index] = await done(executor, request.work, now);
    if (request.kind === 'claim') answers[index] = { value: await taken(executor, request, now()) };
  }
  return answers;
}

/** The one statement that does the same; `undefined`: there is none. */
export function requestStatement(
  requests: readonly QueueRequest[],
  now: number,
): GroupStatement<unknown> | undefined {
  const [first] = requests;
  if (first?.kind === 'claim') {
    if (!first.isAtOnce || requests.length > 1) return undefined;
    return {
      ...claimStatement(first.claim, now),
      outcomes: (rows) => [{ value: claimedTasks(rows as ClaimedRow[], first.claim, now) }],
    };
  }
  const areAll = (kind: QueueRequest['kind']): boolean => requests.every((each) => each.kind === kind);
  if (areAll('settle')) {
    const { outcomes } = gathered(requests);
    return {
      ...settleStatement(outcomes, now),
      outcomes: (rows) => dealt(requests, settledOf(outcomes, rows as SettledRow[]), []),
    };
  }
  if (!areAll('enqueue')) return undefined;
  const { runs } = gathered(requests);
  const isSimple = countTasks(runs) <= FEW && runs.every(({ draft }) => draft.uniqueKey === undefined);
  if (!isSimple) return undefined;
  return {
    ...taskInsert(runs, now),
    outcomes: (rows) => dealt(requests, [], newTasks(rows as AddedTask[])),
  };
}

async function taken(
  executor: SqlExecutor,
  { claim, isAtOnce }: ClaimRequest,
  now: number,
): Promise<readonly Task[]> {
  if (!isAtOnce) return claimTasks(executor, claim, now);
  const { sql, parameters } = claimStatement(claim, now);
  return claimedTasks(await executor.all<ClaimedRow>(sql, parameters), claim, now);
}

async function done(
  executor: SqlExecutor,
  work: (tasks: TaskQueue) => Promise<unknown>,
  now: () => number,
): Promise<Outcome<Worked<unknown>>> {
  let isAnnounced = false;
  const announce = (): void => {
    isAnnounced = true;
  };
  try {
    const value = await work(new TransactionTaskQueue(executor, { now, announce }));
    return { value: { value, isAnnounced } };
  } catch (error) {
    // What is refused has changed nothing; whatever else goes wrong undoes all.
    if (isMarkitectError(error) && ['Conflict', 'Invalid', 'NotFound'].includes(error.kind)) return { error };
    throw error;
  }
}

/** What requests bring, one after the other. */
function gathered(requests: readonly QueueRequest[]) {
  return {
    outcomes: requests.flatMap((each) => (each.kind === 'settle' ? each.outcomes : [])),
    runs: joinRuns(requests.flatMap((each) => (each.kind === 'enqueue' ? each.runs : []))),
  };
}

/** Gives each request its part of the answers; those that bring work get theirs later. */
function dealt(
  requests: readonly QueueRequest[],
  settled: readonly boolean[],
  added: readonly EnqueuedTask[],
): Outcome<unknown>[] {
  let outcomes = 0;
  let drafts = 0;
  return requests.map((request) => {
    switch (request.kind) {
      case 'settle':
        return { value: settled.slice(outcomes, (outcomes += request.outcomes.length)) };
      case 'enqueue':
        return { value: added.slice(drafts, (drafts += request.count)) };
      default:
        return { value: undefined };
    }
  });
}
