import { randomUUID } from 'node:crypto';
import {
  type AnalyticsEvent,
  checkedEvents,
  checkedRecordKey,
  type Page,
  type PageRequest,
} from '@markitect/domain';
import type { AnalyticsQuery, AnalyticsRepository } from '@markitect/ports';
import type { PeopleServiceOptions } from './conversation-service.js';

/** What events need from outside. */
export interface AnalyticsServicePorts {
  readonly analytics: AnalyticsRepository;
}

/** An event to be kept: without an id it gets one, without a time it is now, without properties it has none. */
export type NewAnalyticsEvent = Pick<AnalyticsEvent, 'type' | 'userId'> &
  Partial<Pick<AnalyticsEvent, 'id' | 'at' | 'properties'>>;

/** What became of events that were reported. */
export interface AppendReport {
  readonly appended: number;
  /** Those whose id was known, or came twice. */
  readonly known: number;
}

/**
 * Events that are kept to be counted, and never changed. Errors of all operations: Invalid `REQUEST_INVALID` naming the
 * field; those of the store.
 */
export class AnalyticsService {
  readonly #analytics: AnalyticsRepository;
  readonly #now: () => Date;
  readonly #newId: () => string;

  constructor(
    { analytics }: AnalyticsServicePorts,
    { now = () => new Date(), newId = randomUUID }: PeopleServiceOptions = {},
  ) {
    this.#analytics = analytics;
    this.#now = now;
    this.#newId = newId;
  }

  /** Adds events in one commit, all or none, at most 10,000. Those with an id of their own may be reported again. */
  async append(events: readonly NewAnalyticsEvent[]): Promise<AppendReport> {
    const now = this.#now().toISOString();
    const checked = checkedEvents(
      events.map(({ id = this.#newId(), at = now, properties = {}, ...event }) => ({
        ...event,
        id,
        at,
        properties,
      })),
    );
    const appended = await this.#analytics.append(checked);
    return { appended, known: events.length - appended };
  }

  /** One page by time, the first first. Throws Invalid `CURSOR_INVALID`. */
  async list(query: AnalyticsQuery): Promise<Page<AnalyticsEvent>> {
    return this.#analytics.list(query);
  }

  /** All of them by time, fetched as they are asked for. */
  stream(query: Omit<AnalyticsQuery, keyof PageRequest> = {}): AsyncIterable<AnalyticsEvent> {
    return this.#analytics.stream(query);
  }

  async count(query: Omit<AnalyticsQuery, keyof PageRequest> = {}): Promise<number> {
    return this.#analytics.count(query);
  }

  /** Forgets events by id; answers how many there were. */
  async remove(ids: readonly string[]): Promise<number> {
    return this.#analytics.removeMany(ids.map((id) => checkedRecordKey(id, 'id')));
  }
}
