import { refuseField } from '../errors/refuse-field.js';
import type { JsonValue } from '../json.js';
import { refuseDeep } from '../json-depth.js';
import type { Timestamp } from '../timestamp.js';

/** A task to be enqueued. */
export interface TaskDraft {
  /** Words of letters, digits, `-` and `_`, joined by dots; at most {@link MAX_TASK_NAME_LENGTH} characters. */
  readonly type: string;
  /** Default `null`. At most {@link MAX_TASK_PAYLOAD_LENGTH} characters as JSON, nested at most 100 deep. */
  readonly payload?: JsonValue;
  /** A whole number from -1000 to 1000, higher first. Default 0. */
  readonly priority?: number;
  /** Not before this. Default: now. */
  readonly runAt?: Timestamp;
  /** 1 to 1000. Default {@link DEFAULT_MAX_ATTEMPTS}. */
  readonly maxAttempts?: number;
  /** While an unfinished task has this key, enqueueing answers that one and adds none. */
  readonly uniqueKey?: string;
  /** Default: the type. */
  readonly limitKey?: string;
}

/** A draft with every default in its place. */
export type CheckedTaskDraft = Required<Omit<TaskDraft, 'uniqueKey' | 'runAt'>> &
  Pick<TaskDraft, 'uniqueKey' | 'runAt'>;

export const DEFAULT_MAX_ATTEMPTS = 5;
export const MAX_TASK_NAME_LENGTH = 200;
export const MAX_TASK_PAYLOAD_LENGTH = 256 * 1024;

const TYPE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/** Checks a draft and fills in its defaults. Throws Invalid `REQUEST_INVALID` naming the field. */
export function taskDraft(draft: TaskDraft): CheckedTaskDraft {
  const { type, payload = null, priority = 0, runAt, maxAttempts = DEFAULT_MAX_ATTEMPTS, uniqueKey } = draft;
  const { limitKey = type } = draft;
  refuseField(
    'type',
    !isTaskType(type),
    'words of letters, digits, - and _ joined by dots, e.g. research.scrape',
  );
  refuseField('priority', !isWhole(priority, -1000, 1000), 'a whole number from -1000 to 1000');
  refuseField('maxAttempts', !isWhole(maxAttempts, 1, 1000), 'a whole number from 1 to 1000');
  refuseField('uniqueKey', uniqueKey !== undefined && !isKey(uniqueKey), KEY);
  refuseField('limitKey', !isKey(limitKey), KEY);
  refuseField(
    'runAt',
    runAt !== undefined && Number.isNaN(Date.parse(runAt)),
    'a time, e.g. 2026-11-21T08:00:00Z',
  );
  // Before it is written as JSON, which ends with a full stack for what is nested too deep.
  refuseDeep('payload', payload);
  refuseField(
    'payload',
    JSON.stringify(payload).length > MAX_TASK_PAYLOAD_LENGTH,
    `at most ${MAX_TASK_PAYLOAD_LENGTH} characters as JSON; keep what is larger elsewhere and name it here`,
  );
  return {
    type,
    payload,
    priority,
    maxAttempts,
    limitKey,
    ...(runAt === undefined ? {} : { runAt: new Date(runAt).toISOString() }),
    ...(uniqueKey === undefined ? {} : { uniqueKey }),
  };
}

/** Whether a text can be the type of a task. */
export function isTaskType(text: string): boolean {
  return text.length <= MAX_TASK_NAME_LENGTH && TYPE.test(text);
}

const KEY = `1 to ${MAX_TASK_NAME_LENGTH} characters`;

function isKey(text: string): boolean {
  return text.length >= 1 && text.length <= MAX_TASK_NAME_LENGTH;
}

function isWhole(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
