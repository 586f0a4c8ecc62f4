import { type AnalyticsEvent, checkedEvents, type Page, type PageRequest } from '@markitect/domain';
import type { AnalyticsQuery, AnalyticsRepository } from '@markitect/ports';
import { GroupCommit, type Outcome } from '../engine/group-commit.js';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { appendEvents, countEvents, eventReplicas, listEvents } from './analytics-rows.js';
import { removeByKey } from './json-rows.js';
import { SqliteReplicaStore } from './sqlite-replica-store.js';

interface Append {
  readonly name: string;
  readonly events: readonly AnalyticsEvent[];
}

/**
 * Events in a SQLite database. Batches that wait together are committed together. Errors as the port says, and Conflict
 * `TRANSACTION_NESTED` for writes inside a unit of work; the connection must be open.
 */
export class SqliteAnalyticsRepository implements AnalyticsRepository {
  readonly #connection: SqliteConnection;
  readonly #appends: GroupCommit<Append, number>;
  #last = 0;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.#appends = new GroupCommit(() => connection.writer(), {
      keyOf: ({ name }) => name,
      weightOf: ({ events }) => events.length,
      maxRequests: 256,
      maxWeight: 10_000,
      write: async (transaction, requests) => {
        const outcomes: Outcome<number>[] = [];
        // One by one: each is told how many of its own events were new.
        for (const { events } of requests) outcomes.push({ value: await appendEvents(transaction, events) });
        return outcomes;
      },
    });
  }

  async append(events: readonly AnalyticsEvent[]): Promise<number> {
    this.#connection.refuseInsideUnitOfWork('AnalyticsRepository.append');
    const checked = structuredClone(checkedEvents(events));
    if (checked.length === 0) return 0;
    this.#last += 1;
    return this.#appends.submit({ name: String(this.#last), events: checked });
  }

  async list(query: AnalyticsQuery): Promise<Page<AnalyticsEvent>> {
    return listEvents(this.#connection.readers(), query);
  }

  stream(query: Omit<AnalyticsQuery, keyof PageRequest>): AsyncIterable<AnalyticsEvent> {
    return streamPages((page) => this.list({ ...query, ...page }), true);
  }

  async count(query: Omit<AnalyticsQuery, keyof PageRequest>): Promise<number> {
    return countEvents(this.#connection.readers(), query);
  }

  async removeMany(ids: readonly string[]): Promise<number> {
    this.#connection.refuseInsideUnitOfWork('AnalyticsRepository.removeMany');
    if (ids.length === 0) return 0;
    const writer = await this.#connection.writer();
    return writer.transaction((transaction) => removeByKey(transaction, 'analytics_events', ids));
  }
}

/** The events of a SQLite database as the engine of a cutover copies them. */
export class SqliteAnalyticsReplicaStore extends SqliteReplicaStore<AnalyticsEvent> {
  constructor(connection: SqliteConnection) {
    super(connection, eventReplicas);
  }
}
