import {
  type ErrorKind,
  isMarkitectError,
  retryDelay,
  type RetryPolicy,
  type Task,
  type TaskFailure,
  type Timestamp,
} from '@markitect/domain';

/** What is kept of a failed attempt. */
export interface FailedAttempt {
  readonly failure: Omit<TaskFailure, 'at'>;
  /** Absent: it won't be tried again. */
  readonly retryAt?: Timestamp;
}

/** When to try again, in milliseconds since 1970, and what a draw of lots decides. */
export interface RetryTimes {
  readonly policy: RetryPolicy;
  readonly now: number;
  readonly random: () => number;
}

/** Kinds of errors that come again however often the same is tried, unless the error says otherwise. */
const hopeless: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'Invalid',
  'NotFound',
  'Forbidden',
  'NotSupported',
]);

/** The most characters of a message that are kept. */
const MAX_MESSAGE_LENGTH = 2_000;

/**
 * What a thrown value makes of an attempt. An error that says when to come back (`details.retryAfterMs`) is not tried
 * again before.
 */
export function failedAttempt(error: unknown, task: Task, times: RetryTimes): FailedAttempt {
  const failure = failureOf(error);
  const isHopeless = isMarkitectError(error) && !error.retryable && hopeless.has(error.kind);
  return isHopeless || task.attempts >= task.maxAttempts
    ? { failure }
    : { failure, retryAt: retryTime(error, task.attempts, times) };
}

function retryTime(error: unknown, attempts: number, { policy, now, random }: RetryTimes): Timestamp {
  const asked = isMarkitectError(error) ? error.details['retryAfterMs'] : undefined;
  const delay = retryDelay(attempts, policy, random);
  return new Date(now + Math.max(delay, typeof asked === 'number' ? asked : 0)).toISOString();
}

/** The error as the queue keeps it. */
export function failureOf(error: unknown): Omit<TaskFailure, 'at'> {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error);
  return {
    code: isMarkitectError(error) ? error.code : 'TASK_FAILED',
    message: message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : message,
  };
}
