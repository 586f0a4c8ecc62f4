import { expect, it } from '@jest/globals';
import { tidyProblem, tidyResult } from './tidy-result.js';

const given = {
  reference: 'https://example.org/',
  title: '  A\n\ttitle\u0007 ',
  snippet: `half \ud83d of a pair ${'x'.repeat(3000)}`,
  location: 'https://example.org/',
  score: Number.NaN,
  fingerprint: 'f',
};

it('makes of anything found what can be stored and shown', () => {
  const tidy = tidyResult(given);
  expect(tidy).toMatchObject({ title: 'A title', score: 0, reference: 'https://example.org/' });
  expect(tidy.snippet).toMatch(/^half \ufffd of a pair x+…$/);
  expect(tidy.snippet).toHaveLength(2000);
  expect(tidyResult({ ...given, title: '\n' }).title).toBe('https://example.org/');
});

it('cuts between characters', () => {
  const { snippet } = tidyResult({ ...given, snippet: `${'x'.repeat(1998)}😀😀` });
  expect(snippet.isWellFormed()).toBe(true);
  expect(snippet).toHaveLength(1999);
});

it('does the same for problems', () => {
  expect(tidyProblem({ reference: 'a\nb', code: 'WEB_ADDRESS_REFUSED', message: 'c\u0000d' })).toEqual({
    reference: 'a b',
    code: 'WEB_ADDRESS_REFUSED',
    message: 'c d',
  });
});
