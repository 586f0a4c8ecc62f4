import { hostname } from 'node:os';
import type { MirrorTurn, TurnRequest } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';

/** A process that may have a turn, and how it sees others. */
export interface TurnProcess {
  readonly host: string;
  readonly pid: number;
  /** Whether a process of this machine is there. */
  readonly isAlive: (pid: number) => boolean;
}

export const thisProcess: TurnProcess = { host: hostname(), pid: process.pid, isAlive };

interface TurnRow {
  readonly token: string;
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  readonly since: number;
  readonly until: number;
}

/** Takes or renews the turn of a source, and answers whose it is then. */
export async function takeTurn(
  transaction: SqlExecutor,
  source: string,
  { token, holder, ttlMs }: TurnRequest,
  { host, pid, isAlive: isThere }: TurnProcess,
): Promise<MirrorTurn> {
  const now = Date.now();
  const [row] = await transaction.all<TurnRow>(
    'SELECT token, holder, host, pid, since, held_until AS until FROM mirror_turns WHERE source = ?',
    [source],
  );
  if (
    row !== undefined &&
    row.token !== token &&
    row.until > now &&
    // A container may show another machine's name and numbers for this one's: two who fill it make nothing false.
    (row.host !== host || isThere(row.pid))
  ) {
    return turnOf(row);
  }
  const since = row?.token === token ? row.since : now;
  await transaction.run(
    `INSERT OR REPLACE INTO mirror_turns(source, token, holder, host, pid, since, held_until)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [source, token, holder, host, pid, since, now + ttlMs],
  );
  return turnOf({ token, holder, since, until: now + ttlMs });
}

/** Gives a turn back. */
export async function endTurn(transaction: SqlExecutor, source: string, token: string): Promise<void> {
  await transaction.run('DELETE FROM mirror_turns WHERE source = ? AND token = ?', [source, token]);
}

function turnOf({ token, holder, since, until }: Omit<TurnRow, 'host' | 'pid'>): MirrorTurn {
  return { token, holder, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of another user may be there and not be asked.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}
