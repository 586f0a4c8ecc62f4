import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { NotFound } from '@markitect/domain';
import { InMemoryCutoverStateStore } from '@markitect/testing';
import { down, SmallWorld } from '../../tests/small-world.js';
import { Tallies } from './tallies.js';

const since = new Date(0).toISOString();

afterEach(() => void jest.restoreAllMocks());

describe('what is measured', () => {
  it('counts operations, faults of the store and comparisons', async () => {
    const world = new SmallWorld();
    const tallies = new Tallies('notes', world.clock);
    await tallies.time('legacy', () => Promise.resolve());
    await tallies.time('modern', () => Promise.reject(down())).catch(() => undefined);
    const refusal = new NotFound('RECORD_NOT_FOUND', 'none');
    await tallies.time('modern', () => Promise.reject(refusal)).catch(() => undefined);
    tallies.compared('modern');
    tallies.compared('modern', { operation: 'get', key: 'k', fields: [] });
    await tallies.flush(world.plain);
    await tallies.flush(world.plain);
    const [legacy, modern] = await world.plain.tallies('notes', since);
    expect(legacy).toMatchObject({ operations: 1, errors: 0, compared: 0 });
    expect(modern).toMatchObject({ operations: 2, errors: 1, compared: 2, mismatched: 1 });
    expect((await world.plain.mismatches('notes', {})).items).toMatchObject([
      { key: 'k', component: 'notes' },
    ]);
  });

  it('has the median of how long operations took, those that failed too', async () => {
    const world = new SmallWorld();
    const tallies = new Tallies('notes', world.clock);
    const clock = jest.spyOn(performance, 'now');
    for (const ms of [30, 10, 20]) {
      clock.mockReturnValueOnce(1000).mockReturnValueOnce(1000 + ms);
      const operation = () => (ms === 30 ? Promise.reject(down()) : Promise.resolve());
      await tallies.time('modern', operation).catch(() => undefined);
    }
    await tallies.flush(world.plain);
    expect(await world.plain.tallies('notes', since)).toMatchObject([{ operations: 3, medianMs: 20 }]);
  });

  it('is kept until the store takes it', async () => {
    const world = new SmallWorld();
    const tallies = new Tallies('notes', world.clock);
    await tallies.time('legacy', () => Promise.resolve());
    const failing = new InMemoryCutoverStateStore(world.book, {
      before: () => {
        throw down();
      },
    });
    await expect(tallies.flush(failing)).rejects.toThrow('down');
    await tallies.time('legacy', () => Promise.resolve());
    await tallies.flush(world.plain);
    expect(await world.plain.tallies('notes', since)).toMatchObject([{ operations: 2 }]);
  });

  it('of an operation that ends after a flush counts with the next one', async () => {
    const world = new SmallWorld();
    const tallies = new Tallies('notes', world.clock);
    await tallies.time('legacy', () => tallies.flush(world.plain));
    await tallies.flush(world.plain);
    expect(await world.plain.tallies('notes', since)).toMatchObject([{ operations: 1 }]);
  });
});
