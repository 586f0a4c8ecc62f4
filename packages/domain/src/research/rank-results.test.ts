import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rankResults, type UnrankedResult } from './rank-results.js';

const result = (
  id: number,
  jobId: number,
  score: number,
  { reference = `r${id}`, fingerprint = `f${id}` } = {},
): UnrankedResult => ({ id, jobId, score, reference, fingerprint });

/** Ids in the order of their ranks. */
const order = (results: readonly UnrankedResult[]) =>
  rankResults(results)
    .filter(({ rank }) => rank !== undefined)
    .sort((left, right) => (left.rank ?? 0) - (right.rank ?? 0))
    .map(({ id }) => id);

const duplicates = (results: readonly UnrankedResult[]) =>
  rankResults(results).flatMap(({ id, duplicateOf }) =>
    duplicateOf === undefined ? [] : [[id, duplicateOf]],
  );

describe('results that are ranked', () => {
  it('of one source are in the order of their scores, equal ones by id', () => {
    expect(order([result(1, 1, 0.5), result(2, 1, 9), result(4, 1, 3), result(3, 1, 3)])).toEqual([
      2, 3, 4, 1,
    ]);
    expect(rankResults([])).toEqual([]);
  });

  it('of several sources take turns, whatever scale their scores have', () => {
    expect(order([result(1, 1, 1000), result(2, 1, 900), result(3, 2, 0.2), result(4, 2, 0.1)])).toEqual([
      1, 3, 2, 4,
    ]);
  });

  it('gain by what several sources have found', () => {
    const same = { fingerprint: 'same' };
    const results = [result(1, 1, 9), result(2, 1, 5, same), result(3, 2, 9), result(4, 2, 5, same)];
    expect(order(results)).toEqual([2, 1, 3]);
    expect(duplicates(results)).toEqual([[4, 2]]);
  });

  it('do not gain by what one source has found twice', () => {
    const same = { fingerprint: 'same' };
    expect(order([result(1, 1, 9), result(2, 1, 5, same), result(3, 1, 4, same)])).toEqual([1, 2]);
  });

  it('are one when they share a reference, a fingerprint, or either with a third', () => {
    const results = [
      result(1, 1, 3, { reference: 'a', fingerprint: 'x' }),
      result(2, 2, 1, { reference: 'a', fingerprint: 'y' }),
      result(3, 3, 1, { reference: 'b', fingerprint: 'y' }),
      result(4, 1, 4),
    ];
    // The places in their sources: 2, 1, 1, 1.
    expect(duplicates(results)).toEqual([
      [1, 2],
      [3, 2],
    ]);
  });

  it('have the ranks from 1 on, each once, whatever is given, in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(5), fc.nat(8), fc.nat(8)), { maxLength: 40 }),
        (all) => {
          const results = all.map(([job, score, reference, fingerprint], index) =>
            result(index + 1, job, score, { reference: `r${reference}`, fingerprint: `f${fingerprint}` }),
          );
          const ranked = rankResults(results);
          expect(ranked.map(({ id }) => id)).toEqual(results.map(({ id }) => id));
          const ranks = ranked.flatMap(({ rank }) => rank ?? []);
          expect([...ranks].sort((left, right) => left - right)).toEqual(ranks.map((_, index) => index + 1));
          for (const { rank, duplicateOf } of ranked) {
            expect(rank === undefined).toBe(duplicateOf !== undefined);
            if (duplicateOf !== undefined) expect(ranked[duplicateOf - 1]?.rank).toBeDefined();
          }
          const backwards = [...rankResults([...results].reverse())].reverse();
          expect(backwards).toEqual(ranked);
        },
      ),
      { seed: 2026 },
    );
  });
});
