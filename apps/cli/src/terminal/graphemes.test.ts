import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { graphemes, textWidth } from './graphemes.js';

const family = '👨‍👩‍👧‍👦';
const whole = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);

describe('the characters of a text', () => {
  it.each(['', 'abc', `e\u0301${family}日本`])('are those of the whole text: %p', (text) => {
    expect([...graphemes(text)]).toEqual(whole(text));
  });

  it.each([990, 995, 998, 999, 1000, 1001])('are not cut where a long text is: %i', (before) => {
    const text = `${'a'.repeat(before)}${family.repeat(3)}e\u0301${'b'.repeat(1200)}`;
    expect([...graphemes(text)]).toEqual(whole(text));
    expect(textWidth(text)).toBe(stringWidth(text));
  });
});
