import type { Timestamp } from '../timestamp.js';
import type { TaskDraft } from './task-draft.js';

/** Makes a task again and again. */
export interface TaskSchedule {
  readonly name: string;
  /** Five or six fields (seconds first), e.g. `0 3 * * 1-5`. */
  readonly cron: string;
  /** A name of the IANA time zone database, e.g. `Europe/Berlin`. Default `UTC`. */
  readonly timeZone: string;
  readonly task: Omit<TaskDraft, 'runAt'>;
  /** When it is due next. Times missed while nobody worked are made up for by one task. */
  readonly nextRunAt: Timestamp;
  readonly lastRunAt?: Timestamp;
}
