import { describe, expect, it } from '@jest/globals';
import { isCalendarDate, parseInstant } from './issue-dates.js';
import { issueQuery } from './issue-query.js';

describe('parseInstant', () => {
  it.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-11-21T08:05Z', '2026-11-21T08:05:00.000Z'],
    ['2026-11-21 08:05:09', '2026-11-21T08:05:09.000Z'],
    ['2026-11-21t08:05:09.1234z', '2026-11-21T08:05:09.123Z'],
    ['2026-11-21T00:30:00+02:00', '2026-11-20T22:30:00.000Z'],
    ['2026-11-21T08:00:00-0530', '2026-11-21T13:30:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text, 'since')).toBe(expected);
  });

  it('reads a time without a zone where the reader is, when asked to', () => {
    expect(parseInstant('2026-11-21', 'since', { zone: 'local' })).toBe(new Date(2026, 10, 21).toISOString());
    expect(parseInstant('2026-11-21T08:05', 'since', { zone: 'local' })).toBe(
      new Date(2026, 10, 21, 8, 5).toISOString(),
    );
    expect(parseInstant('2026-11-21T08:05Z', 'since', { zone: 'local' })).toBe('2026-11-21T08:05:00.000Z');
  });

  it.each([
    ...['2026-02-30', '2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31T08:00Z', '2026-11-21T24:00Z'],
    ...['2026-11-21T08:60Z', '2026-11-21T08:00:61Z', '2026-11-21T08:00+25:00', '2026-11-21T08', 'yesterday'],
    ...['', '1', 'Nov 21 2026', '2026-1-2', '2026-11-21T08:00Z and more', '0000-01-01T00:00+01:00'],
  ])('refuses %j, naming the field', (text) => {
    for (const zone of ['UTC', 'local'] as const) {
      expect(() => parseInstant(text, 'query.since', { zone })).toThrow(
        expect.objectContaining({
          code: 'REQUEST_INVALID',
          details: expect.objectContaining({ field: 'query.since' }),
        }),
      );
    }
  });
});

it('isCalendarDate takes days there are', () => {
  expect(['2026-11-21', '2028-02-29'].every(isCalendarDate)).toBe(true);
  expect(['2026-02-29', '2026-11-31', '2026-11-21T00:00', '26-11-21'].some(isCalendarDate)).toBe(false);
});

it('a query has no impossible time', () => {
  expect(() => issueQuery({ updatedSince: '2026-02-30' })).toThrow(
    expect.objectContaining({
      code: 'REQUEST_INVALID',
      details: expect.objectContaining({ field: 'updatedSince' }),
    }),
  );
  expect(issueQuery({ updatedSince: '2026-02-28T01:00+01:00' })).toEqual({
    updatedSince: '2026-02-28T00:00:00.000Z',
  });
});
