import { describe, expect, it, jest } from '@jest/globals';
import { configurationRepositoryPort, profileRepositoryPort } from '@markitect/ports';
import {
  describeAnalyticsRepositoryContract,
  describeConversationRepositoryContract,
  describeRecordRepositoryContract,
  describeReplicaStoreContract,
  eventOf,
  InMemoryRecordRepository,
  markitectFailure,
  messageOf,
  replicaSamples,
} from '@markitect/testing';
import {
  SqliteAnalyticsReplicaStore,
  SqliteAnalyticsRepository,
  SqliteConfigurationReplicaStore,
  SqliteConfigurationRepository,
  SqliteConversationReplicaStore,
  SqliteConversationRepository,
  SqliteProfileReplicaStore,
  SqliteProfileRepository,
  SqliteUnitOfWork,
} from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

async function open() {
  const { connection, close } = await temporaryStore({ synchronous: 'OFF' });
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  return { connection, close, now, advance: (ms: number) => void (time += ms) };
}

describeRecordRepositoryContract('SqliteProfileRepository', async () => {
  const store = await open();
  const { connection, now } = store;
  return {
    ...store,
    port: profileRepositoryPort,
    records: new SqliteProfileRepository(connection, { now }),
    replicas: new SqliteProfileReplicaStore(connection),
  };
});
describeRecordRepositoryContract('SqliteConfigurationRepository', async () => {
  const store = await open();
  const { connection, now } = store;
  return {
    ...store,
    port: configurationRepositoryPort,
    records: new SqliteConfigurationRepository(connection, { now }),
    replicas: new SqliteConfigurationReplicaStore(connection),
  };
});
describeConversationRepositoryContract('SqliteConversationRepository', async () => {
  const store = await open();
  const { connection, now } = store;
  return {
    ...store,
    conversations: new SqliteConversationRepository(connection, { now }),
    replicas: new SqliteConversationReplicaStore(connection),
  };
});
describeAnalyticsRepositoryContract('SqliteAnalyticsRepository', async () => {
  const store = await open();
  return {
    ...store,
    analytics: new SqliteAnalyticsRepository(store.connection),
    replicas: new SqliteAnalyticsReplicaStore(store.connection),
  };
});

for (const [Store, samples] of [
  [SqliteProfileReplicaStore, replicaSamples.record],
  [SqliteConfigurationReplicaStore, replicaSamples.record],
  [SqliteConversationReplicaStore, replicaSamples.conversation],
  [SqliteAnalyticsReplicaStore, replicaSamples.event],
] as const) {
  describeReplicaStoreContract(
    Store.name,
    async () => {
      const { connection, close } = await open();
      return { store: new Store(connection), close };
    },
    samples,
  );
}

describe('people in SQLite', () => {
  it('go on with the cursor of another store', async () => {
    const { connection, close } = await open();
    const stores = [new InMemoryRecordRepository(), new SqliteProfileRepository(connection)];
    for (const store of stores) for (const key of ['a', 'ü', '😀', '\uff5a']) await store.save(key, { key });
    for (const [first, second] of [stores, [...stores].reverse()]) {
      const page = await first?.list({ limit: 2 });
      const cursor = page?.nextCursor ?? '';
      expect((await second?.list({ limit: 2, cursor }))?.items.map(({ key }) => key)).toEqual([
        '\uff5a',
        '😀',
      ]);
    }
    await close();
  });

  it('share commits when they are written at the same time', async () => {
    const { connection, close } = await open();
    const profiles = new SqliteProfileRepository(connection);
    const replicas = new SqliteProfileReplicaStore(connection);
    const conversations = new SqliteConversationRepository(connection);
    const analytics = new SqliteAnalyticsRepository(connection);
    const commits = jest.spyOn(await connection.writer(), 'transaction');
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    for (const write of [
      (n: number): Promise<unknown> => profiles.save(`u${n}`, {}),
      (n: number) => profiles.patch(`u${n}`, {}),
      (n: number) => replicas.write([{ key: `u${n}`, state: replicaSamples.record.stateOf(`u${n}`, n) }]),
      (n: number) => conversations.create({ id: `c${n}`, userId: 'u' }),
      (n: number) => conversations.append(`c${n}`, [messageOf(n)]),
      (n: number) => analytics.append([eventOf(n)]),
    ]) {
      commits.mockClear();
      await Promise.all(numbers.map((number) => write(number)));
      expect(commits.mock.calls.length).toBeLessThan(5);
    }
    await close();
  });

  it('refuse writes of their own inside a unit of work, which would wait for it forever', async () => {
    const { connection, close } = await open();
    const unitOfWork = new SqliteUnitOfWork(connection, { onEffectFailure: () => undefined });
    for (const write of [
      () => new SqliteProfileRepository(connection).save('a', {}),
      () => new SqliteProfileReplicaStore(connection).write([{ key: 'a', state: undefined }]),
      () => new SqliteConversationRepository(connection).remove('a'),
      () => new SqliteAnalyticsRepository(connection).append([eventOf(1)]),
      () => new SqliteAnalyticsRepository(connection).removeMany(['a']),
    ]) {
      const error = await markitectFailure(() =>
        unitOfWork.run(async () => {
          await write();
        }),
      );
      expect(error.code).toBe('TRANSACTION_NESTED');
    }
    await close();
  });

  it('write only what is new of a conversation that is copied again', async () => {
    const { connection, close } = await open();
    const { stateOf } = replicaSamples.conversation;
    const store = new SqliteConversationReplicaStore(connection);
    const rows = () =>
      connection.readers().all<{ rowid: number }>('SELECT rowid FROM messages ORDER BY position');
    const state = stateOf('c', 2) as { readonly messages: readonly object[] };
    await store.write([{ key: 'c', state: { ...state, messages: state.messages.slice(0, 3) } as never }]);
    const before = await rows();
    await store.write([{ key: 'c', state: state as never }]);
    expect((await rows()).slice(0, 3)).toEqual(before);
    expect(await rows()).toHaveLength(4);
    await close();
  });

  it('take batches that are larger than a statement should be', async () => {
    const { connection, close } = await open();
    const analytics = new SqliteAnalyticsRepository(connection);
    const text = 'x'.repeat(1_000_000);
    const events = Array.from({ length: 12 }, (_, number) => eventOf(number, { properties: { text } }));
    expect(await analytics.append(events)).toBe(12);
    expect((await analytics.list({})).items).toEqual(events);
    await close();
  });
});
