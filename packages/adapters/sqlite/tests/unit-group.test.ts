import { markitectFailure } from '@markitect/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SqlExecutor, SqliteUnitOfWork } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const ROWS = 4;
const set = 'INSERT INTO counters VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET value = excluded.value';
const counters = (executor: SqlExecutor) => ({
  get: async (id: number) =>
    (await executor.all<{ value: number }>('SELECT value FROM counters WHERE id = ?', [id]))[0]?.value ?? 0,
  add: (id: number) =>
    executor.run(
      'INSERT INTO counters VALUES (?, 1) ON CONFLICT(id) DO UPDATE SET value = counters.value + 1',
      [id],
    ),
  set: (id: number, value: number) => executor.run(set, [id, value]),
  setBoth: (id: number, value: number) =>
    Promise.all([executor.run(set, [id, value]), executor.run(set, [id + ROWS, value])]),
  many: () => executor.all('SELECT value FROM json_each(?)', [JSON.stringify(Array(40).fill(1))]),
  fails: () => executor.run('INSERT INTO counters VALUES (1, NULL)'),
  random: () => executor.all('SELECT random() AS value'),
});

/** Groups are closed by their size alone, so that what shares one does not depend on the speed of the machine. */
async function opened() {
  const store = await temporaryStore();
  const writer = await store.connection.writer();
  await writer.transaction((tx) =>
    tx.run('CREATE TABLE counters(id INTEGER PRIMARY KEY, value INTEGER NOT NULL)'),
  );
  return {
    ...store,
    units: new SqliteUnitOfWork(store.connection, { repositories: { counters }, maxGroupAgeMs: 60_000 }),
  };
}

const row = fc.integer({ min: 0, max: ROWS - 1 });
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('add', 'double', 'both', 'many', 'part', 'broken part'), id: row }),
  fc.record({ kind: fc.constant('fail'), id: row }),
);
const work = fc.array(step, { minLength: 1, maxLength: 5 });

describe('a group of units of work', () => {
  it('leaves what those units of work make of it that have not failed, whatever the others did', async () => {
    const { units, close } = await opened();
    await fc.assert(
      fc.asyncProperty(fc.array(work, { minLength: 2, maxLength: 40 }), async (works) => {
        const before = await units.run((tx) => table(tx.counters));
        const model = [...before];
        const wanted = works.map((steps) => apply(model, steps));
        const outcomes = await Promise.allSettled(
          works.map((steps) =>
            units.run(async (tx) => {
              const seen: number[] = [];
              for (const { kind, id } of steps) {
                if (kind === 'add') await tx.counters.add(id);
                if (kind === 'double') {
                  seen.push(await tx.counters.get(id));
                  await tx.counters.set(id, (seen.at(-1) ?? 0) * 2);
                }
                if (kind === 'both') await tx.counters.setBoth(id, 7);
                if (kind === 'many') await tx.counters.many();
                if (kind === 'part') await tx.nested(() => tx.counters.get(id)).catch(() => undefined);
                if (kind === 'broken part') {
                  await tx.nested(() => Promise.reject(new Error('part'))).catch(() => undefined);
                }
                if (kind === 'fail') throw new Error('wanted');
              }
              return seen;
            }),
          ),
        );
        expect(outcomes.map((each) => (each.status === 'fulfilled' ? each.value : undefined))).toEqual(
          wanted,
        );
        expect(await units.run((tx) => table(tx.counters))).toEqual(model);
      }),
      { numRuns: 150 },
    );
    await close();
  }, 60_000);

  it('undoes a nested part whose statement failed, and what fails after it', async () => {
    const { units, close } = await opened();
    const partly = (fails: boolean) =>
      units.run(async (tx) => {
        await tx.counters.add(1);
        await tx.nested((part) => (part as typeof tx).counters.fails()).catch(() => undefined);
        if (fails) throw new Error('wanted');
      });
    await Promise.allSettled([false, false, true, false, true, true, false].map(partly));
    expect(await units.run((tx) => tx.counters.get(1))).toBe(4);
    await close();
  });

  it('is not committed when what one of it has seen cannot be made true again', async () => {
    const { units, close } = await opened();
    const codes = await Promise.all(
      [undefined, 'random', undefined, 'fail'].map((kind) =>
        markitectFailure(() =>
          units.run(async (tx) => {
            await tx.counters.add(1);
            if (kind === 'random') await tx.counters.random();
            if (kind === 'fail') await tx.files('none').read('x');
            if (kind === 'fail') return;
          }),
        ).then(
          ({ code, retryable }) => [code, retryable],
          () => undefined,
        ),
      ),
    );
    expect(codes).toEqual([
      ['DATABASE_BUSY', true],
      ['DATABASE_BUSY', true],
      ['DATABASE_BUSY', true],
      ['FILE_ROOT_UNKNOWN', false],
    ]);
    expect(await units.run((tx) => tx.counters.get(1))).toBe(0);
    await close();
  });
});

describe('operations of a transaction', () => {
  it('keep their order also after one that is refused', async () => {
    const { units, close } = await opened();
    const value = await units.run(async (tx) => {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      let refused: () => void = () => undefined;
      const isRefused = new Promise<void>((resolve) => (refused = resolve));
      const part = tx.nested(async () => {
        await tx.counters.add(1).catch(refused);
        await ended;
        throw new Error('undoes what is done meanwhile');
      });
      await isRefused;
      const later = tx.counters.add(2);
      setTimeout(end, 50);
      await part.catch(() => undefined);
      await later;
      return tx.counters.get(2);
    });
    expect(value).toBe(1);
    await close();
  });
});

async function table(of: ReturnType<typeof counters>): Promise<number[]> {
  const values: number[] = [];
  for (let id = 0; id < 2 * ROWS; id += 1) values.push(await of.get(id));
  return values;
}

/** What a unit of work makes of the table, and what it sees; nothing where it fails. */
function apply(model: number[], steps: readonly { kind: string; id: number }[]): number[] | undefined {
  const next = [...model];
  const seen: number[] = [];
  for (const { kind, id } of steps) {
    const value = next[id] ?? 0;
    if (kind === 'add') next[id] = value + 1;
    if (kind === 'double') {
      seen.push(value);
      next[id] = value * 2;
    }
    if (kind === 'both') next[id] = next[id + ROWS] = 7;
    if (kind === 'fail') return undefined;
  }
  model.splice(0, model.length, ...next);
  return seen;
}
