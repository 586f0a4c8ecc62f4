import type { FoundResult } from '@markitect/domain';

/** The best results so far. */
export class BestResults {
  readonly #maximum: number;
  #results: FoundResult[];

  constructor(maximum: number, results: readonly FoundResult[] = []) {
    this.#maximum = maximum;
    this.#results = [...results].slice(0, maximum);
  }

  /** The best first, equal ones in the order they were found in. */
  get all(): readonly FoundResult[] {
    return this.#results;
  }

  add(result: FoundResult): void {
    const at = this.#results.findIndex(({ score }) => score < result.score);
    this.#results.splice(at === -1 ? this.#results.length : at, 0, result);
    this.#results = this.#results.slice(0, this.#maximum);
  }
}
