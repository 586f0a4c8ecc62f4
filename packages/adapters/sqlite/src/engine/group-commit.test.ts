import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@markitect/domain';
import { GroupCommit, type Outcome } from './group-commit.js';
import { SqliteHandle, type DriverDatabase } from './sqlite-handle.js';
import { SqliteWriter } from './sqlite-writer.js';

/** A driver that writes down what it is told and fails where the test wants it to. */
function fakeWriter(failure: (sql: string) => Error | null = () => null) {
  const log: string[] = [];
  const database: DriverDatabase = {
    prepare: (sql, done) => {
      setImmediate(() => done(null));
      return {
        all: (_parameters, answer) => setImmediate(() => answer(null, [])),
        run: (_parameters, answer) =>
          setImmediate(() => {
            log.push(sql);
            answer.call({ changes: 0 }, failure(sql));
          }),
        finalize: (answer) => setImmediate(answer),
      };
    },
    exec: (_sql, done) => setImmediate(() => done(null)),
  };
  return { log, writer: new SqliteWriter(new SqliteHandle(database), 200) };
}

function groups(writer: SqliteWriter, write: (request: string) => Outcome<string>) {
  const seen: string[][] = [];
  const commit = new GroupCommit<string, string>(() => Promise.resolve(writer), {
    keyOf: (request) => request.slice(0, 1),
    weightOf: (request) => request.length,
    maxRequests: 4,
    maxWeight: 20,
    write: (_transaction, requests) => {
      seen.push([...requests]);
      return Promise.resolve(requests.map(write));
    },
  });
  return { commit, seen };
}

const answered = (request: string): Outcome<string> => ({ value: request.toUpperCase() });
const busy = () => Object.assign(new Error('SQLITE_BUSY: locked'), { code: 'SQLITE_BUSY' });

describe('a group commit', () => {
  it('commits together what comes together, and what came meanwhile after it', async () => {
    const { log, writer } = fakeWriter();
    const { commit, seen } = groups(writer, answered);
    const first = ['a', 'b'].map((each) => commit.submit(each));
    await new Promise((resolve) => process.nextTick(resolve));
    const second = ['c', 'd'].map((each) => commit.submit(each));
    expect(await Promise.all([...first, ...second])).toEqual(['A', 'B', 'C', 'D']);
    expect(seen).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(log).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'BEGIN IMMEDIATE', 'COMMIT']);
  });

  it('keeps requests of one key apart and in their order', async () => {
    const { commit, seen } = groups(fakeWriter().writer, answered);
    await Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map((each) => commit.submit(each)));
    expect(seen).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });

  it('closes a group that is large enough', async () => {
    const { commit, seen } = groups(fakeWriter().writer, answered);
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e', `f${'-'.repeat(30)}`, 'g'].map((each) => commit.submit(each)),
    );
    expect(seen.map((group) => group.length)).toEqual([4, 2, 1]);
  });

  it('fails one without the others when its outcome is an error', async () => {
    const { commit } = groups(fakeWriter().writer, (request) =>
      request === 'b' ? { error: new Error('not b') } : answered(request),
    );
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((each) => commit.submit(each)));
    expect(outcomes.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('tries one by one when a defect in one spoils the transaction', async () => {
    const { log, writer } = fakeWriter();
    const { commit, seen } = groups(writer, (request) => {
      if (request === 'b') throw new TypeError('defect');
      return answered(request);
    });
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((each) => commit.submit(each)));
    expect(outcomes.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
    expect(log.filter((sql) => sql === 'COMMIT')).toHaveLength(2);
  });

  it('answers nobody before the commit, and fails all when it fails', async () => {
    const full = Object.assign(new Error('SQLITE_FULL: disk'), { code: 'SQLITE_FULL' });
    const { log, writer } = fakeWriter((sql) => (sql === 'COMMIT' ? full : null));
    const { commit } = groups(writer, answered);
    const outcomes = await Promise.allSettled(['a', 'b'].map((each) => commit.submit(each)));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE' } });
    }
    expect(log).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']);
  });

  it('waits for a lock of another process until its deadline', async () => {
    let refusals = 3;
    const patient = fakeWriter((sql) => (sql === 'BEGIN IMMEDIATE' && refusals-- > 0 ? busy() : null));
    expect(await groups(patient.writer, answered).commit.submit('a')).toBe('A');
    const { writer } = fakeWriter((sql) => (sql === 'BEGIN IMMEDIATE' ? busy() : null));
    await expect(groups(writer, answered).commit.submit('a')).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
    });
  });

  it('fails like the writer it cannot have', async () => {
    const commit = new GroupCommit<string, string>(
      () => Promise.reject(new Unavailable('DATABASE_UNAVAILABLE', 'closed')),
      { keyOf: String, weightOf: () => 1, maxRequests: 4, maxWeight: 4, write: () => Promise.resolve([]) },
    );
    await expect(commit.submit('a')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});

describe('a transaction', () => {
  it('gives up its turn when those before it take too long', async () => {
    const { writer } = fakeWriter();
    let finish = (): void => undefined;
    const long = writer.transaction(() => new Promise<void>((resolve) => (finish = resolve)));
    await expect(writer.transaction(() => Promise.resolve())).rejects.toMatchObject({
      code: 'WRITE_TIMEOUT',
    });
    finish();
    await long;
  });

  it('does with one statement what can be done so, and the rest in a transaction', async () => {
    const { log, writer } = fakeWriter();
    const commit = new GroupCommit<string, string>(() => Promise.resolve(writer), {
      keyOf: (request) => request,
      weightOf: () => 1,
      maxRequests: 4,
      maxWeight: 20,
      write: (_transaction, requests) => Promise.resolve(requests.map(answered)),
      statement: (requests) =>
        requests.length > 1
          ? undefined
          : { sql: 'INSERT', parameters: [], outcomes: (rows) => [{ value: `${rows.length} rows` }] },
    });
    expect(await commit.submit('a')).toBe('0 rows');
    expect(log).toEqual([]);
    expect(await Promise.all([commit.submit('b'), commit.submit('c')])).toEqual(['B', 'C']);
    expect(log).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });
});
