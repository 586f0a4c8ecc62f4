import { describe, expect, it } from '@jest/globals';
import { parseSearchQuery } from '@markitect/domain';
import { BestResults } from './best-results.js';
import { matchPage } from './term-matcher.js';

const score = (question: string, text: string, title = '') =>
  matchPage({ title, text }, parseSearchQuery(question))?.score ?? 0;
const snippet = (question: string, text: string) =>
  matchPage({ title: 'borrow checker', text }, parseSearchQuery(question))?.snippet ?? '';
const filler = (count: number) => 'filler word '.repeat(count / 2);

describe('how well a page answers', () => {
  it.each<[string, string, string]>([
    ['more of the words', 'borrow checker', 'borrow '.repeat(50)],
    ['more often', 'borrow borrow x', 'borrow x y'],
    ['in fewer words', `borrow ${filler(10)}`, `borrow ${filler(2000)}`],
  ])('is better with %s', (_what, better, worse) => {
    expect(score('borrow checker', better)).toBeGreaterThan(score('borrow checker', worse));
  });

  it('is better with a word in the title', () => {
    expect(score('borrow', 'x y z', 'Borrow')).toBeGreaterThan(score('borrow', 'borrow y z', 'Other'));
  });

  it.each<[string, string, boolean]>([
    ['borrow', 'Borrowing references', true],
    ['references', 'a reference', true],
    ['borrow', 'burrow', false],
    ['"borrow checker"', 'a borrow checker', true],
    ['"borrow checker"', 'a checker to borrow', false],
    ['borro*', 'borrowed', true],
    ['borrow -unsafe', 'borrow', true],
    ['borrow -unsafe', 'borrow unsafe', false],
    ['größe', 'Die Größe', true],
    ['日本語', '日本語', true],
    ['class', 'clas', false],
  ])('to %j is that %j answers: %p', (question, text, answers) => {
    expect(score(question, text) > 0).toBe(answers);
  });
});

describe('the snippet', () => {
  it('is where the most different words stand', () => {
    const text = `borrow borrow borrow ${filler(200)} the borrow checker, here. ${filler(200)} checker checker`;
    expect(snippet('borrow checker', text)).toMatch(/^… .*the borrow checker, here\. .* …$/);
  });

  it('is the beginning where only the title answers', () => {
    expect(snippet('borrow', `First words. ${filler(200)}`)).toMatch(/^First words\. .* …$/);
    expect(snippet('borrow', 'All there is!')).toBe('All there is!');
    expect(snippet('borrow', '')).toBe('');
  });

  it('is one short line, whatever the text is like', () => {
    const text = `one\n\n\ttwo   borrow ${'x'.repeat(100_000)} three`;
    expect(snippet('borrow', text)).toBe('one two borrow …');
    expect(snippet('borrow', `borrow ${'𝔵'.repeat(10_000)}`).isWellFormed()).toBe(true);
    expect(snippet('borrow', 'borrow-'.repeat(100_000)).length).toBeLessThan(350);
  });
});

describe('the best results', () => {
  it('are those with the highest scores, equal ones in their order', () => {
    const result = (reference: string, of: number) => ({
      ...{ reference, title: '', snippet: '', location: '', fingerprint: '' },
      score: of,
    });
    const best = new BestResults(3, [result('a', 1)]);
    for (const each of [result('b', 2), result('c', 1), result('d', 0.5), result('e', 2)]) best.add(each);
    expect(best.all.map(({ reference }) => reference)).toEqual(['b', 'e', 'a']);
  });
});
