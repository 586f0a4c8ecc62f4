import type { CutoverSide, CutoverStage } from '@markitect/domain';
import type { TableSchema } from '../documents/document.schema.js';

/** A row of `cutover_components`. Times are milliseconds since 1970. */
export interface CutoverComponentRow {
  name: string;
  stage: CutoverStage;
  percent: number;
  epoch: number;
  /** Of the change that is under way. */
  switching_to: CutoverStage | null;
  switching_token: string | null;
  switching_process: string | null;
  changed_at: number;
  /** When `legacy` was last entered. */
  forgotten_at: number;
  /** JSON: `CutoverLimits`. */
  limits: string;
  /** JSON: a `BackfillState`. */
  backfill: string | null;
  /** JSON: a `DiffState`. */
  diff: string | null;
}

/** A row of `cutover_marks`. */
export interface CutoverMarkRow {
  id: number;
  component: string;
  key: string;
  /** Empty: pending, nobody's. */
  token: string;
  process: string;
  source: CutoverSide;
  /** 1: others have left the key to this mark. */
  overlapped: number;
  attempts: number;
  /** When it is due; 0 while it is in flight. */
  retry_at: number;
  created_at: number;
  /** JSON: a code and a message. */
  failure: string | null;
}

/** A row of `cutover_processes`. */
export interface CutoverProcessRow {
  name: string;
  alive_until: number;
}

/** A row of `cutover_log`. */
export interface CutoverLogRow {
  id: number;
  component: string;
  at: number;
  who: string;
  action: string;
  why: string;
  from_stage: CutoverStage;
  from_percent: number;
  to_stage: CutoverStage;
  to_percent: number;
}

/** A row of `cutover_tallies`. */
export interface CutoverTallyRow {
  id: number;
  component: string;
  at: number;
  side: CutoverSide;
  operations: number;
  errors: number;
  compared: number;
  mismatched: number;
  median_ms: number | null;
}

/** A row of `cutover_mismatches`. */
export interface CutoverMismatchRow {
  id: number;
  component: string;
  at: number;
  operation: string;
  key: string | null;
  /** JSON. */
  fields: string;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;
const real = { type: 'real' } as const;
const number = { ...integer, primary: true, generated: 'increment' } as const;
const optional = { nullable: true } as const;

/** The table of the components that are moved. */
export const cutoverComponentTable: TableSchema<CutoverComponentRow> = {
  name: 'CutoverComponentRow',
  tableName: 'cutover_components',
  columns: {
    name: { ...text, primary: true, primaryKeyConstraintName: 'cutover_components_pk' },
    stage: text,
    percent: real,
    epoch: integer,
    switching_to: { ...text, ...optional },
    switching_token: { ...text, ...optional },
    switching_process: { ...text, ...optional },
    changed_at: integer,
    forgotten_at: integer,
    limits: text,
    backfill: { ...text, ...optional },
    diff: { ...text, ...optional },
  },
};

/** The table of keys that are written or have to be copied. */
export const cutoverMarkTable: TableSchema<CutoverMarkRow> = {
  name: 'CutoverMarkRow',
  tableName: 'cutover_marks',
  columns: {
    id: number,
    component: text,
    key: text,
    token: text,
    process: text,
    source: text,
    overlapped: integer,
    attempts: integer,
    retry_at: integer,
    created_at: integer,
    failure: { ...text, ...optional },
  },
  indices: [
    { name: 'cutover_marks_by_key', columns: ['component', 'key', 'token'], unique: true },
    { name: 'cutover_marks_by_source', columns: ['component', 'source', 'retry_at'] },
    { name: 'cutover_marks_in_flight', columns: ['component', 'process'], where: `"token" <> ''` },
  ],
};

/** The table of the processes that were heard of. */
export const cutoverProcessTable: TableSchema<CutoverProcessRow> = {
  name: 'CutoverProcessRow',
  tableName: 'cutover_processes',
  columns: {
    name: { ...text, primary: true, primaryKeyConstraintName: 'cutover_processes_pk' },
    alive_until: integer,
  },
};

/** The table of who has changed what, and why. */
export const cutoverLogTable: TableSchema<CutoverLogRow> = {
  name: 'CutoverLogRow',
  tableName: 'cutover_log',
  columns: {
    id: number,
    component: text,
    at: integer,
    who: text,
    action: text,
    why: text,
    from_stage: text,
    from_percent: real,
    to_stage: text,
    to_percent: real,
  },
  indices: [{ name: 'cutover_log_by_component', columns: ['component', 'id'] }],
};

/** The table of what was measured. */
export const cutoverTallyTable: TableSchema<CutoverTallyRow> = {
  name: 'CutoverTallyRow',
  tableName: 'cutover_tallies',
  columns: {
    id: number,
    component: text,
    at: integer,
    side: text,
    operations: integer,
    errors: integer,
    compared: integer,
    mismatched: integer,
    median_ms: { ...real, ...optional },
  },
  indices: [
    { name: 'cutover_tallies_by_component', columns: ['component', 'at'] },
    { name: 'cutover_tallies_by_at', columns: ['at'] },
  ],
};

/** The table of answers that differed. */
export const cutoverMismatchTable: TableSchema<CutoverMismatchRow> = {
  name: 'CutoverMismatchRow',
  tableName: 'cutover_mismatches',
  columns: {
    id: number,
    component: text,
    at: integer,
    operation: text,
    key: { ...text, ...optional },
    fields: text,
  },
  indices: [{ name: 'cutover_mismatches_by_component', columns: ['component', 'id'] }],
};
