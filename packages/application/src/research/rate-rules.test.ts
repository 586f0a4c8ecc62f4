import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '@markitect/testing';
import { limitsOf, parseRateRules } from './rate-rules.js';

describe('rate rules', () => {
  const rules = parseRateRules(['web=20', 'web:*=2', 'web:example.org=0.5', 'issues=10']);
  const named = (name: string) => limitsOf(rules, name).map((limit) => [limit.name, limit.perSecond]);

  it('hold for each part by itself and for the whole', () => {
    expect(named('web:example.com')).toEqual([
      ['web:example.com', 2],
      ['web', 20],
    ]);
    expect(named('web:example.org')).toEqual([
      ['web:example.org', 0.5],
      ['web', 20],
    ]);
    expect(named('web:127.0.0.1:8080')[0]).toEqual(['web:127.0.0.1:8080', 2]);
    expect(named('issues')).toEqual([['issues', 10]]);
  });

  it('of nothing that is not named', () => {
    expect(named('docs')).toEqual([]);
    expect(named('webs:a')).toEqual([]);
  });

  it.each(['web', 'web=', 'web=0', 'web=x', '=1', 'Web=1', 'web:=1', 'web=1e3', 'web=1000000'])(
    'refuse %j',
    async (rule) => {
      expect(
        await markitectFailure(() => Promise.resolve().then(() => parseRateRules([rule]))),
      ).toMatchObject({
        code: 'CONFIG_INVALID',
        details: { field: 'research.rates', rule },
      });
    },
  );
});
