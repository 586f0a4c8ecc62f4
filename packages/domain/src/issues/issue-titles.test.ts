import { describe, expect, it } from '@jest/globals';
import { checkedIssueTitle, checkedLabel, checkedMilestone, waitsForItself } from './issue-changes.js';

describe('titles and names', () => {
  it.each(['a\nb', 'a\u001b[31mb', 'a\tb', 'a\u0000', 'a\u0085b', 'a\u2028b', '\u007f'])(
    'are one line without control characters: not %j',
    (text) => {
      const refused = (field: string) =>
        expect.objectContaining({
          code: 'REQUEST_INVALID',
          details: { field, allowed: expect.stringContaining('control characters') },
        });
      expect(() => checkedIssueTitle(text)).toThrow(refused('title'));
      expect(() => checkedMilestone({ title: text, description: '', state: 'open' })).toThrow(
        refused('title'),
      );
      expect(() => checkedLabel({ name: text, color: '000000', description: '', exclusive: false })).toThrow(
        refused('name'),
      );
    },
  );

  it('may have all else', () => {
    expect(checkedIssueTitle('It\u2019s \u{1f389} \u65e5\u672c\u200d %_\\')).toContain('\u{1f389}');
  });
});

it('an issue does not wait for itself, nor two for each other', () => {
  expect(waitsForItself(1, 1)).toMatchObject({
    code: 'REQUEST_INVALID',
    message: 'issue #1 cannot wait for itself',
    details: { field: 'by', number: 1, by: 1 },
  });
  expect(waitsForItself(1, 2).message).toBe('issues #1 and #2 would wait for each other');
});
