import {
  Invalid,
  isTaskType,
  type JsonValue,
  type JsonObject,
  type RetryPolicy,
  type Task,
  type TaskProgress,
  Unexpected,
} from '@markitect/domain';
import type { Transaction } from '@markitect/ports';
import { z } from 'zod';

/** What is known of a type of task wherever tasks are enqueued, handled or shown. */
export interface TaskType<Payload = unknown> {
  /** E.g. `documents.ingest`. */
  readonly type: string;
  /** What such a task does, in a few words for lists and help. */
  readonly summary: string;
  /** What its payload has to be. */
  readonly schema: z.ZodType<Payload>;
  /** Of tasks that are enqueued through the service and name none. Default: that of the domain. */
  readonly maxAttempts?: number;
  /** How long a failed one waits. Default: that of the domain. */
  readonly retry?: RetryPolicy;
  /** The most milliseconds an attempt may take. Default: any number. */
  readonly timeoutMs?: number;
}

/** What a handler answers. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- many have nothing to answer
export type TaskResult = JsonValue | void;

/** What a handler works with. */
export interface TaskContext<Payload = unknown> {
  readonly task: Task;
  /** The payload as the schema reads it. */
  readonly payload: Payload;
  /** Aborted when the hold is lost, the task is to be cancelled, its time is over, or the worker stops. */
  readonly signal: AbortSignal;
  /** Grows with each attempt: who writes elsewhere may send it along, to be refused when it is not the latest. */
  readonly fence: number;
  /** Shows how far it is. Of many in a row only some are written. Throws Conflict `TASK_LEASE_LOST`. */
  report(progress: TaskProgress): Promise<void>;
  /**
   * Does work and completes the task in one unit of work: both or neither. What the work answers is the result of the
   * task. Throws Conflict `TASK_LEASE_LOST`, having undone everything, when the task is no longer held; and what
   * `UnitOfWork.run` throws. At most once.
   */
  complete<Result extends TaskResult>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/**
 * Does a task; what it answers is the result, unless it has called `complete`. Throws when it fails: a `MarkitectError`
 * that says that repeating won't help (Invalid, NotFound, Forbidden, NotSupported) makes it dead at once, everything
 * else is tried again. It is done at least once, so that doing it again must do no harm.
 */
export type HandleTask<Payload> = (context: TaskContext<Payload>) => Promise<TaskResult>;

/** A type together with what does its tasks, the payload's type being nobody else's concern. */
export interface TaskHandler {
  readonly type: TaskType;
  /** Checks a payload and answers what does the work. Throws Invalid `TASK_PAYLOAD_INVALID`. */
  begin(payload: JsonValue): (context: TaskContext) => Promise<TaskResult>;
}

/** Names a type of task. Throws Unexpected for a name that is none: a defect. */
export function defineTaskType<Payload>(definition: TaskType<Payload>): TaskType<Payload> {
  if (!isTaskType(definition.type)) {
    throw new Unexpected('UNEXPECTED', `"${definition.type}" cannot be a type of task`);
  }
  return Object.freeze({ ...definition });
}

/** Joins a type with what does its tasks. */
export function taskHandler<Payload>(type: TaskType<Payload>, handle: HandleTask<Payload>): TaskHandler {
  return {
    type,
    begin: (given) => {
      const payload = parsePayload(type, given);
      return (context) => handle(withPayload(context, payload));
    },
  };
}

/** Not by spreading it, which would ask for the signal: most handlers need none. */
function withPayload<Payload>(context: TaskContext, payload: Payload): TaskContext<Payload> {
  return {
    task: context.task,
    payload,
    fence: context.fence,
    get signal() {
      return context.signal;
    },
    report: (progress) => context.report(progress),
    complete: (work) => context.complete(work),
  };
}

/** A payload as the schema of its type reads it. Throws Invalid `TASK_PAYLOAD_INVALID`, which names the fields. */
export function parsePayload<Payload>({ type, schema }: TaskType<Payload>, payload: JsonValue): Payload {
  const read = schema.safeParse(payload);
  if (read.success) return read.data;
  const faults = read.error.issues.slice(0, 10).map(({ path, message }) => ({
    field: ['payload', ...path.map(String)].join('.'),
    detail: message.charAt(0).toLowerCase() + message.slice(1),
  }));
  const words = faults.map(({ field, detail }) => `${field}: ${detail}`).join('; ');
  throw new Invalid('TASK_PAYLOAD_INVALID', `the payload of a task ${type} is not right: ${words}`, {
    details: { type, faults },
  });
}

/** What a payload of a type has to be, as a JSON Schema. */
export function payloadSchema({ schema }: TaskType): JsonObject {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
}
