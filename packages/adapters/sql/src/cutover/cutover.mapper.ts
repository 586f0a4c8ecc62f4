import {
  type BackfillState,
  type CutoverLimits,
  type CutoverLogEntry,
  type CutoverMismatch,
  type CutoverRepair,
  type CutoverState,
  type CutoverTally,
  type DiffState,
  type Timestamp,
} from '@markitect/domain';
import type {
  CutoverComponentRow,
  CutoverLogRow,
  CutoverMarkRow,
  CutoverMismatchRow,
  CutoverTallyRow,
} from './cutover.schema.js';

/** What is asked with a component besides its row: 1 or 0. */
export interface CutoverComponentState extends CutoverComponentRow {
  /** The process that changes it is heard of. */
  is_switching: number;
  is_carrying_over: number;
}

/** The state of a component from its row. */
export function cutoverStateOf(row: CutoverComponentState): CutoverState {
  return {
    component: row.name,
    stage: row.stage,
    percent: row.percent,
    epoch: row.epoch,
    ...(row.switching_to === null || row.is_switching === 0 ? {} : { switchingTo: row.switching_to }),
    isCarryingOver: row.is_carrying_over === 1,
    ...(row.backfill === null ? {} : { backfill: JSON.parse(row.backfill) as BackfillState }),
    ...(row.diff === null ? {} : { diff: JSON.parse(row.diff) as DiffState }),
    limits: JSON.parse(row.limits) as CutoverLimits,
    changedAt: timestamp(row.changed_at),
  };
}

/** A mark as a repair. */
export function cutoverRepairOf(row: CutoverMarkRow): CutoverRepair {
  const isPending = row.token === '';
  return {
    id: row.id,
    component: row.component,
    key: row.key,
    source: row.source,
    status: isPending ? 'pending' : 'in-flight',
    ...(isPending ? {} : { process: row.process }),
    attempts: row.attempts,
    ...(row.failure === null
      ? {}
      : { failure: JSON.parse(row.failure) as NonNullable<CutoverRepair['failure']> }),
    ...(isPending ? { retryAt: timestamp(row.retry_at) } : {}),
    createdAt: timestamp(row.created_at),
  };
}

export function cutoverLogEntryOf(row: CutoverLogRow): CutoverLogEntry {
  const { id, component, at, who, action, why } = row;
  const from = { stage: row.from_stage, percent: row.from_percent };
  const to = { stage: row.to_stage, percent: row.to_percent };
  return { id, component, at: timestamp(at), who, action, why, from, to };
}

export function cutoverTallyOf(row: CutoverTallyRow): CutoverTally {
  const { component, side, operations, errors, compared, mismatched, median_ms: medianMs } = row;
  const counts = { component, side, operations, errors, compared, mismatched };
  return medianMs === null ? counts : { ...counts, medianMs };
}

export function cutoverMismatchOf(row: CutoverMismatchRow): CutoverMismatch {
  const { id, component, at, operation, key, fields } = row;
  return {
    id,
    component,
    operation,
    ...(key === null ? {} : { key }),
    fields: JSON.parse(fields) as CutoverMismatch['fields'],
    at: timestamp(at),
  };
}

function timestamp(ms: number): Timestamp {
  return new Date(ms).toISOString();
}
