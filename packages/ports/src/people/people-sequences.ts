import {
  type AnalyticsEvent,
  checkedTimestamp,
  type Conversation,
  type JsonValue,
  MAX_RECORD_KEY_LENGTH,
  type Message,
  type Page,
  pageLimit,
  type PageRequest,
  refuseField,
  type StoredRecord,
} from '@markitect/domain';
import { compareCodePoints } from '../paging/compare-code-points.js';
import { decodeCursor, encodeCursor } from '../paging/cursor.js';
import type { Port } from '../port.js';
import type { AnalyticsQuery } from './analytics-repository.js';
import type { ConversationQuery } from './conversation-repository.js';
import type { RecordQuery, RecordRepository } from './record-repository.js';

/**
 * What a list gives, page by page. The cursors of one implementation of a port go on in any other, so that a list may be
 * read on while the store behind it is changed.
 */
export interface PagedSequence<T, Place extends readonly JsonValue[]> {
  /** Items on a page. */
  readonly limit: number;
  /** Behind which place the page begins; `undefined`: at the beginning. */
  readonly after: Place | undefined;
  readonly placeOf: (item: T) => Place;
  /** The order of places: negative when the first comes first. */
  readonly compare: (a: Place, b: Place) => number;
  /** The page of items, of which one more than {@link limit} may be given to tell that there are more. */
  readonly page: (items: readonly T[]) => Page<T>;
}

type KeyPlace = readonly [key: string];
type PositionPlace = readonly [position: number];
type EventPlace = readonly [at: string, id: string];

/** Records by key. Throws Invalid `REQUEST_INVALID`, `CURSOR_INVALID`. */
export function recordSequence(
  { name }: Port<RecordRepository>,
  { prefix, ...page }: RecordQuery,
): PagedSequence<StoredRecord, KeyPlace> {
  checkPart('prefix', prefix);
  return sequence(['records', name, prefix ?? null], page, ({ key }) => [key], byKey, isKey);
}

/** Conversations by id. Throws Invalid `REQUEST_INVALID`, `CURSOR_INVALID`. */
export function conversationSequence({
  userId,
  ...page
}: ConversationQuery): PagedSequence<Conversation, KeyPlace> {
  checkPart('userId', userId);
  return sequence(['conversations', userId ?? null], page, ({ id }) => [id], byKey, isKey);
}

/** The messages of a conversation by position. Throws Invalid `REQUEST_INVALID`, `CURSOR_INVALID`. */
export function messageSequence(id: string, page: PageRequest = {}): PagedSequence<Message, PositionPlace> {
  const isPosition = (place: readonly JsonValue[]): place is PositionPlace =>
    place.length === 1 && Number.isSafeInteger(place[0]);
  return sequence(
    ['messages', id],
    page,
    ({ position }) => [position],
    ([a], [b]) => a - b,
    isPosition,
  );
}

/** Events by time, equal ones by id. Throws Invalid `REQUEST_INVALID`, `CURSOR_INVALID`. */
export function analyticsSequence(query: AnalyticsQuery): PagedSequence<AnalyticsEvent, EventPlace> {
  checkAnalyticsQuery(query);
  const { type = null, userId = null, since = null, until = null, ...page } = query;
  return sequence(
    ['analytics', type, userId, since, until],
    page,
    ({ at, id }) => [at, id],
    ([at, id], [otherAt, otherId]) => compareCodePoints(at, otherAt) || compareCodePoints(id, otherId),
    isEventPlace,
  );
}

/** Checks which events are asked for. Throws Invalid `REQUEST_INVALID` naming the field. */
export function checkAnalyticsQuery({
  type,
  userId,
  since,
  until,
}: Omit<AnalyticsQuery, keyof PageRequest>): void {
  checkPart('type', type);
  checkPart('userId', userId);
  if (since !== undefined) checkedTimestamp(since, 'since');
  if (until !== undefined) checkedTimestamp(until, 'until');
}

/** Whether an event is one of those asked for. */
export function isAskedFor(
  event: AnalyticsEvent,
  { type, userId, since, until }: Omit<AnalyticsQuery, keyof PageRequest>,
): boolean {
  return (
    (type === undefined || event.type === type) &&
    (userId === undefined || event.userId === userId) &&
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at < until)
  );
}

function sequence<T, Place extends readonly JsonValue[]>(
  query: JsonValue,
  page: PageRequest,
  placeOf: (item: T) => Place,
  compare: (a: Place, b: Place) => number,
  isPlace: (place: readonly JsonValue[]) => place is Place,
): PagedSequence<T, Place> {
  const limit = pageLimit(page);
  return {
    limit,
    after: page.cursor === undefined ? undefined : decodeCursor(page.cursor, query, isPlace),
    placeOf,
    compare,
    page: (items) => {
      const last = items[limit - 1];
      return items.length <= limit || last === undefined
        ? { items: items.slice(0, limit) }
        : { items: items.slice(0, limit), nextCursor: encodeCursor(query, placeOf(last)) };
    },
  };
}

function checkPart(field: string, text: string | undefined): void {
  refuseField(
    field,
    text !== undefined && (text.length > MAX_RECORD_KEY_LENGTH || !text.isWellFormed()),
    `at most ${MAX_RECORD_KEY_LENGTH} characters`,
  );
}

function byKey([a]: KeyPlace, [b]: KeyPlace): number {
  return compareCodePoints(a, b);
}

function isKey(place: readonly JsonValue[]): place is KeyPlace {
  return place.length === 1 && typeof place[0] === 'string';
}

function isEventPlace(place: readonly JsonValue[]): place is EventPlace {
  const [at, id] = place;
  if (place.length !== 2 || typeof at !== 'string' || typeof id !== 'string') return false;
  return !Number.isNaN(Date.parse(at));
}
