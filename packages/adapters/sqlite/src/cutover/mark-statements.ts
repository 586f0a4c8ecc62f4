import type { CutoverMark } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import type { SqlValue } from '../engine/sqlite-handle.js';

const requested = `json_each(?1) AS r`;

/** Marks of many writes in one statement: those with nothing in their way. Answers a row for each key marked. */
const markSql = `INSERT INTO cutover_marks(
    component, key, token, process, source, overlapped, attempts, retry_at, created_at)
  SELECT c.name, k.value, r.value ->> 'token', r.value ->> 'process', r.value ->> 'source', 0, 0, 0, ?2
  FROM ${requested}
    CROSS JOIN cutover_components AS c ON c.name = r.value ->> 'component'
    CROSS JOIN json_each(r.value, '$.keys') AS k
  WHERE c.epoch = r.value ->> 'epoch' AND c.switching_token IS NULL AND NOT EXISTS (
    SELECT 1 FROM json_each(r.value, '$.keys') AS asked
      CROSS JOIN cutover_marks AS m ON m.component = c.name AND m.key = asked.value
    WHERE m.source <> r.value ->> 'source')
  ON CONFLICT DO NOTHING RETURNING token`;

/** Ends the marks of many in one statement: those that are alone on their key, and that nobody has left the key to. */
const settleSql = `DELETE FROM cutover_marks WHERE id IN (
    SELECT m.id FROM ${requested}
      CROSS JOIN json_each(r.value, '$.keys') AS k
      CROSS JOIN cutover_marks AS m ON m.component = r.value ->> 'component' AND m.key = k.value
        AND m.token = r.value ->> 'token'
    WHERE m.overlapped = 0 AND NOT EXISTS (
      SELECT 1 FROM cutover_marks AS o
      WHERE o.component = m.component AND o.key = m.key AND o.token <> m.token))
  RETURNING token, key`;

/** A statement, and what its rows say. */
export interface MarkStatement<T> {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  readonly answers: (rows: readonly unknown[]) => readonly T[];
}

/** Marks what has nothing in its way; answers for each whether it is marked. What is not may be marked all the same. */
export function markStatement(marks: readonly CutoverMark[], now: number): MarkStatement<boolean> {
  return {
    sql: markSql,
    parameters: [asked(marks), now],
    answers: (rows) => {
      const marked = new Set((rows as readonly { token: string }[]).map(({ token }) => token));
      return marks.map(({ token }) => marked.has(token));
    },
  };
}

/** Ends what is simple; answers for each the keys that are not. */
export function settleStatement(marks: readonly CutoverMark[]): MarkStatement<readonly string[]> {
  return {
    sql: settleSql,
    parameters: [asked(marks)],
    answers: (rows) => {
      const ended = new Set(
        (rows as readonly { token: string; key: string }[]).map(({ token, key }) => `${token}\0${key}`),
      );
      return marks.map(({ token, keys }) => keys.filter((key) => !ended.has(`${token}\0${key}`)));
    },
  };
}

/** Runs a statement within a transaction. */
export async function runStatement<T>(
  executor: SqlExecutor,
  statement: MarkStatement<T>,
): Promise<readonly T[]> {
  return statement.answers(await executor.all(statement.sql, statement.parameters));
}

function asked(marks: readonly CutoverMark[]): string {
  return JSON.stringify(
    marks.map(({ component, keys, token, process, source, epoch }) => ({
      component,
      keys,
      token,
      process,
      source,
      epoch,
    })),
  );
}
