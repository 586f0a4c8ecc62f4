import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvRow } from './csv.js';

/** Reads one line as RFC 4180 says. */
function read(line: string): string[] {
  expect(line.endsWith('\r\n')).toBe(true);
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  for (let match = cell.exec(line); match !== null; match = cell.exec(line)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] !== ',') break;
  }
  return cells;
}

describe('csvRow', () => {
  it('quotes what has commas, quotes or line ends', () => {
    expect(csvRow(['a', 'b,c', 'say "hi"', 'two\nlines', 3, undefined])).toBe(
      'a,"b,c","say ""hi""","two\nlines",3,\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '|cmd', '%x', '\u3000=1'])(
    'keeps a spreadsheet from running %j',
    (text) => {
      expect(read(csvRow([text]))).toEqual([`'${text}`]);
    },
  );

  it('leaves numbers as they are', () => {
    expect(csvRow([-1.5])).toBe('-1.5\r\n');
  });

  it('gives back what went in, but for an apostrophe', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (cells) => {
        const back = read(csvRow(cells));
        expect(back).toHaveLength(cells.length);
        cells.forEach((cell, index) => {
          expect([cell, `'${cell}`]).toContain(back[index]);
          expect(back[index] ?? '').not.toMatch(/^\s*[=+\-@]/);
        });
      }),
    );
  });
});
