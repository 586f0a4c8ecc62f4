import { describe, expect, it } from '@jest/globals';
import { countOf, showBytes, showExactInstant, showInstant, showSeconds } from './quantities.js';

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [12_345, '12.3 kB'],
    [999_400, '999 kB'],
    [999_600, '1.0 MB'],
    [5_000_000_000_000_000, '5000 TB'],
  ])('shows %d bytes as %s', (bytes, text) => expect(showBytes(bytes)).toBe(text));

  it.each([
    [0.042, '0.04 s'],
    [3.21, '3.2 s'],
    [59.96, '1 min 00 s'],
    [125, '2 min 05 s'],
  ])('shows %d seconds as %s', (seconds, text) => expect(showSeconds(seconds)).toBe(text));

  it('shows an instant to the second, with its zone', () => {
    const shown = showExactInstant('2026-11-21T08:05:42.900Z');
    expect(shown.startsWith(showInstant('2026-11-21T08:05:42.900Z'))).toBe(true);
    expect(shown).toMatch(/:42 [+-]\d\d:\d\d$/);
    // The zone says which instant it is.
    expect(Date.parse(shown.replace(' ', 'T').replace(' ', ''))).toBe(Date.parse('2026-11-21T08:05:42Z'));
  });

  it('counts in words', () => {
    expect([countOf(1, 'file'), countOf(0, 'file')]).toEqual(['1 file', '0 files']);
  });
});
