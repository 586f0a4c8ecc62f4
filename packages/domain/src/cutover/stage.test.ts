import { describe, expect, it } from '@jest/globals';
import { cutoverStages, isMirrored, otherSide, primaryOf, reverseOf, shareOfKey } from './stage.js';

describe('the stages of a cutover', () => {
  it('say which side decides, and whether the other one follows', () => {
    expect(cutoverStages.map((stage) => [stage, primaryOf(stage), isMirrored(stage)])).toEqual([
      ['legacy', 'legacy', false],
      ['mirror', 'legacy', true],
      ['served', 'legacy', true],
      ['modern', 'modern', true],
      ['complete', 'modern', false],
    ]);
    expect([otherSide('legacy'), otherSide('modern')]).toEqual(['modern', 'legacy']);
  });

  it('lead back one by one, but from the first and the last', () => {
    expect(cutoverStages.map(reverseOf)).toEqual([undefined, 'legacy', 'mirror', 'served', undefined]);
  });
});

describe('shareOfKey', () => {
  it('is always the same for a key of a component, and another one for another component', () => {
    expect(shareOfKey('users', 'u-1')).toBe(shareOfKey('users', 'u-1'));
    expect(shareOfKey('users', 'u-1')).not.toBe(shareOfKey('analytics', 'u-1'));
  });

  it('spreads keys evenly, numbered ones too', () => {
    for (const name of [(n: number) => String(n), (n: number) => `user-${n}@example.org`]) {
      const keys = Array.from({ length: 20_000 }, (_, n) => name(n));
      for (let share = 10; share < 100; share += 10) {
        const below = keys.filter((key) => shareOfKey('users', key) < share).length / keys.length;
        expect(Math.abs(below * 100 - share)).toBeLessThan(2);
      }
    }
  });
});
