import { describe, expect, it } from '@jest/globals';
import { errorCodes, type ErrorDescription } from './error-codes.js';

const table = Object.entries<ErrorDescription>(errorCodes);

describe('every error code', () => {
  it.each(table)('%s says what happened and what can be done, in sentences', (code, { meaning, remedy }) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
    for (const text of [meaning, remedy]) {
      expect(text).toMatch(/^[A-Z].{10,}\.$/);
      expect(text).not.toMatch(/\s{2}|\.\.$/);
    }
  });

  it('stands in the order of the alphabet', () => {
    const codes = table.map(([code]) => code);
    expect(codes).toEqual([...codes].sort());
  });
});
