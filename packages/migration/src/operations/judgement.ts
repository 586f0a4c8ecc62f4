import type { CutoverState, CutoverTally } from '@markitect/domain';

/** Something that must hold before a step. */
export interface Blocker {
  /** E.g. `backfill`, `diff`, `repairs`, `mismatches`, `errors`, `latency`. */
  readonly gate: string;
  /** What is, and what is asked for. */
  readonly reason: string;
}

/** What a judgement is made of. */
export interface Evidence {
  readonly state: CutoverState;
  readonly depth: { readonly inFlight: number; readonly pending: number };
  /** Of the span since the last change, of both sides. */
  readonly tallies: readonly CutoverTally[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Both sides are one store: there is nothing to copy or to compare key by key. */
  readonly isShared: boolean;
}

/** Why the reads or writes of a component may not be switched to modern now. Empty: they may. */
export function blockers({ state, depth, tallies, now, isShared }: Evidence): readonly Blocker[] {
  const found: Blocker[] = [];
  const block = (gate: string, reason: string): void => void found.push({ gate, reason });
  const { limits, backfill, diff } = state;
  if (!isShared) {
    if (backfill?.status !== 'complete') {
      block(
        'backfill',
        backfill === undefined ? 'the backfill was not run' : `the backfill is ${backfill.status}`,
      );
    }
    if (diff === undefined) {
      block('diff', 'both sides were not compared');
    } else {
      const differing = diff.onlyLegacy + diff.onlyModern + diff.different;
      const age = now - Date.parse(diff.updatedAt);
      if (diff.status !== 'complete') block('diff', `the diff is ${diff.status}`);
      if (diff.percent < 100)
        block('diff', `the diff compared ${diff.percent} % of the keys; a full one is asked for`);
      if (differing > 0) block('diff', `${differing} of ${diff.compared} keys differ`);
      if (age > limits.maxDiffAgeMs)
        block('diff', `the diff is ${seconds(age)} old; at most ${seconds(limits.maxDiffAgeMs)}`);
      if (backfill !== undefined && diff.startedAt < backfill.updatedAt)
        block('diff', 'the diff is older than the backfill');
    }
    if (depth.pending > 0) block('repairs', `${depth.pending} keys are waiting to be repaired`);
  }
  found.push(...excesses(state, tallies));
  return found;
}

/** Which limits of rates and latency are passed. What was not measured enough says nothing. */
export function excesses({ limits }: CutoverState, tallies: readonly CutoverTally[]): readonly Blocker[] {
  const found: Blocker[] = [];
  const legacy = tallies.find(({ side }) => side === 'legacy');
  const modern = tallies.find(({ side }) => side === 'modern');
  const compared = tallies.reduce((sum, each) => sum + each.compared, 0);
  const mismatched = tallies.reduce((sum, each) => sum + each.mismatched, 0);
  const rate = compared === 0 ? 0 : mismatched / compared;
  if (compared >= limits.minCompared && rate > limits.maxMismatchRate) {
    found.push({
      gate: 'mismatches',
      reason: `${percentOf(rate)} of ${compared} compared reads differ; at most ${percentOf(limits.maxMismatchRate)}`,
    });
  }
  if (modern !== undefined && modern.operations >= limits.minCompared) {
    const errors = modern.errors / modern.operations;
    if (errors > limits.maxErrorRate) {
      found.push({
        gate: 'errors',
        reason: `${percentOf(errors)} of ${modern.operations} operations of modern failed; at most ${percentOf(limits.maxErrorRate)}`,
      });
    }
  }
  if (
    legacy?.medianMs !== undefined &&
    modern?.medianMs !== undefined &&
    modern.operations >= limits.minCompared
  ) {
    const ratio = modern.medianMs / legacy.medianMs;
    if (ratio > limits.maxLatencyRatio) {
      found.push({
        gate: 'latency',
        reason: `modern takes ${ratio.toFixed(1)} times as long as legacy; at most ${limits.maxLatencyRatio}`,
      });
    }
  }
  return found;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function percentOf(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}
