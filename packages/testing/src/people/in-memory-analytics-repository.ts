import { type AnalyticsEvent, checkedEvents, type Page, type PageRequest } from '@markitect/domain';
import {
  type AnalyticsQuery,
  type AnalyticsRepository,
  analyticsSequence,
  checkAnalyticsQuery,
  eventOfEntry,
  isAskedFor,
  replicaEntry,
  type ReplicaStore,
} from '@markitect/ports';
import { streamOf } from '../unit-of-work/port-calls.js';
import { mapReplicas, pageInMemory } from './in-memory-people.js';

/** An analytics repository for tests that keeps everything in memory and the whole contract. */
export class InMemoryAnalyticsRepository implements AnalyticsRepository {
  /** The same events as the engine of a cutover copies them. */
  readonly replicas: ReplicaStore;
  readonly #events = new Map<string, AnalyticsEvent>();

  constructor() {
    this.replicas = mapReplicas(this.#events, eventOfEntry, replicaEntry);
  }

  async append(events: readonly AnalyticsEvent[]): Promise<number> {
    await Promise.resolve();
    const added = checkedEvents(events).filter(({ id }) => !this.#events.has(id));
    for (const event of structuredClone(added)) this.#events.set(event.id, event);
    return added.length;
  }

  async list(query: AnalyticsQuery): Promise<Page<AnalyticsEvent>> {
    await Promise.resolve();
    return pageInMemory(analyticsSequence(query), this.#matching(query));
  }

  stream(query: Omit<AnalyticsQuery, keyof PageRequest>): AsyncIterable<AnalyticsEvent> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  async count(query: Omit<AnalyticsQuery, keyof PageRequest>): Promise<number> {
    await Promise.resolve();
    checkAnalyticsQuery(query);
    return this.#matching(query).length;
  }

  async removeMany(ids: readonly string[]): Promise<number> {
    await Promise.resolve();
    return ids.filter((id) => this.#events.delete(id)).length;
  }

  #matching(query: Omit<AnalyticsQuery, keyof PageRequest>): readonly AnalyticsEvent[] {
    return [...this.#events.values()].filter((event) => isAskedFor(event, query));
  }
}
