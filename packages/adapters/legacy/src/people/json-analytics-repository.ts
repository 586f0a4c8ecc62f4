import {
  type AnalyticsEvent,
  checkedEvents,
  checkedRecordKey,
  MAX_EVENTS,
  type Page,
  type PageRequest,
  refuseField,
} from '@markitect/domain';
import {
  type AnalyticsQuery,
  type AnalyticsRepository,
  analyticsSequence,
  checkAnalyticsQuery,
  compareCodePoints,
  eventOfEntry,
  isAskedFor,
  type ReplicaStore,
} from '@markitect/ports';
import type { JsonFilesOptions, KeyedTexts } from '../json-files/keyed-texts.js';
import { openFiles } from './entry-codec.js';
import { eventCodec } from './event-codec.js';
import { JsonReplicaStore } from './json-replica-store.js';

/**
 * Events in JSON files: a list, or one on each line, as the file is or, of a new one, as its name ends (`.jsonl`,
 * `.ndjson`: lines). Every question reads and sorts them all, and every change writes them all. Besides what its port
 * says it throws Corrupt `LEGACY_FILE_CORRUPT` naming a damaged file.
 */
export class JsonAnalyticsRepository implements AnalyticsRepository {
  readonly #files: KeyedTexts;
  /** The same events as a cutover copies them. */
  readonly replicas: ReplicaStore;

  constructor(options: JsonFilesOptions) {
    this.#files = openFiles(options, eventCodec);
    this.replicas = new JsonReplicaStore(this.#files, eventCodec, eventOfEntry);
  }

  async append(events: readonly AnalyticsEvent[]): Promise<number> {
    const checked = checkedEvents(structuredClone(events));
    if (checked.length === 0) return 0;
    return this.#files.change(
      checked.map(({ id }) => id),
      (current) => {
        const added = checked.filter(({ id }) => current.get(id) === undefined);
        for (const event of added) {
          current.put(event.id, (surroundings) => eventCodec.encode(event, surroundings, undefined));
        }
        return added.length;
      },
    );
  }

  async list(query: AnalyticsQuery): Promise<Page<AnalyticsEvent>> {
    const sequence = analyticsSequence(query);
    const { after } = sequence;
    const events = await this.#events(query);
    const rest =
      after === undefined
        ? events
        : events.filter((event) => sequence.compare(sequence.placeOf(event), after) > 0);
    return sequence.page(rest.slice(0, sequence.limit + 1));
  }

  async *stream(
    query: Omit<AnalyticsQuery, keyof PageRequest>,
  ): AsyncGenerator<AnalyticsEvent, void, undefined> {
    checkAnalyticsQuery(query);
    yield* await this.#events(query);
  }

  async count(query: Omit<AnalyticsQuery, keyof PageRequest>): Promise<number> {
    checkAnalyticsQuery(query);
    return (await this.#events(query)).length;
  }

  async removeMany(ids: readonly string[]): Promise<number> {
    refuseField('ids', ids.length > MAX_EVENTS, `at most ${MAX_EVENTS}`);
    const different = [...new Set(ids)];
    for (const [index, id] of different.entries()) checkedRecordKey(id, `ids[${index}]`);
    if (different.length === 0) return 0;
    return this.#files.change(different, (current) => {
      const there = different.filter((id) => current.get(id) !== undefined);
      for (const id of there) current.remove(id);
      return there.length;
    });
  }

  async #events(query: Omit<AnalyticsQuery, keyof PageRequest>): Promise<readonly AnalyticsEvent[]> {
    const keys = await this.#files.keys();
    const found = await this.#files.read(keys);
    return keys
      .flatMap((key, index) => {
        const kept = found[index];
        return kept === undefined ? [] : [eventCodec.decode(key, kept)];
      })
      .filter((event) => isAskedFor(event, query))
      .sort((a, b) => compareCodePoints(a.at, b.at) || compareCodePoints(a.id, b.id));
  }
}
