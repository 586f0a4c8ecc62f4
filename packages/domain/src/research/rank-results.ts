import type { ScrapingJobId } from './scraping-job.js';
import type { FoundResult, SearchResultId } from './search-result.js';

/** What of a result its rank depends on. */
export interface UnrankedResult extends Pick<FoundResult, 'reference' | 'fingerprint' | 'score'> {
  readonly id: SearchResultId;
  readonly jobId: ScrapingJobId;
}

/** The rank of a result, or what it says the same as. */
export interface RankedResult {
  readonly id: SearchResultId;
  /** From 1; absent for duplicates. */
  readonly rank?: number;
  readonly duplicateOf?: SearchResultId;
}

/** By how much the first places of a source are kept from deciding alone (Cormack, Clarke, Büttcher, SIGIR 2009). */
const K = 60;

/**
 * Ranks results by reciprocal rank fusion: each source counts 1 / (60 + place) for what it has found, and what several
 * have found gets the sum. Those that share a reference or a fingerprint, directly or through others, are one: the one
 * with the best place in its source stays, of equal ones that with the smaller id; the others are its duplicates, and
 * of those of one source only the best counts. Equal sums are ordered by id.
 */
export function rankResults(results: readonly UnrankedResult[]): readonly RankedResult[] {
  const places = placesOf(results);
  const groups = new Map<number, { stays: number; best: Map<ScrapingJobId, number> }>();
  const groupOf = connected(results);
  // Those with the best places first, so that the first of a group stays, and the first of a source counts.
  const order = results
    .map((_, index) => index)
    .sort(
      (left, right) => at(places, left) - at(places, right) || idAt(results, left) - idAt(results, right),
    );
  for (const index of order) {
    const { jobId } = at(results, index);
    const key = groupOf(index);
    const group = groups.get(key) ?? { stays: index, best: new Map<ScrapingJobId, number>() };
    groups.set(key, group);
    if (!group.best.has(jobId)) group.best.set(jobId, at(places, index));
  }
  const ranked = [...groups.values()]
    // From the best place on: the same places give the same sum.
    .map(({ stays, best }) => ({
      stays,
      sum: [...best.values()].reduce((sum, place) => sum + 1 / (K + place), 0),
    }))
    .sort((left, right) => right.sum - left.sum || idAt(results, left.stays) - idAt(results, right.stays));
  const ranks = new Map(ranked.map(({ stays }, index) => [stays, index + 1]));
  return results.map(({ id }, index) => {
    const rank = ranks.get(index);
    if (rank !== undefined) return { id, rank };
    const group = groups.get(groupOf(index));
    return { id, duplicateOf: idAt(results, group?.stays ?? index) };
  });
}

/** The place of each result among those of its source, from 1: the best score first, of equal ones the smaller id. */
function placesOf(results: readonly UnrankedResult[]): readonly number[] {
  const sources = new Map<ScrapingJobId, number[]>();
  for (const [index, { jobId }] of results.entries()) {
    const source = sources.get(jobId);
    if (source === undefined) sources.set(jobId, [index]);
    else source.push(index);
  }
  const places = new Array<number>(results.length).fill(0);
  for (const source of sources.values()) {
    source.sort(
      (left, right) =>
        at(results, right).score - at(results, left).score || idAt(results, left) - idAt(results, right),
    );
    for (const [place, index] of source.entries()) places[index] = place + 1;
  }
  return places;
}

/** Which results are one: the answer is the same number for all of them. */
function connected(results: readonly UnrankedResult[]): (index: number) => number {
  const parents = results.map((_, index) => index);
  const root = (index: number): number => {
    let top = index;
    while (at(parents, top) !== top) {
      parents[top] = at(parents, at(parents, top));
      top = at(parents, top);
    }
    return top;
  };
  for (const property of ['reference', 'fingerprint'] as const) {
    const first = new Map<string, number>();
    for (const [index, { [property]: value }] of results.entries()) {
      const other = first.get(value);
      if (other === undefined) first.set(value, index);
      else parents[root(index)] = root(other);
    }
  }
  return root;
}

function at<T>(all: readonly T[], index: number): T {
  return all[index] as T;
}

function idAt(results: readonly UnrankedResult[], index: number): SearchResultId {
  return at(results, index).id;
}
