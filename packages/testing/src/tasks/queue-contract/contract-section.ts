import type { Task, TaskDraft, TaskId } from '@markitect/domain';
import type { TaskClaim, TaskHold, TaskQueue } from '@markitect/ports';

/** A queue under test, and its clock. */
export interface OpenedTaskQueue {
  readonly queue: TaskQueue;
  /** The time in milliseconds since 1970; stands still but for {@link advance}. */
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  close(): Promise<void>;
}

/** Gives a new, empty queue. */
export type OpenTaskQueue = () => Promise<OpenedTaskQueue>;

/** Makes test bodies: each gets a queue of its own, which is closed after it. */
export function taskQueueTests(open: OpenTaskQueue) {
  return (body: (opened: OpenedTaskQueue) => Promise<void>) => async (): Promise<void> => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
}

/** Claims up to ten for ten seconds. */
export function claim(queue: TaskQueue, request: Partial<TaskClaim> = {}): Promise<readonly Task[]> {
  return queue.claim({ worker: 'w1', limit: 10, leaseMs: 10_000, ...request });
}

/** Adds tasks and answers their numbers. */
export async function add(queue: TaskQueue, ...drafts: readonly Partial<TaskDraft>[]): Promise<TaskId[]> {
  const added = await queue.enqueue(drafts.map((draft) => ({ type: 'mail.send', ...draft })));
  return added.map(({ id }) => id);
}

export const ids = (tasks: readonly Task[]): TaskId[] => tasks.map(({ id }) => id);

export const hold = ({ id, fence }: Task): TaskHold => ({ id, fence });

export const completed = (task: Task) => ({ ...hold(task), kind: 'completed' }) as const;

export const failed = (task: Task, retryAt?: string) =>
  ({
    ...hold(task),
    kind: 'failed',
    failure: { code: 'TASK_FAILED', message: 'no luck' },
    ...(retryAt !== undefined && { retryAt }),
  }) as const;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** The one element there is. */
export function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`not one, but ${items.length}`);
  return item;
}
