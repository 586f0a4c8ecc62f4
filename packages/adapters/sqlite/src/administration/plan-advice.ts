import { isMarkitectError } from '@markitect/domain';
import type { SqlReader } from '../engine/sql-executor.js';
import type { SqliteHandle } from '../engine/sqlite-handle.js';
import { acceptedReason } from './accepted-plans.js';
import { indexCandidates } from './index-candidates.js';
import { withPlanDatabase } from './plan-database.connection.js';
import { explain, type PlanFinding, type QueryPlan } from './query-plan.js';
import { readSchema, type SchemaTable } from './schema.js';
import { rowsOf } from './store-status.js';

/** A statement that reads or sorts more rows the more there are, and what may be done about it. */
export interface PlanAdvice extends PlanFinding {
  readonly statement: string;
  /** The steps of its plan, each indented below the one it belongs to. */
  readonly plan: readonly string[];
  /** How many rows the table has now. */
  readonly rows: number;
  /** Why it is right as it is. */
  readonly reason?: string;
  /** An index with which SQLite would not do that any more; it was tried on an empty copy of the schema. */
  readonly proposal?: IndexProposal;
}

/** An index that would help. */
export interface IndexProposal {
  readonly statement: string;
  readonly plan: readonly string[];
}

/** What was looked at, and what of it could be better. */
export interface StoreAdvice {
  /** How many different statements were explained. */
  readonly statements: number;
  /** How many could not be, because they need the schema of another version. */
  readonly unfitting: number;
  /** Those of the largest tables first. */
  readonly findings: readonly PlanAdvice[];
}

/** What of the findings is told. */
export interface AdviceOptions {
  /** Tables with fewer rows are read to the end faster than by an index. Default: 100. */
  readonly minRows?: number;
}

/** A name no migration gives to an index. */
const TRIED = 'tried_by_advice';

/**
 * Explains statements on an empty copy of the schema and tries indexes there: the database itself is only read.
 * Throws as a read does.
 */
export async function advise(
  reader: SqlReader,
  statements: Iterable<string>,
  { minRows = 100 }: AdviceOptions = {},
): Promise<StoreAdvice> {
  const schema = await readSchema(reader);
  const counts = new Map<string, number>();
  for (const { name } of schema) counts.set(name, await rowsOf(reader, name));
  const explained = [...new Set([...statements].filter(isOfTheApplication))];
  return withPlanDatabase(reader, async (handle) => {
    const findings: PlanAdvice[] = [];
    let unfitting = 0;
    for (const statement of explained) {
      const plan = await explainFitting(handle, statement, namesOf(schema));
      if (plan === undefined) {
        unfitting += 1;
        continue;
      }
      for (const finding of plan.findings) {
        const rows = counts.get(finding.table) ?? 0;
        if (rows < minRows) continue;
        const reason = acceptedReason(statement, finding);
        const proposal = reason === undefined ? await propose(handle, statement, finding, schema) : undefined;
        findings.push({
          ...finding,
          statement,
          plan: plan.lines,
          rows,
          ...(reason === undefined ? {} : { reason }),
          ...(proposal === undefined ? {} : { proposal }),
        });
      }
    }
    findings.sort((left, right) => right.rows - left.rows);
    return { statements: explained.length - unfitting, unfitting, findings };
  });
}

/** `undefined`: the statement needs tables or columns that this schema does not have. */
async function explainFitting(
  handle: SqliteHandle,
  statement: string,
  tables: readonly string[],
): Promise<QueryPlan | undefined> {
  try {
    return await explain(handle, statement, tables);
  } catch (error) {
    if (isMarkitectError(error) && ['STORE_NOT_INITIALIZED', 'UNEXPECTED'].includes(error.code))
      return undefined;
    throw error;
  }
}

/** The first candidate with which SQLite does not do any more what was found. */
async function propose(
  handle: SqliteHandle,
  statement: string,
  finding: PlanFinding,
  schema: readonly SchemaTable[],
): Promise<IndexProposal | undefined> {
  const table = schema.find(({ name, kind }) => name === finding.table && kind === 'table');
  if (table === undefined) return undefined;
  const columns = table.columns.map(({ name }) => name);
  for (const candidate of indexCandidates(statement, table.name, columns)) {
    const on = `ON "${table.name}" (${candidate.map((column) => `"${column}"`).join(', ')})`;
    await handle.exec('BEGIN');
    try {
      await handle.exec(`CREATE INDEX ${TRIED} ${on}`);
      const { lines, findings } = await explain(handle, statement, namesOf(schema));
      const isMended = !findings.some(
        ({ kind, table: read }) => kind === finding.kind && read === finding.table,
      );
      if (isMended && lines.some((line) => line.includes(TRIED))) {
        const name = `${table.name}_by_${candidate.join('_and_')}`;
        return {
          statement: `CREATE INDEX "${name}" ${on}`,
          plan: lines.map((line) => line.replaceAll(TRIED, name)),
        };
      }
    } finally {
      await handle.finalize();
      await handle.exec('ROLLBACK');
    }
  }
  return undefined;
}

function namesOf(schema: readonly SchemaTable[]): readonly string[] {
  return schema.map(({ name }) => name);
}

/** What opening, checking and looking after the database needs is no matter of indexes. */
function isOfTheApplication(sql: string): boolean {
  return (
    /^\s*(SELECT|WITH|INSERT|REPLACE|UPDATE|DELETE)\b/i.test(sql) &&
    !/\b(pragma_\w+|sqlite_schema|dbstat|migrations|sqlite_version)\b/.test(sql) &&
    !sql.includes('integrity-check')
  );
}
