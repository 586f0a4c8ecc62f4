import { describe, expect, it } from '@jest/globals';
import { progressLine } from './ingest-progress.js';

describe('progressLine', () => {
  const half = { files: 50, bytes: 1_000_000, failed: 2, totalFiles: 100, totalBytes: 2_000_000 };

  it('shows files, failures, time left and rates', () => {
    expect(progressLine(half, 2, { bar: '##..', width: 120 })).toBe(
      '##.. 50/100 files  2 failed  ETA 2.0 s  25 files/s  500 kB/s',
    );
  });

  it('shows what is known before the inputs are counted', () => {
    expect(progressLine({ files: 3, bytes: 0, failed: 0 }, 0, { bar: '', width: 120 })).toBe(
      '3 files  0 files/s  0 B/s',
    );
  });

  it('leaves out what does not fit', () => {
    expect(progressLine(half, 2, { bar: '##..', width: 40 })).toBe('##.. 50/100 files  2 failed  ETA 2.0 s');
  });
});
