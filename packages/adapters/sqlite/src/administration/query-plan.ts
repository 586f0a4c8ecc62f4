import type { SqlReader } from '../engine/sql-executor.js';

/** What a plan does that costs more the more rows there are. */
export interface PlanFinding {
  /** `scan`: every row of a table is read. `sort`: rows are sorted though an index could have them in order. */
  readonly kind: 'scan' | 'sort';
  /** The table that is read, or whose rows are sorted. */
  readonly table: string;
  /** The step of the plan, in SQLite's words. */
  readonly step: string;
}

/** How SQLite would run a statement. */
export interface QueryPlan {
  /** Its steps, each indented below the one it belongs to. */
  readonly lines: readonly string[];
  readonly findings: readonly PlanFinding[];
}

interface Step {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

/** Asks how a statement would be run. Runs nothing. Throws as a read does. */
export async function explain(reader: SqlReader, sql: string, tables: readonly string[]): Promise<QueryPlan> {
  const steps = await reader.all<Step>(`EXPLAIN QUERY PLAN ${sql}`);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const depthOf = ({ parent }: Step): number => {
    const above = byId.get(parent);
    return above === undefined ? 0 : 1 + depthOf(above);
  };
  return {
    lines: steps.map((step) => `${'  '.repeat(depthOf(step))}${step.detail}`),
    findings: steps.flatMap((step) => findingsOf(step, steps, sql, tables)),
  };
}

function findingsOf(
  step: Step,
  steps: readonly Step[],
  sql: string,
  tables: readonly string[],
): PlanFinding[] {
  const { detail } = step;
  const read = /^SCAN (\S+)(.*)$/.exec(detail);
  if (read !== null) {
    const [, name = '', how = ''] = read;
    const table = tableNamed(name, sql, tables);
    // A walk along an index that a limit ends reads no more rows than are asked for, and so does nothing wrong.
    const isWalk = how.includes('USING') && /\bLIMIT\b/i.test(sql) && !steps.some(isSort);
    if (table === undefined || how.includes('VIRTUAL TABLE') || isWalk) return [];
    return [{ kind: 'scan', table, step: detail }];
  }
  const automatic = /^SEARCH (\S+) USING AUTOMATIC/.exec(detail);
  if (automatic !== null) {
    const table = tableNamed(automatic[1] ?? '', sql, tables);
    return table === undefined ? [] : [{ kind: 'scan', table, step: detail }];
  }
  if (!isSort(step)) return [];
  // What is sorted came from the steps beside it, or, where those are lists, from further below.
  const firstTable = (others: readonly Step[]): string | undefined => {
    for (const { detail: other } of others) {
      const name = /^(?:SCAN|SEARCH) (\S+)/.exec(other)?.[1];
      const table = name === undefined ? undefined : tableNamed(name, sql, tables);
      if (table !== undefined) return table;
    }
    return undefined;
  };
  const isBelow = ({ parent }: Step): boolean => {
    if (parent === step.parent) return true;
    const above = steps.find(({ id }) => id === parent);
    return above !== undefined && isBelow(above);
  };
  const table =
    firstTable(steps.filter(({ parent }) => parent === step.parent)) ?? firstTable(steps.filter(isBelow));
  return table === undefined ? [] : [{ kind: 'sort', table, step: detail }];
}

function isSort({ detail }: Step): boolean {
  return detail.startsWith('USE TEMP B-TREE');
}

/** The table that a name in a plan stands for; `undefined`: it is no table but a list, a subquery or the like. */
function tableNamed(name: string, sql: string, tables: readonly string[]): string | undefined {
  if (tables.includes(name)) return name;
  return tables.find((table) => aliasesOf(table, sql).includes(name));
}

/** The names under which a statement speaks of a table. */
export function aliasesOf(table: string, sql: string): readonly string[] {
  const named = new RegExp(`(?:FROM|JOIN|INTO|UPDATE|,)\\s+"?${table}"?(?:\\s+(?:AS\\s+)?(\\w+))?`, 'gi');
  return [...sql.matchAll(named)].map(([, alias]) => alias ?? table);
}
