import { describe, expect, it } from '@jest/globals';
import { type AnalyticsEvent, MAX_EVENTS } from '@markitect/domain';
import { analyticsSequence, type AnalyticsQuery } from '@markitect/ports';
import { allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { gathered } from '../gathered.js';
import { markitectFailure } from '../markitect-failure.js';
import { awkwardKeys, awkwardValue, eventOf, type OpenedAnalytics, peopleTests } from './people-contract.js';

/** What every AnalyticsRepository promises, and the replica store over the same events. */
export function describeAnalyticsRepositoryContract(
  name: string,
  open: () => Promise<OpenedAnalytics>,
): void {
  const test = peopleTests(open);
  const idsOf = (events: readonly AnalyticsEvent[]) => events.map(({ id }) => id);

  describe(`${name} keeps the AnalyticsRepository contract`, () => {
    it(
      'keeps events, and gives them back',
      test(async ({ analytics }) => {
        const events = [
          eventOf(1, { properties: awkwardValue, type: "It's “quoted” – 日本語 😀" }),
          eventOf(2, { userId: 'ü/2' }),
        ];
        expect(await analytics.append(events)).toBe(2);
        expect(await analytics.append([])).toBe(0);
        expect((await analytics.list({})).items).toEqual(events);
        expect(await analytics.count({})).toBe(2);
      }),
    );

    it(
      'leaves out what it knows, and what comes twice',
      test(async ({ analytics }) => {
        const other = { properties: { other: true } };
        await analytics.append([eventOf(1)]);
        expect(await analytics.append([eventOf(1, other), eventOf(2), eventOf(2, other), eventOf(3)])).toBe(
          2,
        );
        expect(await analytics.append([eventOf(3, other)])).toBe(0);
        expect((await analytics.list({})).items).toEqual([1, 2, 3].map((number) => eventOf(number)));
      }),
    );

    it(
      'counts each event once when several report it at the same time',
      test(async ({ analytics }) => {
        const counts = await Promise.all(
          Array.from({ length: 8 }, (_, index) => analytics.append([eventOf(0), eventOf(index + 1)])),
        );
        expect(counts.reduce((sum, each) => sum + each)).toBe(9);
        expect(await analytics.count({})).toBe(9);
      }),
    );

    it(
      'lists by time, then by id in the order of code points, whatever the order they came in',
      test(async ({ analytics }) => {
        const { at } = eventOf(5);
        const same = awkwardKeys.map((id) => eventOf(5, { id, at }));
        const all = [eventOf(3), eventOf(4), ...same, eventOf(6)];
        await analytics.append([...all].reverse());
        for (const limit of [1, 3, 26, 27, 28]) {
          const pages = await allPages((page) => analytics.list({ limit, ...page }));
          expect(pages.flatMap(({ items }) => idsOf(items))).toEqual(idsOf(all));
          expect(pages).toHaveLength(Math.ceil(all.length / limit));
        }
      }),
    );

    it(
      'finds events by type, user and time',
      test(async ({ analytics }) => {
        const all = Array.from({ length: 24 }, (_, number) =>
          eventOf(number, {
            type: number % 2 === 0 ? 'even' : 'odd',
            ...(number % 3 === 0 ? {} : { userId: `u${number % 3}` }),
          }),
        );
        await analytics.append(all);
        const [since, until] = [eventOf(5).at, eventOf(17).at];
        const queries: Omit<AnalyticsQuery, 'limit' | 'cursor'>[] = [
          { type: 'even' },
          { type: 'none' },
          { type: '' },
          { userId: 'u1' },
          { userId: 'U1' },
          { type: 'odd', userId: 'u2' },
          { since },
          { until },
          { since, until },
          { since: until, until: since },
          { since: since.replace('.000Z', '.001Z') },
          { type: 'odd', userId: 'u2', since, until },
        ];
        for (const query of queries) {
          const { type, userId } = query;
          const expected = all.filter(
            (event) =>
              (type === undefined || event.type === type) &&
              (userId === undefined || event.userId === userId) &&
              (query.since === undefined || event.at >= query.since) &&
              (query.until === undefined || event.at < query.until),
          );
          const pages = await allPages((page) => analytics.list({ ...query, limit: 5, ...page }));
          expect(pages.flatMap(({ items }) => items)).toEqual(expected);
          expect(await gathered(analytics.stream(query))).toEqual(expected);
          expect(await analytics.count(query)).toBe(expected.length);
        }
      }),
    );

    it(
      'refuses cursors that are none, or of another query, and gives those of its port',
      test(async ({ analytics }) => {
        await analytics.append([eventOf(1), eventOf(2), eventOf(3)]);
        const { nextCursor = '' } = await analytics.list({ limit: 1 });
        const sequence = analyticsSequence({ limit: 1 });
        expect(nextCursor).toBe(sequence.page([eventOf(1), eventOf(2)]).nextCursor);
        for (const cursor of forgedCursors(nextCursor)) {
          expect((await markitectFailure(() => analytics.list({ cursor }))).code).toBe('CURSOR_INVALID');
        }
        const other = await markitectFailure(() => analytics.list({ type: 'command', cursor: nextCursor }));
        expect(other.code).toBe('CURSOR_INVALID');
      }),
    );

    it(
      'forgets events by id, for good until they are reported again',
      test(async ({ analytics }) => {
        await analytics.append([eventOf(1), eventOf(2), eventOf(3)]);
        expect(await analytics.removeMany(['e1', 'e3', 'e3', 'nowhere'])).toBe(2);
        expect(await analytics.removeMany(['e1'])).toBe(0);
        expect(await analytics.removeMany([])).toBe(0);
        expect((await analytics.list({})).items).toEqual([eventOf(2)]);
        expect(await analytics.append([eventOf(1)])).toBe(1);
      }),
    );

    it(
      'takes and streams more than a page',
      test(async ({ analytics }) => {
        const all = Array.from({ length: 1203 }, (_, number) => eventOf(number));
        expect(await analytics.append(all)).toBe(all.length);
        expect(await gathered(analytics.stream({}))).toEqual(all);
        for await (const { id } of analytics.stream({})) {
          expect(id).toBe('e0');
          break;
        }
        expect(await analytics.removeMany(idsOf(all))).toBe(all.length);
      }),
    );

    const wrong = (overrides: Partial<AnalyticsEvent>) => (opened: OpenedAnalytics) =>
      opened.analytics.append([eventOf(1), eventOf(2, overrides)]);
    it.each<[string, (opened: OpenedAnalytics) => Promise<unknown>]>([
      ['events[1].id', wrong({ id: '' })],
      ['events[1].type', wrong({ type: 'a\nb' })],
      ['events[1].userId', wrong({ userId: 'x'.repeat(201) })],
      ['events[1].at', wrong({ at: '2026-01-01T00:00:00Z' })],
      ['events[1].properties', wrong({ properties: [] as never })],
      [
        'events',
        ({ analytics }) => analytics.append(Array.from({ length: MAX_EVENTS + 1 }, (_, n) => eventOf(n))),
      ],
      ['since', ({ analytics }) => analytics.list({ since: 'yesterday' })],
      ['until', ({ analytics }) => analytics.count({ until: '2026-02-30T00:00:00.000Z' })],
      ['since', ({ analytics }) => gathered(analytics.stream({ since: '2026' }))],
      ['type', ({ analytics }) => analytics.count({ type: '\ud800' })],
      ['limit', ({ analytics }) => analytics.list({ limit: 0 })],
    ])('refuses a wrong %s, and keeps none of the others', (field, call) =>
      test(async (opened) => {
        const error = await markitectFailure(() => call(opened));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
        expect(await opened.analytics.count({})).toBe(0);
      })(),
    );

    it(
      'does not share what it keeps',
      test(async ({ analytics }) => {
        const list = [1];
        await analytics.append([eventOf(1, { properties: { list } })]);
        list.push(2);
        const [event] = (await analytics.list({})).items;
        (event?.properties.list as number[]).push(3);
        expect((await analytics.list({})).items[0]?.properties).toEqual({ list: [1] });
      }),
    );

    it(
      'is copied as it is',
      test(async ({ analytics, replicas }) => {
        const event = { ...eventOf(1, { userId: 'u1' }) };
        await replicas.write([{ key: 'e1', state: event }]);
        expect((await analytics.list({ userId: 'u1' })).items).toEqual([event]);
        expect(await analytics.append([event, eventOf(2)])).toBe(1);
        expect(await replicas.read(['e2', 'e3'])).toEqual([
          { key: 'e2', state: { ...eventOf(2) } },
          { key: 'e3', state: undefined },
        ]);
        await replicas.write([{ key: 'e1', state: undefined }]);
        expect(await analytics.count({})).toBe(1);
      }),
    );
  });
}
