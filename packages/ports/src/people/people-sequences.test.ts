import { describe, expect, it } from '@jest/globals';
import type { AnalyticsEvent, StoredRecord } from '@markitect/domain';
import { compareCodePoints } from '../paging/compare-code-points.js';
import {
  analyticsSequence,
  conversationSequence,
  isAskedFor,
  messageSequence,
  recordSequence,
} from './people-sequences.js';
import { configurationRepositoryPort, profileRepositoryPort } from './record-repository.js';

const at = '2026-01-01T00:00:00.000Z';
const record = (key: string): StoredRecord => ({ key, value: {}, version: 1, createdAt: at, updatedAt: at });
const event: AnalyticsEvent = { id: 'e', type: 't', userId: 'u', at, properties: {} };

describe('a sequence', () => {
  it('names the place behind the last item of a page, where there are more', () => {
    const { page } = recordSequence(profileRepositoryPort, { limit: 2 });
    const { items, nextCursor = '' } = page(['a', 'b', 'c'].map(record));
    expect(items.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(recordSequence(profileRepositoryPort, { cursor: nextCursor }).after).toEqual(['b']);
    expect(page(['a', 'b'].map(record))).not.toHaveProperty('nextCursor');
    expect(() => recordSequence(configurationRepositoryPort, { cursor: nextCursor })).toThrow(
      expect.objectContaining({ code: 'CURSOR_INVALID' }),
    );
  });

  it('of each kind has its own order', () => {
    expect(conversationSequence({}).compare(['\uff5a'], ['😀'])).toBeLessThan(0);
    expect(messageSequence('c').compare([9], [10])).toBeLessThan(0);
    const { compare, placeOf } = analyticsSequence({});
    expect(compare(placeOf(event), placeOf({ ...event, id: 'f' }))).toBeLessThan(0);
    expect(compare(placeOf({ ...event, id: 'z' }), ['2026-01-01T00:00:00.001Z', 'a'])).toBeLessThan(0);
  });

  it('refuses a query that is wrong, naming the field', () => {
    for (const [field, make] of [
      ['prefix', () => recordSequence(profileRepositoryPort, { prefix: '\ud800' })],
      ['userId', () => conversationSequence({ userId: 'x'.repeat(201) })],
      ['since', () => analyticsSequence({ since: '2026' })],
      ['limit', () => messageSequence('c', { limit: 0 })],
    ] as const) {
      expect(make).toThrow(
        expect.objectContaining({ details: expect.objectContaining({ field }) as unknown }),
      );
    }
  });
});

it('an event is asked for when all of the query holds', () => {
  for (const query of [
    {},
    { type: 't' },
    { userId: 'u' },
    { since: at },
    { until: '2027-01-01T00:00:00.000Z' },
  ]) {
    expect(isAskedFor(event, query)).toBe(true);
  }
  for (const query of [
    { type: 'x' },
    { userId: 'x' },
    { since: '2027-01-01T00:00:00.000Z' },
    { until: at },
  ]) {
    expect(isAskedFor(event, query)).toBe(false);
  }
});

it('texts compare as their UTF-8 bytes do', () => {
  const texts = ['', 'a', 'ab', 'ä', '\ud7ff', '\ue000', '\uff5a', '\uffff', '😀', '😀a', '\u{10ffff}'];
  for (const a of texts) {
    for (const b of texts) {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }
  }
});
