import { describe, expect, it } from '@jest/globals';
import { isStaleLock, type LockHolder, workspaceLocked } from './workspace-lock-holder.js';
import { parseWorkspaceSlug } from './workspace-slug.js';

const holder: LockHolder = {
  owner: 'markitect workspace save',
  host: 'here',
  pid: 7,
  since: '2026-11-21T12:00:00.000Z',
  heartbeatAt: '2026-11-21T12:00:30.000Z',
};

describe('a lock', () => {
  it.each<[string, string, boolean, number, boolean]>([
    ['its process runs, and was just heard of', 'here', true, 0, false],
    ['its process runs, and was heard of not too long ago', 'here', true, 60_000, false],
    ['its process runs, but was not heard of for too long', 'here', true, 60_001, true],
    ['its process is gone', 'here', false, 0, true],
    ['its process may run on another host', 'there', false, 60_000, false],
    ['nothing was heard from the other host for too long', 'there', false, 60_001, true],
    ['the clock of the other host is ahead', 'there', true, -600_000, false],
  ])('when %s', (_, host, alive, silentMs, stale) => {
    const now = new Date(Date.parse(holder.heartbeatAt) + silentMs).toISOString();
    expect(isStaleLock(holder, { host, now, staleAfterMs: 60_000, isAlive: () => alive })).toBe(stale);
  });

  it('says who holds it, where and since when', () => {
    const error = workspaceLocked(parseWorkspaceSlug('42'), holder);
    expect(error.message).toBe(
      'workspace 42 is in use by markitect workspace save (process 7 on here) since 2026-11-21T12:00:00.000Z',
    );
    const { owner, host, pid, since } = holder;
    expect(error).toMatchObject({
      code: 'WORKSPACE_LOCKED',
      retryable: true,
      details: { slug: '42', holder: { owner, host, pid, since } },
    });
  });
});
