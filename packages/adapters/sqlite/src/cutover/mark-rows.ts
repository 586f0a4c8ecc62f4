import { type CutoverMarkRow, cutoverRepairOf } from '@markitect/adapter-sql';
import { type CutoverRepair, isMirrored, primaryOf } from '@markitect/domain';
import type { CutoverMark, MarkAnswer } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { isSilent, requireComponent } from './component-rows.js';
import { changed } from './cutover-changed.js';

/** A mark, and whether its process is heard of: 1 or 0. */
type FoundMark = CutoverMarkRow & { live: number };

interface Leaving {
  readonly failure?: { readonly code: string; readonly message: string };
  readonly retryAt: number;
  readonly attempts: number;
}

/** As `mark` of the port, key by key: for what has something in its way. */
export async function addMarks(executor: SqlExecutor, mark: CutoverMark, now: number): Promise<MarkAnswer> {
  const component = await requireComponent(executor, mark.component);
  if (component.epoch !== mark.epoch) return { isMarked: false };
  if (component.switching_process !== null) {
    if (!(await isSilent(executor, component.switching_process, now))) return { isMarked: false };
    await endSwitching(executor, mark.component);
  }
  const found = new Map<string, FoundMark[]>();
  for (const key of mark.keys) found.set(key, await marksOf(executor, mark.component, key, now));
  const isForeign = (each: FoundMark): boolean => each.token !== mark.token && each.source !== mark.source;
  const foreign = [...found.values()].flat().filter(isForeign);
  if (foreign.some(({ token, live }) => token !== '' && live === 1)) return { isMarked: false };
  const carried: string[] = [];
  for (const [key, marks] of found) {
    const own = marks.find(({ token }) => token === mark.token);
    const others = marks.filter(isForeign);
    if (own !== undefined) {
      if (own.source !== mark.source) carried.push(key);
    } else if (others.length > 0) {
      carried.push(key);
      for (const each of others) if (each.token !== '') await leave(executor, each, now, again(now));
      await executor.run(
        `UPDATE cutover_marks SET token = ?, process = ?, overlapped = 0, retry_at = 0
         WHERE component = ? AND key = ? AND token = ''`,
        [mark.token, mark.process, mark.component, key],
      );
    } else await insert(executor, mark, key, now);
  }
  return { isMarked: true, carried };
}

/** As `absorb` of the port. */
export async function absorbMarks(executor: SqlExecutor, mark: CutoverMark, now: number): Promise<boolean> {
  for (const key of mark.keys) {
    const own = await ownMark(executor, mark, key, now);
    if (own === undefined || (own.source !== mark.source && own.overlapped === 1)) return false;
  }
  await executor.run(
    `UPDATE cutover_marks SET source = ?1, attempts = 0, failure = NULL
     WHERE component = ?2 AND key IN (SELECT value FROM json_each(?3)) AND token = ?4 AND source <> ?1`,
    [mark.source, mark.component, JSON.stringify(mark.keys), mark.token],
  );
  return true;
}

/** As `release` of the port. */
export async function releaseMarks(executor: SqlExecutor, mark: CutoverMark, now: number): Promise<void> {
  for (const key of mark.keys) {
    const own = await ownMark(executor, mark, key, now);
    if (own === undefined) continue;
    // Somebody who has ended meanwhile has left the key to this mark.
    const isRelied = own.overlapped === 1 && (await isFollowed(executor, own));
    if (own.source === mark.source && !isRelied) await end(executor, own);
    else await leave(executor, own, now, again(now));
  }
}

/** As `renew` of the port and, when the keys were copied, as `settle`, key by key. */
export async function settleMarks(
  executor: SqlExecutor,
  mark: CutoverMark,
  isCopied: boolean,
  now: number,
): Promise<readonly string[]> {
  const left: string[] = [];
  let isStray = false;
  for (const key of mark.keys) {
    const own = await ownMark(executor, mark, key, now);
    if (own === undefined) {
      const outcome = await takenOver(executor, mark, key, now);
      if (outcome === 'anew') left.push(key);
      if (outcome === 'stray') isStray = true;
    } else if (!isCopied || !(await isEnded(executor, own, now))) left.push(key);
  }
  if (isStray) throw changed(mark.component, 'is read from the other side since this write was begun');
  return left;
}

/** As `park` of the port. */
export async function parkMarks(
  executor: SqlExecutor,
  mark: CutoverMark,
  leaving: Leaving,
  now: number,
): Promise<void> {
  for (const key of mark.keys) {
    let own = await ownMark(executor, mark, key, now);
    if (own === undefined && (await takenOver(executor, mark, key, now)) === 'anew') {
      own = await ownMark(executor, mark, key, now);
    }
    if (own === undefined) continue;
    if (await isFollowed(executor, own)) await leave(executor, own, now, leaving);
    else await end(executor, own);
  }
}

/** Makes pending what silent processes have in flight. */
export async function abandonSilent(executor: SqlExecutor, component: string, now: number): Promise<void> {
  const silent = await executor.all<FoundMark>(
    `SELECT m.* FROM cutover_marks AS m WHERE m.component = ?1 AND m.token <> '' AND NOT EXISTS (
       SELECT 1 FROM cutover_processes AS p WHERE p.name = m.process AND p.alive_until > ?2)`,
    [component, now],
  );
  for (const each of silent) await leave(executor, each, now, again(now));
}

/** As `claim` of the port. */
export async function claimMarks(
  executor: SqlExecutor,
  component: string,
  claim: Pick<CutoverMark, 'token' | 'process' | 'source'> & { readonly limit: number },
  now: number,
): Promise<readonly CutoverRepair[]> {
  const [held] = await executor.all<{ readonly switching_process: string }>(
    'SELECT switching_process FROM cutover_components WHERE name = ? AND switching_token IS NOT NULL',
    [component],
  );
  if (held !== undefined) {
    if (!(await isSilent(executor, held.switching_process, now))) return [];
    await endSwitching(executor, component);
  }
  await abandonSilent(executor, component, now);
  const rows = await executor.all<CutoverMarkRow>(
    `UPDATE cutover_marks SET token = ?1, process = ?2, overlapped = 0, retry_at = 0 WHERE id IN (
       SELECT m.id FROM cutover_marks AS m
       WHERE m.component = ?3 AND m.source = ?4 AND m.token = '' AND m.retry_at <= ?5 AND NOT EXISTS (
         SELECT 1 FROM cutover_marks AS o WHERE o.component = ?3 AND o.key = m.key AND o.token <> '')
       ORDER BY m.retry_at, m.id LIMIT ?6) RETURNING *`,
    [claim.token, claim.process, component, claim.source, now, claim.limit],
  );
  return rows.sort((left, right) => left.id - right.id).map(cutoverRepairOf);
}

/** A change of a process that fell silent holds nothing back. */
export async function endSwitching(executor: SqlExecutor, component: string): Promise<void> {
  await executor.run(
    `UPDATE cutover_components SET switching_to = NULL, switching_token = NULL, switching_process = NULL
     WHERE name = ?`,
    [component],
  );
}

function again(now: number): Leaving {
  return { retryAt: now, attempts: 0 };
}

function marksOf(executor: SqlExecutor, component: string, key: string, now: number): Promise<FoundMark[]> {
  return executor.all<FoundMark>(
    `SELECT m.*, coalesce(p.alive_until > ?3, 0) AS live
     FROM cutover_marks AS m LEFT JOIN cutover_processes AS p ON p.name = m.process
     WHERE m.component = ?1 AND m.key = ?2`,
    [component, key, now],
  );
}

async function ownMark(
  executor: SqlExecutor,
  mark: CutoverMark,
  key: string,
  now: number,
): Promise<FoundMark | undefined> {
  const marks = await marksOf(executor, mark.component, key, now);
  return marks.find(({ token }) => token === mark.token);
}

async function insert(executor: SqlExecutor, mark: CutoverMark, key: string, now: number): Promise<void> {
  await executor.run(
    `INSERT INTO cutover_marks(component, key, token, process, source, overlapped, attempts, retry_at, created_at)
     VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, iif(?3 = '', ?6, 0), ?6)`,
    [mark.component, key, mark.token, mark.process, mark.source, now],
  );
}

/** The others in flight on the key copy once more. */
async function overlap(executor: SqlExecutor, { component, key, token }: CutoverMarkRow): Promise<void> {
  await executor.run(
    `UPDATE cutover_marks SET overlapped = 1 WHERE component = ? AND key = ? AND token NOT IN ('', ?)`,
    [component, key, token],
  );
}

async function end(executor: SqlExecutor, mark: CutoverMarkRow): Promise<void> {
  await overlap(executor, mark);
  await executor.run('DELETE FROM cutover_marks WHERE id = ?', [mark.id]);
}

/** Makes a mark pending, as the only one of its key. */
async function leave(
  executor: SqlExecutor,
  mark: CutoverMarkRow,
  now: number,
  { failure, retryAt, attempts }: Leaving,
): Promise<void> {
  await overlap(executor, mark);
  const marks = await marksOf(executor, mark.component, mark.key, now);
  const pending = marks.find(({ token }) => token === '');
  if (pending !== undefined) await executor.run('DELETE FROM cutover_marks WHERE id = ?', [mark.id]);
  await executor.run(
    `UPDATE cutover_marks SET token = '', process = '', overlapped = 0, attempts = attempts + ?,
       retry_at = ?, failure = coalesce(?, failure) WHERE id = ?`,
    [
      attempts,
      retryAt,
      failure === undefined ? null : JSON.stringify({ code: failure.code, message: failure.message }),
      (pending ?? mark).id,
    ],
  );
}

/** Whether the other side follows what a mark is a source of. */
async function isFollowed(executor: SqlExecutor, mark: CutoverMarkRow): Promise<boolean> {
  const { stage } = await requireComponent(executor, mark.component);
  return isMirrored(stage) || mark.source !== primaryOf(stage);
}

async function isEnded(executor: SqlExecutor, mark: FoundMark, now: number): Promise<boolean> {
  const marks = await marksOf(executor, mark.component, mark.key, now);
  const isShared = marks.some(({ token }) => token !== '' && token !== mark.token);
  if (isShared || !(await isFollowed(executor, mark))) {
    await end(executor, mark);
    return true;
  }
  if (mark.overlapped === 1) {
    await executor.run('UPDATE cutover_marks SET overlapped = 0 WHERE id = ?', [mark.id]);
    return false;
  }
  await executor.run('DELETE FROM cutover_marks WHERE component = ? AND key = ?', [mark.component, mark.key]);
  return true;
}

/**
 * Of a key that was taken over: `left` to the marks on it; marked `anew`; or `stray`: read from the other side now, and
 * marked to be repaired from there.
 */
async function takenOver(
  executor: SqlExecutor,
  mark: CutoverMark,
  key: string,
  now: number,
): Promise<'left' | 'anew' | 'stray'> {
  await executor.run(
    `UPDATE cutover_marks SET overlapped = 1 WHERE component = ? AND key = ? AND token <> ''`,
    [mark.component, key],
  );
  const marks = await marksOf(executor, mark.component, key, now);
  if (marks.length > 0) return marks.some(({ source }) => source === mark.source) ? 'left' : 'stray';
  const { stage } = await requireComponent(executor, mark.component);
  const primary = primaryOf(stage);
  const isStray = primary !== mark.source;
  if (!isMirrored(stage)) return isStray ? 'stray' : 'left';
  await insert(executor, isStray ? { ...mark, source: primary, token: '', process: '' } : mark, key, now);
  return isStray ? 'stray' : 'anew';
}
