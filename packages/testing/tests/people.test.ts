import { configurationRepositoryPort, profileRepositoryPort } from '@markitect/ports';
import {
  describeAnalyticsRepositoryContract,
  describeConversationRepositoryContract,
  describeRecordRepositoryContract,
  describeReplicaStoreContract,
  InMemoryAnalyticsRepository,
  InMemoryConversationRepository,
  InMemoryRecordRepository,
  replicaSamples,
} from '../src/index.js';

function time() {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    advance: (ms: number) => void (now += ms),
    close: () => Promise.resolve(),
  };
}

for (const port of [profileRepositoryPort, configurationRepositoryPort]) {
  describeRecordRepositoryContract(`InMemoryRecordRepository (${port.name})`, () => {
    const clock = time();
    const records = new InMemoryRecordRepository({ port, now: clock.now });
    return Promise.resolve({ ...clock, records, port, replicas: records.replicas });
  });
}

describeConversationRepositoryContract('InMemoryConversationRepository', () => {
  const clock = time();
  const conversations = new InMemoryConversationRepository({ now: clock.now });
  return Promise.resolve({ ...clock, conversations, replicas: conversations.replicas });
});

describeAnalyticsRepositoryContract('InMemoryAnalyticsRepository', () => {
  const analytics = new InMemoryAnalyticsRepository();
  return Promise.resolve({ ...time(), analytics, replicas: analytics.replicas });
});

describeReplicaStoreContract(
  'InMemoryRecordRepository',
  () => Promise.resolve({ ...time(), store: new InMemoryRecordRepository().replicas }),
  replicaSamples.record,
);
describeReplicaStoreContract(
  'InMemoryConversationRepository',
  () => Promise.resolve({ ...time(), store: new InMemoryConversationRepository().replicas }),
  replicaSamples.conversation,
);
describeReplicaStoreContract(
  'InMemoryAnalyticsRepository',
  () => Promise.resolve({ ...time(), store: new InMemoryAnalyticsRepository().replicas }),
  replicaSamples.event,
);
