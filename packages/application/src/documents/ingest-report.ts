import type { MarkitectError } from '@markitect/domain';

/** How far an ingest is. Totals are known once the inputs have been counted. */
export interface IngestProgress {
  readonly files: number;
  readonly bytes: number;
  readonly failed: number;
  readonly totalFiles?: number;
  readonly totalBytes?: number;
}

/** A file that did not go in, and why. */
export interface IngestFailure {
  /** The absolute path of the file. */
  readonly source: string;
  readonly error: MarkitectError;
}

/** What an ingest did. */
export interface IngestReport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly failed: number;
  readonly failures: readonly IngestFailure[];
  /** The bytes of all files that were read. */
  readonly bytes: number;
  readonly seconds: number;
  /** Whether the signal ended it early: what was done stays done. */
  readonly interrupted: boolean;
}

/** Hooks of one run. */
export interface IngestRun {
  /** Called after every batch. Asking for progress costs a second walk over the inputs, to know the totals. */
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly onFailure?: (failure: IngestFailure) => void;
  /** Ends the run: batches that are not being stored yet are given up. */
  readonly signal?: AbortSignal;
}
