import {
  type CutoverRun,
  type CutoverState,
  type CutoverTally,
  type DiffState,
  isCutOff,
} from '@markitect/domain';

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
  const { backfill, diff } = state;
  if (!isShared) {
    if (backfill?.status !== 'complete') {
      block(
        'backfill',
        backfill === undefined ? 'the backfill was not run' : `the backfill ${standing(backfill, now)}`,
      );
    }
    if (diff === undefined) {
      block('diff', 'both sides were not compared');
    } else {
      if (diff.status !== 'complete') block('diff', `the diff ${standing(diff, now)}`);
      if (diff.percent < 100)
        block('diff', `the diff compared ${diff.percent} % of the keys; a full one is asked for`);
      if (differing(diff) > 0) block('diff', `${differing(diff)} of ${diff.compared} keys differ`);
      for (const reason of leftOut(diff)) block('diff', reason);
      const stale = isStale(diff, state, now);
      if (stale !== undefined) block('diff', stale);
    }
    if (depth.pending > 0) {
      const are = depth.pending === 1 ? 'is' : 'are';
      block('repairs', `${countOf(depth.pending, 'key')} ${are} waiting to be repaired`);
    }
  }
  found.push(...excesses(state, tallies));
  return found;
}

/** What a judgement does not know: it keeps nobody from a step, but whoever takes it should know it too. */
export function notes({ state: { limits }, tallies }: Evidence): readonly string[] {
  const { minCompared } = limits;
  const compared = tallies.reduce((sum, each) => sum + each.compared, 0);
  const operations = tallies.find(({ side }) => side === 'modern')?.operations ?? 0;
  const lately = `since the last change or in the last 15 min (${minCompared} asked for)`;
  return [
    ...(compared < minCompared
      ? [`${countOf(compared, 'read')} compared ${lately}: the mismatch rate says nothing`]
      : []),
    ...(operations < minCompared
      ? [`${countOf(operations, 'operation')} of modern ${lately}: its errors and its latency say nothing`]
      : []),
  ];
}

/** Whether a comparison has found nothing that has to be looked at. */
export function isClean(diff: DiffState): boolean {
  return differing(diff) === 0 && leftOut(diff).length === 0;
}

/** Why what a comparison has found is too old to say anything; `undefined`: it is not. What counts is when it was begun. */
export function isStale(
  { startedAt }: DiffState,
  { limits, backfill }: CutoverState,
  now: number,
): string | undefined {
  const age = now - Date.parse(startedAt);
  if (age > limits.maxDiffAgeMs)
    return `the diff was begun ${seconds(age)} ago; at most ${seconds(limits.maxDiffAgeMs)}`;
  if (backfill !== undefined && startedAt < backfill.updatedAt) return 'the diff is older than the backfill';
  return undefined;
}

function differing({ onlyLegacy, onlyModern, different }: DiffState): number {
  return onlyLegacy + onlyModern + different;
}

/** What nobody would find in modern. */
function leftOut({ unkeyed = [], unaddressable }: DiffState): readonly string[] {
  return [
    ...unkeyed.map(({ side, count }) =>
      count === 1
        ? `1 record of ${side} has no key of its own: give it one or remove it`
        : `${count} records of ${side} have no key of their own: give them one or remove them`,
    ),
    ...(unaddressable === undefined
      ? []
      : [
          unaddressable.count === 1
            ? '1 key is one that nobody can ask for: rename or remove it'
            : `${unaddressable.count} keys are such that nobody can ask for them: rename or remove them`,
        ]),
  ];
}

/** What a run does that is not complete. */
function standing(run: CutoverRun, now: number): string {
  if (run.failure !== undefined) return `has failed: ${run.failure.message}`;
  return isCutOff(run, now) ? 'was cut off' : `is ${run.status}`;
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

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
