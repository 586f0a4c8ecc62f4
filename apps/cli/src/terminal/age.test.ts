import { describe, expect, it } from '@jest/globals';
import { showAge, showSince } from './age.js';

const minutes = (count: number) => count * 60_000;

describe('showAge', () => {
  it.each([
    [-5000, 'just now'],
    [minutes(1) - 1, 'just now'],
    [minutes(59), '59 min ago'],
    [minutes(60), '1 h ago'],
    [minutes(60 * 24) - 1, '23 h ago'],
    [minutes(60 * 24), '1 day ago'],
    [minutes(60 * 24 * 13), '13 days ago'],
    [minutes(60 * 24 * 14), '2 weeks ago'],
    [minutes(60 * 24 * 70), '2 months ago'],
    [minutes(60 * 24 * 800), '2 years ago'],
  ])('says %d ms as %s', (ms, text) => {
    expect(showAge(ms)).toBe(text);
  });

  it('counts from an instant', () => {
    expect(showSince('2026-11-21T08:00:00Z', Date.parse('2026-11-21T10:30:00Z'))).toBe('2 h ago');
  });
});
