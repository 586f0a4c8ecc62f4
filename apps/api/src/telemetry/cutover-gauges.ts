import { cutoverSides, cutoverStages } from '@markitect/domain';
import type { Telemetry } from '@markitect/telemetry';
import type { CutoverAdministration } from '../cutover/cutover-administration.js';

/**
 * Shows the cutovers when metrics are collected, each by `component`:
 *
 * - `markitect.cutover.stage`, by `stage`: 1 for the one it is in; `markitect.cutover.percent`;
 * - `markitect.cutover.repairs`, by `status`; `markitect.cutover.lag`, in seconds;
 * - `markitect.cutover.operations`, `.errors`, `.compared`, `.mismatches`, by `side`: since the last change of the stage,
 *   of the last 15 minutes at most, of all processes; `markitect.cutover.median`, in seconds;
 * - `markitect.cutover.degraded`: 1 while the other side stands in;
 * - `markitect.cutover.up`, by `side`: 1 where it could be used when it was asked.
 */
export function observeCutovers(
  cutover: Pick<CutoverAdministration, 'names' | 'status'>,
  { meter }: Telemetry,
): void {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`markitect.cutover.${name}`, { unit, description });
  const stage = gauge('stage', '1', '1 for the stage the component is in.');
  const percent = gauge('percent', '%', 'The share of keys read from modern in stage served.');
  const repairs = gauge('repairs', '{key}', 'Keys that the other side may not have yet.');
  const lag = gauge('lag', 's', 'How long the oldest of them waits.');
  const degraded = gauge('degraded', '1', '1 while the other side stands in.');
  const up = gauge('up', '1', '1 where the side can be used.');
  const operations = gauge('operations', '{operation}', 'Operations lately.');
  const errors = gauge('errors', '{operation}', 'Operations lately that failed.');
  const compared = gauge('compared', '{operation}', 'Answers compared lately.');
  const mismatches = gauge('mismatches', '{operation}', 'Of these, those that differed.');
  const median = gauge('median', 's', 'The median of operations lately.');
  meter.addBatchObservableCallback(
    async (result) => {
      if (cutover.names.length === 0) return;
      for (const each of await cutover.status()) {
        const of = { 'markitect.cutover.component': each.component };
        for (const known of cutoverStages) {
          result.observe(stage, each.stage === known ? 1 : 0, { ...of, 'markitect.cutover.stage': known });
        }
        result.observe(percent, each.percent, of);
        result.observe(repairs, each.repairs.pending, { ...of, 'markitect.cutover.status': 'pending' });
        result.observe(repairs, each.repairs.inFlight, { ...of, 'markitect.cutover.status': 'in-flight' });
        result.observe(lag, each.lagMs / 1000, of);
        result.observe(degraded, each.isDegraded ? 1 : 0, of);
        for (const side of cutoverSides) {
          result.observe(up, each.isUp[side] ? 1 : 0, { ...of, 'markitect.cutover.side': side });
        }
        for (const tally of each.measured) {
          const ofSide = { ...of, 'markitect.cutover.side': tally.side };
          result.observe(operations, tally.operations, ofSide);
          result.observe(errors, tally.errors, ofSide);
          result.observe(compared, tally.compared, ofSide);
          result.observe(mismatches, tally.mismatched, ofSide);
          if (tally.medianMs !== undefined) result.observe(median, tally.medianMs / 1000, ofSide);
        }
      }
    },
    [stage, percent, repairs, lag, degraded, up, operations, errors, compared, mismatches, median],
  );
}
