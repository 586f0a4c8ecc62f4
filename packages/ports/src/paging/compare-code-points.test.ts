import { describe, expect, it } from '@jest/globals';
import { compareCodePoints } from './compare-code-points.js';

describe('the order of names', () => {
  it('is that of their UTF-8 bytes', () => {
    const names = [
      'b',
      'B',
      '',
      'ba',
      'a',
      'é',
      'z',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
      '\u{1f600}x',
      '\u{1f600}',
    ];
    const bytes = (name: string) => Buffer.from(name);
    expect([...names].sort(compareCodePoints)).toEqual(
      [...names].sort((a, b) => Buffer.compare(bytes(a), bytes(b))),
    );
  });
});
