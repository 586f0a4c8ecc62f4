import { expect, it } from '@jest/globals';
import { MAX_QUESTION_LENGTH, MAX_SEARCH_RESULTS, searchDraft } from './search.js';

const draft = { question: 'Who owns what?', sources: [{ scraper: 'docs' }], maxResults: 10 };

it('a search can be stored as it is when nothing is wrong with it', () => {
  expect(searchDraft(draft)).toEqual(draft);
  const most = { ...draft, question: 'x'.repeat(MAX_QUESTION_LENGTH), maxResults: MAX_SEARCH_RESULTS };
  expect(searchDraft(most)).toEqual(most);
});

it.each([
  ['question', { question: ' ' }],
  ['question', { question: 'x'.repeat(MAX_QUESTION_LENGTH + 1) }],
  ['question', { question: 'Who\0owns' }],
  ['question', { question: 'Who \u001b[31mowns' }],
  ['question', { question: 'Who\u0085owns' }],
  ['sources', { sources: [] }],
  ['maxResults', { maxResults: 0 }],
  ['maxResults', { maxResults: MAX_SEARCH_RESULTS + 1 }],
])('a search with a wrong %s is refused', (field, wrong) => {
  expect(() => searchDraft({ ...draft, ...wrong })).toThrow(
    expect.objectContaining({
      code: 'REQUEST_INVALID',
      details: expect.objectContaining({ field }) as object,
    }),
  );
});
