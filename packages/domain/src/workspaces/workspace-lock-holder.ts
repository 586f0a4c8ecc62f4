import type { JsonObject } from '../json.js';
import type { Timestamp } from '../timestamp.js';
import { Conflict } from '../errors/markitect-error.js';
import type { WorkspaceSlug } from './workspace-slug.js';

/** Who works on a workspace. */
export interface LockHolder {
  /** What it is, for people: `markitect workspace save`. */
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly since: Timestamp;
  /** When it was last heard of. */
  readonly heartbeatAt: Timestamp;
}

/** What the process that asks for a lock knows of the world. */
export interface LockObserver {
  readonly host: string;
  readonly now: Timestamp;
  /** Milliseconds without a heartbeat after which nobody is thought to be there. */
  readonly staleAfterMs: number;
  /** Whether a process of this host is running. */
  isAlive(pid: number): boolean;
}

/**
 * Whether a lock can be taken over: its process is gone from this host, or it has not been heard of for too long. A
 * process of another host can only be judged by its heartbeat. One that was merely asleep and goes on afterwards does
 * no harm: its save finds another revision.
 */
export function isStaleLock(holder: LockHolder, observer: LockObserver): boolean {
  if (holder.host === observer.host && !observer.isAlive(holder.pid)) return true;
  return Date.parse(observer.now) - Date.parse(holder.heartbeatAt) > observer.staleAfterMs;
}

/** The error for a workspace that somebody else works on: Conflict `WORKSPACE_LOCKED`. It may be tried again. */
export function workspaceLocked(slug: WorkspaceSlug, holder: LockHolder): Conflict {
  const { owner, host, pid, since } = holder;
  return new Conflict(
    'WORKSPACE_LOCKED',
    `workspace ${slug} is in use by ${owner} (process ${pid} on ${host}) since ${since}`,
    { details: { slug, holder: { owner, host, pid, since } satisfies JsonObject }, retryable: true },
  );
}
