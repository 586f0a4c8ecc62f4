import type { AnalyticsEvent, JsonObject, MessageDraft } from '@markitect/domain';
import type {
  AnalyticsRepository,
  ConversationRepository,
  Port,
  RecordRepository,
  ReplicaStore,
} from '@markitect/ports';

/** What every opened store of people has. */
interface Opened {
  /** The same store as the engine of a cutover copies it. */
  readonly replicas: ReplicaStore;
  /** The time in milliseconds since 1970, as the repository knows it. */
  readonly now: () => number;
  /** Lets time pass. */
  readonly advance: (ms: number) => void;
  close(): Promise<void>;
}

/** A new, empty store of records. */
export interface OpenedRecords extends Opened {
  readonly records: RecordRepository;
  /** The port that its cursors belong to. */
  readonly port: Port<RecordRepository>;
}

/** A new, empty store of conversations. */
export interface OpenedConversations extends Opened {
  readonly conversations: ConversationRepository;
}

/** A new, empty store of events. */
export interface OpenedAnalytics extends Opened {
  readonly analytics: AnalyticsRepository;
}

/** Makes test bodies: each gets a store of its own, which is closed after it. */
export function peopleTests<T extends { close(): Promise<void> }>(open: () => Promise<T>) {
  return (body: (opened: T) => Promise<void>) => async (): Promise<void> => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
}

/** Keys whose order by code points is not that of UTF-16, in that order, with what stores like to take for something else. */
export const awkwardKeys: readonly string[] = [
  '%',
  '..',
  '../../etc/passwd',
  '.json',
  '0',
  '10',
  '2',
  'A',
  'CON',
  '__proto__',
  '_meta',
  'a',
  'a b',
  'a/b',
  'a\\b',
  'a_b',
  'constructor',
  'ä',
  'z',
  'é',
  '日本語',
  '\ufb01',
  '\uff5a',
  '😀',
].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** An object with all that JSON has. */
export const awkwardValue: JsonObject = {
  text: "It's “quoted” – 日本語 😀 %_\\ \u0000 \ud800 end\n",
  numbers: [0, -1.5, 1e300, Number.MAX_SAFE_INTEGER],
  nothing: null,
  yes: true,
  empty: { list: [], object: {}, '': '' },
  [`o'"key\u0000`]: 1,
  version: 99,
  _meta: { version: 7 },
  constructor: 'x',
  ...(JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject),
};

/** An object that is nested this deep. */
export function nested(depth: number): JsonObject {
  let value: JsonObject = {};
  for (let level = 1; level < depth; level += 1) value = { a: value };
  return value;
}

/** An event; what is not given follows from the number. */
export function eventOf(number: number, overrides: Partial<AnalyticsEvent> = {}): AnalyticsEvent {
  return {
    id: `e${number}`,
    type: 'command',
    at: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    properties: { number },
    ...overrides,
  };
}

/** A message; what is not given follows from the number. */
export function messageOf(number: number, overrides: Partial<MessageDraft> = {}): MessageDraft {
  return { id: `m${number}`, role: 'user', content: `message ${number}`, ...overrides };
}
