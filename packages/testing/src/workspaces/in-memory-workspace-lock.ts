import {
  isStaleLock,
  type LockHolder,
  type LockObserver,
  workspaceLocked,
  type WorkspaceSlug,
} from '@markitect/domain';
import type { WorkspaceLease, WorkspaceLock } from '@markitect/ports';

/** A workspace lock for tests. Locks given to several of them with one `held` are seen by all. */
export class InMemoryWorkspaceLock implements WorkspaceLock {
  readonly #held: Map<WorkspaceSlug, LockHolder>;
  readonly #observe: () => LockObserver;

  constructor(held = new Map<WorkspaceSlug, LockHolder>(), observe: () => LockObserver = defaultObserver) {
    this.#held = held;
    this.#observe = observe;
  }

  async acquire(slug: WorkspaceSlug, owner: string): Promise<WorkspaceLease> {
    await Promise.resolve();
    const observer = this.#observe();
    const other = this.#held.get(slug);
    if (other !== undefined && !isStaleLock(other, observer)) throw workspaceLocked(slug, other);
    const { host, now } = observer;
    const mine: LockHolder = { owner, host, pid: process.pid, since: now, heartbeatAt: now };
    this.#held.set(slug, mine);
    return {
      release: async () => {
        await Promise.resolve();
        if (this.#held.get(slug) === mine) this.#held.delete(slug);
      },
    };
  }
}

/** Every process is there, and no time passes. */
const defaultObserver = (): LockObserver => ({
  host: 'here',
  now: '2026-01-01T00:00:00.000Z',
  staleAfterMs: 60_000,
  isAlive: () => true,
});
