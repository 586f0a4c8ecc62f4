import { afterAll, describe } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationRepositoryPort, profileRepositoryPort, type ReplicaStore } from '@markitect/ports';
import {
  describeAnalyticsRepositoryContract,
  describeConversationRepositoryContract,
  describeRecordRepositoryContract,
  describeReplicaStoreContract,
  replicaSamples,
} from '@markitect/testing';
import {
  JsonAnalyticsRepository,
  JsonConversationRepository,
  type JsonFilesOptions,
  JsonRecordRepository,
} from '../src/index.js';

/** Where a component is kept, and what is there at first. */
const kept: readonly [name: string, layout: JsonFilesOptions['layout'], path: string, content?: string][] = [
  ['in one file', 'one-file', 'data/all.json'],
  ['in one file with a list', 'one-file', 'all.json', '[]\n'],
  ['in one file of lines', 'one-file', 'all.jsonl', '\ufeff'],
  ['in a file each', 'file-per-record', 'data/records'],
];

describe.each(kept)('%s', (name, layout, path, content) => {
  const folders: string[] = [];
  const options = async (): Promise<JsonFilesOptions> => {
    const folder = await mkdtemp(join(tmpdir(), 'legacy-'));
    folders.push(folder);
    if (content !== undefined) await writeFile(join(folder, path), content);
    return { layout, path: join(folder, path) };
  };
  const clock = () => {
    let ms = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
    return {
      now: () => ms,
      advance: (by: number) => {
        ms += by;
      },
      close: () => Promise.resolve(),
    };
  };
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  describeRecordRepositoryContract(`JsonRecordRepository ${name}`, async () => {
    const time = clock();
    const port = profileRepositoryPort;
    const records = new JsonRecordRepository(port, await options(), { now: () => new Date(time.now()) });
    return { ...time, records, port, replicas: records.replicas };
  });
  describeConversationRepositoryContract(`JsonConversationRepository ${name}`, async () => {
    const time = clock();
    const conversations = new JsonConversationRepository(await options(), {
      now: () => new Date(time.now()),
    });
    return { ...time, conversations, replicas: conversations.replicas };
  });
  describeAnalyticsRepositoryContract(`JsonAnalyticsRepository ${name}`, async () => {
    const analytics = new JsonAnalyticsRepository(await options());
    return { ...clock(), analytics, replicas: analytics.replicas };
  });

  const opened = (store: ReplicaStore) => ({ store, close: () => Promise.resolve() });
  describeReplicaStoreContract(
    `The replicas of JsonRecordRepository ${name}`,
    async () => opened(new JsonRecordRepository(configurationRepositoryPort, await options()).replicas),
    replicaSamples.record,
  );
  describeReplicaStoreContract(
    `The replicas of JsonConversationRepository ${name}`,
    async () => opened(new JsonConversationRepository(await options()).replicas),
    replicaSamples.conversation,
  );
  describeReplicaStoreContract(
    `The replicas of JsonAnalyticsRepository ${name}`,
    async () => opened(new JsonAnalyticsRepository(await options()).replicas),
    replicaSamples.event,
  );
});
