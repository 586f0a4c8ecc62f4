import type { CutoverSide, JsonObject } from '@markitect/domain';
import { profileRepositoryPort, type RecordRepository } from '@markitect/ports';
import { CutoverBook, InMemoryCutoverStateStore, InMemoryRecordRepository } from '@markitect/testing';
import { backfill, Component, cutover, CutoverOperations, diff } from '../src/index.js';

/** A component over two stores in memory that time passes for only while somebody sleeps. */
export function keptComponent(name = 'users') {
  let now = Date.UTC(2026, 0, 1);
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const stores = { legacy: new InMemoryRecordRepository(), modern: new InMemoryRecordRepository() };
  const store = new InMemoryCutoverStateStore(new CutoverBook(() => now));
  const component = new Component({
    name,
    store,
    replicas: { legacy: stores.legacy.replicas, modern: stores.modern.replicas },
    process: 'p1',
    clock,
    shadowPercent: 0,
  });
  const records = cutover<RecordRepository>({ port: profileRepositoryPort }, stores, component);
  const operations = new CutoverOperations(component);
  const who = { who: 'test', why: 'a test' };
  return {
    clock,
    stores,
    store,
    component,
    records,
    operations,
    stage: async () => (await component.reload()).stage,
    /** To `served` at a percentage, by all gates. */
    serve: async (percent: number, value: JsonObject = { name: 'Ann' }) => {
      await records.save('ann', value);
      await operations.start(who);
      await clock.sleep(10);
      await backfill(component);
      await clock.sleep(10);
      await diff(component);
      await operations.switchReads(percent, who);
    },
    /** As if a side had answered so many operations. */
    measure: (side: CutoverSide, operations_: number, errors: number) =>
      store.tally(
        [{ component: name, side, operations: operations_, errors, compared: 0, mismatched: 0 }],
        [],
      ),
  };
}
