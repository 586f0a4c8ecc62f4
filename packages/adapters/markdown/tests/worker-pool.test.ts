import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkerPool } from '../src/worker-pool.js';

const LONG = 60_000;

describe('a pool of workers', () => {
  let pool: WorkerPool;

  beforeEach(() => {
    pool = new WorkerPool({
      entry: new URL('./fixtures/unruly.worker.mjs', import.meta.url),
      threads: 2,
      heapMb: 256,
    });
  });
  afterEach(() => pool.close());

  it('starts no thread before it has a task', async () => {
    expect(pool.isRunning).toBe(false);
    await expect(pool.run('x', LONG)).resolves.toBe('x');
    expect(pool.isRunning).toBe(true);
  });

  it('answers more tasks than it has threads, each with its own result', async () => {
    const tasks = Array.from({ length: 50 }, (_, index) => index);
    await expect(Promise.all(tasks.map((task) => pool.run(task, LONG)))).resolves.toEqual(tasks);
  });

  it.each([
    [
      'crashes its thread',
      'crash',
      LONG,
      { code: 'UNEXPECTED', message: expect.stringContaining('out of the blue') },
    ],
    ['throws', 'throw', LONG, { code: 'UNEXPECTED', message: expect.stringContaining('no such thing') }],
    ['never ends', 'hang', 200, { code: 'MARKDOWN_TOO_COMPLEX', details: { limit: 'time' } }],
    ['takes all memory', 'devour', LONG, { code: 'MARKDOWN_TOO_COMPLEX', details: { limit: 'memory' } }],
  ])('fails only the task that %s', async (_name, task, limit, error) => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => pool.run(index, LONG));
    const before = others(5);
    const bad = Array.from({ length: task === 'devour' ? 1 : 3 }, () => pool.run(task, limit));
    const after = others(5);
    for (const outcome of await Promise.allSettled(bad)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: error });
    }
    await expect(Promise.all([...before, ...after])).resolves.toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    await expect(Promise.all(others(5))).resolves.toHaveLength(5);
  });

  it('refuses a task that cannot be sent', async () => {
    await expect(pool.run(() => undefined, LONG)).rejects.toMatchObject({ code: 'UNEXPECTED' });
    await expect(pool.run('x', LONG)).resolves.toBe('x');
  });

  it('counts the time of a task from its start, not from its call', async () => {
    const hanging = [1, 2].map(() => pool.run('hang', 3000).catch(() => 'ended'));
    const waiting = pool.run('waited', 2900);
    await expect(Promise.all(hanging)).resolves.toEqual(['ended', 'ended']);
    await expect(waiting).resolves.toBe('waited');
  });

  it('finishes what it has before it closes, and takes nothing afterwards', async () => {
    const running = Promise.all([1, 2, 3, 4, 5].map((task) => pool.run(task, LONG)));
    await Promise.all([pool.close(), pool.close()]);
    await expect(running).resolves.toEqual([1, 2, 3, 4, 5]);
    await expect(pool.run('x', LONG)).rejects.toMatchObject({ code: 'UNEXPECTED' });
    await expect(pool.close()).resolves.toBeUndefined();
  });

  it('gives up what runs and what waits when it is terminated, even while it closes', async () => {
    const tasks = ['hang', 'hang', 'hang', 'waits'].map((task) => pool.run(task, LONG));
    const settled = Promise.allSettled(tasks);
    const closing = pool.close();
    await Promise.all([pool.terminate(), pool.terminate(), closing]);
    for (const outcome of await settled) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'Unavailable', code: 'CONNECTION_CLOSED' },
      });
    }
    await expect(pool.run('x', LONG)).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });

  it('gives up what runs already', async () => {
    await pool.run('x', LONG);
    const hanging = pool.run('hang', LONG);
    const refused = expect(hanging).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await pool.terminate();
    await refused;
  });

  it('closes without ever having started', async () => {
    await expect(pool.close()).resolves.toBeUndefined();
    expect(pool.isRunning).toBe(false);
  });
});
