import type { WorkspaceSlug } from '@markitect/domain';
import { definePort } from '../port.js';

/** A lock that is held. Keeps itself fresh until it is released. */
export interface WorkspaceLease {
  /**
   * Lets go of the lock; does nothing when that has happened already. Never takes away a lock that somebody else has
   * taken over in the meantime.
   */
  release(): Promise<void>;
}

/**
 * Keeps two processes, and two callers of one process, from working on one workspace. Locks of different workspaces do
 * not wait for each other.
 */
export interface WorkspaceLock {
  /**
   * Takes the lock of a workspace, at once or not at all: nobody waits. `owner` says for people who has it. A stale
   * lock, as `isStaleLock` of the domain judges it, is taken over, by exactly one of those that try at the same time.
   * Throws Conflict `WORKSPACE_LOCKED` (made by `workspaceLocked`) naming who holds it and since when; Unavailable
   * `FILE_SYSTEM_FAILED`, Forbidden `FILE_UNREADABLE`.
   */
  acquire(slug: WorkspaceSlug, owner: string): Promise<WorkspaceLease>;
}

export const workspaceLockPort = definePort<WorkspaceLock>('WorkspaceLock', {
  acquire: { kind: 'write', idempotent: false, key: (slug) => slug },
});
