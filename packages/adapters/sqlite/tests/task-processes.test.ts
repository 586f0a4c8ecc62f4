import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { SqliteConnection, SqliteTaskQueue, SqliteTaskSignal } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const script = fileURLToPath(new URL('./enqueue-process.mjs', import.meta.url));

describe('tasks of a process that is killed', () => {
  it.each([
    ['before-commit', 0],
    ['after-commit', 2],
  ])('at %s are %d', async (step, count) => {
    const { file, connection, close } = await temporaryStore();
    const killed = promisify(execFile)(process.execPath, [script, file, step]);
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
    const queue = new SqliteTaskQueue(connection);
    expect((await queue.list({})).items).toHaveLength(count);
    const [again] = await queue.enqueue([{ type: 'mail.send', uniqueKey: 'k' }]);
    expect(again?.isNew).toBe(count === 0);
    const outbox = await connection.readers().all('SELECT 1 FROM outbox');
    expect(outbox).toHaveLength(count / 2);
    await close();
  });
});

describe('a signal', () => {
  /** Another process, as far as SQLite knows: a connection of its own. */
  async function twoProcesses() {
    const { file, connection, close } = await temporaryStore();
    const other = new SqliteConnection({ file });
    await other.open();
    const signal = new SqliteTaskSignal(connection, { pollMs: 10 });
    for (let times = 0; times < 10; times += 1) await signal.wait(25);
    return {
      signal,
      connection,
      theirs: new SqliteTaskQueue(other),
      close: async () => {
        await other.close();
        await close();
      },
    };
  }

  it('wakes for the tasks of another process', async () => {
    const { signal, theirs, close } = await twoProcesses();
    const waiting = signal.wait(60_000);
    await theirs.enqueue([{ type: 'mail.send' }]);
    await waiting;
    await close();
  });

  it('tells of tasks that another process has enqueued while nobody waited', async () => {
    const { signal, theirs, close } = await twoProcesses();
    await theirs.enqueue([{ type: 'mail.send' }]);
    await signal.wait(60_000);
    await close();
  });

  it('is silent while nothing happens, and after the database is closed', async () => {
    const { signal, connection, theirs, close } = await twoProcesses();
    await theirs.list({});
    await theirs.claim({ worker: 'w', limit: 1, leaseMs: 1000 });
    await theirs.rescue();
    for (let times = 0; times < 10; times += 1) await signal.wait(15);
    let isWoken = false;
    const stop = new AbortController();
    const waiting = signal.wait(60_000, stop.signal).then(() => (isWoken = true));
    await delay(60);
    await connection.close();
    await delay(40);
    expect(isWoken).toBe(false);
    stop.abort();
    await waiting;
    await close();
  });
});
