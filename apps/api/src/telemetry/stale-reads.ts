import type { Staleness } from '@markitect/ports';
import type { Telemetry } from '@markitect/telemetry';

/**
 * Counts the reads of the tracker that its mirror has answered because the tracker did not: `markitect.issues.stale_reads`,
 * by `error.type`, the code of why. An answer may be made of several reads.
 */
export function countedStaleReads(telemetry: Telemetry | undefined): (stale: Staleness) => void {
  const counter = telemetry?.meter.createCounter('markitect.issues.stale_reads', {
    unit: '{read}',
    description: 'Reads of the tracker that its mirror has answered.',
  });
  return ({ cause }) => counter?.add(1, { 'error.type': cause.code });
}
