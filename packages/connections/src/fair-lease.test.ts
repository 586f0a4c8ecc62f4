import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { isMarkitectError, Timeout, Unavailable } from '@markitect/domain';
import { FairLease } from './fair-lease.js';

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (isMarkitectError(error) ? error.code : String(error)),
  );

describe('FairLease', () => {
  it('gives each resource to one taker at a time, in the order of asking', async () => {
    const lease = new FairLease(['a', 'b']);
    const events: string[] = [];
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        lease.use(async () => {
          most = Math.max(most, lease.stats().inUse);
          events.push(String(index));
          await delay(index % 3);
        }),
      ),
    );
    expect(most).toBe(2);
    expect(events).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    expect(lease.stats()).toMatchObject({ inUse: 0, idle: 2, waiting: 0 });
    expect(lease.stats().waitMs).toBeGreaterThan(0);
  });

  it('lets nobody overtake those who wait', async () => {
    const lease = new FairLease(['only']);
    const first = await lease.acquire();
    const second = lease.acquire();
    expect(lease.tryAcquire()).toBeUndefined();
    lease.release(first);
    expect(lease.tryAcquire()).toBeUndefined();
    expect(await second).toBe('only');
  });

  it('gives the resource back when the work fails', async () => {
    const lease = new FairLease(['only']);
    await expect(lease.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(lease.stats()).toMatchObject({ inUse: 0, idle: 1 });
  });

  it('ends a wait that takes too long and goes on with the next', async () => {
    const lease = new FairLease(['only']);
    const held = await lease.acquire();
    const impatient = codeOf(lease.acquire({ timeoutMs: 5 }));
    const patient = lease.acquire();
    expect(await impatient).toBe('DEADLINE_EXCEEDED');
    expect(lease.stats().waiting).toBe(1);
    lease.release(held);
    expect(await patient).toBe('only');
  });

  it('takes the errors of waiting and of being closed from its options', async () => {
    const lease = new FairLease(['only'], {
      timeoutMs: 5,
      timedOut: () => new Timeout('WRITE_TIMEOUT', 'too long'),
      closed: () => new Unavailable('DATABASE_UNAVAILABLE', 'closed'),
    });
    const held = await lease.acquire();
    expect(await codeOf(lease.acquire())).toBe('WRITE_TIMEOUT');
    lease.release(held);
    await lease.close();
    expect(await codeOf(lease.acquire())).toBe('DATABASE_UNAVAILABLE');
  });

  it('ends a wait that is cancelled, before or while it lasts', async () => {
    const lease = new FairLease(['only']);
    const held = await lease.acquire();
    const controller = new AbortController();
    const waiting = codeOf(lease.acquire({ signal: controller.signal }));
    controller.abort();
    expect(await waiting).toBe('DEADLINE_EXCEEDED');
    expect(await codeOf(lease.acquire({ signal: controller.signal }))).toBe('DEADLINE_EXCEEDED');
    expect(lease.stats().waiting).toBe(0);
    lease.release(held);
    expect(lease.tryAcquire()).toBe('only');
  });

  it('closes when those who hold or wait are done, and refuses new takers', async () => {
    const lease = new FairLease(['only']);
    const held = await lease.acquire();
    const waiting = lease.acquire();
    let closed = false;
    const closing = lease.close().then(() => (closed = true));
    expect(await codeOf(lease.acquire())).toBe('CONNECTION_CLOSED');
    lease.release(held);
    const resource = await waiting;
    expect(closed).toBe(false);
    lease.release(resource);
    lease.release(resource);
    await closing;
    expect(lease.stats()).toMatchObject({ inUse: 0, idle: 1 });
  });
});
