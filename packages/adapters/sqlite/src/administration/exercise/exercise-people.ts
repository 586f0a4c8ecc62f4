import type {
  AnalyticsQuery,
  AnalyticsRepository,
  ConversationRepository,
  RecordRepository,
  ReplicaStore,
} from '@markitect/ports';

/** Calls every operation, so that each statement of it is prepared. Leaves nothing behind. */
export async function exerciseRecords(records: RecordRepository): Promise<void> {
  const keys = ['exercise a', 'exercise b'];
  for (const key of keys) await records.save(key, {});
  await Promise.all(keys.map((key) => records.get(key)));
  await records.getMany(keys);
  await records.patch('exercise a', { a: 1 });
  for (const query of [{}, { prefix: 'exercise' }, { prefix: '\u{10ffff}' }]) {
    const { nextCursor } = await records.list({ ...query, limit: 1 });
    if (nextCursor !== undefined) await records.list({ ...query, limit: 1, cursor: nextCursor });
  }
  for await (const { key } of records.stream({ prefix: 'exercise' })) await records.get(key);
  await records.count();
  for (const key of keys) await records.remove(key);
}

/** The same for conversations. */
export async function exerciseConversations(conversations: ConversationRepository): Promise<void> {
  const ids = ['exercise a', 'exercise b'];
  for (const id of ids) await conversations.create({ id, userId: 'exercise' });
  await Promise.all(ids.map((id) => conversations.get(id)));
  for (const id of ['1', '2']) {
    await conversations.append('exercise a', [{ id, role: 'user', content: 'exercise' }]);
  }
  for (const query of [{}, { userId: 'exercise' }]) {
    const { nextCursor } = await conversations.list({ ...query, limit: 1 });
    if (nextCursor !== undefined) await conversations.list({ ...query, limit: 1, cursor: nextCursor });
  }
  for await (const { id } of conversations.stream({ userId: 'exercise' })) await conversations.get(id);
  await conversations.messages('exercise a');
  for await (const { id } of conversations.streamMessages('exercise a')) if (id === '1') break;
  for (const id of ids) await conversations.remove(id);
}

/** The same for events. */
export async function exerciseAnalytics(analytics: AnalyticsRepository): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  const event = { type: 'exercise', userId: 'exercise', at, properties: {} };
  await analytics.append([
    { ...event, id: 'exercise a' },
    { ...event, id: 'exercise b' },
  ]);
  const of: AnalyticsQuery[] = [
    {},
    { type: 'exercise' },
    { userId: 'exercise' },
    { type: 'exercise', userId: 'exercise' },
  ];
  const spans: AnalyticsQuery[] = [{}, { since: at }, { until: '2026-01-02T00:00:00.000Z' }];
  for (const query of of.flatMap((each) => spans.map((span) => ({ ...each, ...span })))) {
    const { nextCursor } = await analytics.list({ ...query, limit: 1 });
    if (nextCursor !== undefined) await analytics.list({ ...query, limit: 1, cursor: nextCursor });
    await analytics.count(query);
  }
  for await (const each of analytics.stream({})) if (each.id === 'exercise a') break;
  await analytics.removeMany(['exercise a', 'exercise b']);
}

/** The same for what is copied by a cutover; `states` are those of the keys. */
export async function exerciseReplicas(
  replicas: ReplicaStore,
  entries: Parameters<ReplicaStore['write']>[0],
): Promise<void> {
  const keys = entries.map(({ key }) => key);
  await replicas.write(entries);
  await replicas.read(keys);
  await replicas.write(entries);
  await replicas.keys(undefined, 1);
  await replicas.keys('exercise', 1);
  await replicas.write(keys.map((key) => ({ key, state: undefined })));
}

const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };

/** Entries for {@link exerciseReplicas}, of each kind. */
export const exerciseEntries = {
  records: [{ key: 'exercise', state: { key: 'exercise', value: {}, version: 1, ...times } }],
  conversations: ['first', 'second'].map((content) => ({
    key: 'exercise',
    state: {
      id: 'exercise',
      userId: 'exercise',
      metadata: {},
      ...times,
      messages: [{ id: '1', position: 1, role: 'user', content, metadata: {}, at: times.createdAt }],
    },
  })),
  events: [
    { key: 'exercise', state: { id: 'exercise', type: 'exercise', at: times.createdAt, properties: {} } },
  ],
} as const;
