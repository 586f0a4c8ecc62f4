import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatResearchSource, parseResearchSource, parseResearchSources } from './research-source.js';

describe('parseResearchSources', () => {
  it('reads names and targets', () => {
    expect(parseResearchSources('docs, issues,web:https://example.org/feed')).toEqual([
      { scraper: 'docs' },
      { scraper: 'issues' },
      { scraper: 'web', target: 'https://example.org/feed' },
    ]);
  });

  it('leaves commas in addresses alone', () => {
    expect(parseResearchSources('web:https://example.org/a,b?c=1,2,docs')).toEqual([
      { scraper: 'web', target: 'https://example.org/a,b?c=1,2' },
      { scraper: 'docs' },
    ]);
  });

  it.each(['', ' ', 'Docs', 'web:', ':x', 'docs,', 'docs,docs', 'a b'])('refuses %j', (text) => {
    expect(() => parseResearchSources(text)).toThrow(
      expect.objectContaining({ code: 'SEARCH_SOURCE_INVALID' }),
    );
  });

  it('reads what it writes', () => {
    const source = fc.record(
      { scraper: fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/), target: fc.webUrl() },
      { requiredKeys: ['scraper'] },
    );
    fc.assert(
      fc.property(source, (each) => {
        expect(parseResearchSource(formatResearchSource(each))).toEqual(each);
      }),
    );
  });
});
