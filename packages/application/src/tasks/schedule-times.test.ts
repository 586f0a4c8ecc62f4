import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '@markitect/testing';
import fc from 'fast-check';
import { nextScheduleTime } from './schedule-times.js';

/** The first times of a schedule after an instant. */
function times(cron: string, timeZone: string, after: string, count = 3): string[] {
  const found: string[] = [];
  for (let at = after; found.length < count; found.push(at)) at = nextScheduleTime({ cron, timeZone }, at);
  return found.map((time) => time.slice(0, 16));
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
];
const instants = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });

describe('nextScheduleTime', () => {
  it('keeps to the local time of its zone when clocks are changed', () => {
    expect(times('0 3 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T02:00',
      '2026-03-29T01:00',
      '2026-03-30T01:00',
    ]);
    expect(times('0 3 * * 1-5', 'Europe/Berlin', '2026-10-23T12:00:00Z', 2)).toEqual([
      '2026-10-26T02:00',
      '2026-10-27T02:00',
    ]);
  });

  it('runs a skipped time at the end of the gap, and one that comes twice once', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ]);
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('leaves no hour out and none twice when clocks are changed', () => {
    expect(times('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30:00Z', 4)).toEqual([
      '2026-03-29T00:00',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
      '2026-03-29T03:00',
    ]);
    expect(times('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30:00Z', 4)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
  });

  it('comes every quarter of an hour in every zone, always', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (after, timeZone) => {
        const next = nextScheduleTime({ cron: '*/15 * * * *', timeZone }, new Date(after).toISOString());
        const quarter = 15 * 60_000;
        expect(Date.parse(next)).toBe((Math.floor(after / quarter) + 1) * quarter);
      }),
    );
  });

  it('is always later, and a daily one about a day later', () => {
    const local = fc.record({
      minute: fc.integer({ min: 0, max: 59 }),
      hour: fc.integer({ min: 0, max: 23 }),
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), local, (after, timeZone, { minute, hour }) => {
        const cron = `${minute} ${hour} * * *`;
        const first = Date.parse(nextScheduleTime({ cron, timeZone }, new Date(after).toISOString()));
        const second = Date.parse(nextScheduleTime({ cron, timeZone }, new Date(first).toISOString()));
        const hours = 3_600_000;
        expect(first).toBeGreaterThan(after);
        expect(first - after).toBeLessThanOrEqual(25 * hours);
        expect(second - first).toBeGreaterThanOrEqual(22 * hours);
        expect(second - first).toBeLessThanOrEqual(26 * hours);
      }),
    );
  });

  it('knows seconds as a sixth field, in front', () => {
    expect(nextScheduleTime({ cron: '*/10 * * * * *', timeZone: 'UTC' }, '2026-11-21T08:00:01.500Z')).toBe(
      '2026-11-21T08:00:10.000Z',
    );
  });

  it.each([
    ['* * *', 'UTC'],
    ['0 0 * * * * 2030', 'UTC'],
    ['61 * * * *', 'UTC'],
    ['every day', 'UTC'],
    ['0 0 31 2 *', 'UTC'],
    ['0 * 31 2 *', 'UTC'],
    ['0 3 * * *', 'Europe/Atlantis'],
    ['0 * * * *', 'Europe/Atlantis'],
  ])('refuses "%s" in %s', async (cron, timeZone) => {
    const error = await markitectFailure(async () =>
      nextScheduleTime({ cron, timeZone }, '2026-11-21T08:00:00Z'),
    );
    expect(error.code).toBe('SCHEDULE_INVALID');
  });
});
