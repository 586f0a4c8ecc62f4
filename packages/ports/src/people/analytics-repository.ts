import type { AnalyticsEvent, Page, PageRequest, Timestamp } from '@markitect/domain';
import { definePort } from '../port.js';

/** Which events, by time, equal ones by id; the first first. */
export interface AnalyticsQuery extends PageRequest {
  readonly type?: string;
  readonly userId?: string;
  /** At this time or later. */
  readonly since?: Timestamp;
  /** Before this time. */
  readonly until?: Timestamp;
}

/** Events that are only ever added. Errors of all operations: Invalid `REQUEST_INVALID`; those of the store. */
export interface AnalyticsRepository {
  /** Adds events in one commit, all or none; those whose id is known are left out. Answers how many were new. */
  append(events: readonly AnalyticsEvent[]): Promise<number>;

  /** One page. Throws Invalid `CURSOR_INVALID`. */
  list(query: AnalyticsQuery): Promise<Page<AnalyticsEvent>>;

  /** All of them, fetched as they are asked for. */
  stream(query: Omit<AnalyticsQuery, keyof PageRequest>): AsyncIterable<AnalyticsEvent>;

  count(query: Omit<AnalyticsQuery, keyof PageRequest>): Promise<number>;

  /** Forgets events by id; answers how many there were. */
  removeMany(ids: readonly string[]): Promise<number>;
}

export const analyticsRepositoryPort = definePort<AnalyticsRepository>('AnalyticsRepository', {
  append: { kind: 'write', idempotent: true },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  count: { kind: 'read', idempotent: true },
  removeMany: { kind: 'write', idempotent: true },
});
