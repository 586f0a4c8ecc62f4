import type { IngestFailure, IngestReport, IngestRun } from './ingest-report.js';

/** Adds up what the batches did. */
export class Tally {
  created = 0;
  updated = 0;
  unchanged = 0;
  removed = 0;
  bytes = 0;
  readonly failures: IngestFailure[] = [];
  readonly #run: IngestRun;
  #totals: { readonly totalFiles?: number; readonly totalBytes?: number } = {};

  constructor(run: IngestRun) {
    this.#run = run;
  }

  fail(failure: IngestFailure): void {
    this.failures.push(failure);
    this.#run.onFailure?.(failure);
  }

  expect(totalFiles: number, totalBytes: number): void {
    this.#totals = { totalFiles, totalBytes };
    this.progress();
  }

  progress(): void {
    const failed = this.failures.length;
    this.#run.onProgress?.({
      files: this.created + this.updated + this.unchanged + failed,
      bytes: this.bytes,
      failed,
      ...this.#totals,
    });
  }

  report(seconds: number, interrupted: boolean): IngestReport {
    return {
      created: this.created,
      updated: this.updated,
      unchanged: this.unchanged,
      removed: this.removed,
      failed: this.failures.length,
      failures: this.failures,
      bytes: this.bytes,
      seconds,
      interrupted,
    };
  }
}
