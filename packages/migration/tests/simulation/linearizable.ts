import { type JsonObject, mergePatch } from '@markitect/domain';

/** What a key holds; `undefined`: nothing. */
export type KeyState = { readonly value: JsonObject; readonly version: number } | undefined;

/** A change or a look at one key. */
export type KeyAction =
  | { readonly kind: 'save'; readonly value: JsonObject; readonly expected: number | undefined }
  | { readonly kind: 'patch'; readonly value: JsonObject; readonly expected: number | undefined }
  | { readonly kind: 'remove'; readonly expected: number | undefined }
  | { readonly kind: 'read' };

/** What came of it: `unknown` may have happened, at any time since; `refused` tells the version that was there. */
export type KeyOutcome =
  | { readonly kind: 'done'; readonly state: KeyState | boolean }
  | { readonly kind: 'refused'; readonly version: number }
  | { readonly kind: 'unknown' };

/** An operation on a key, as the one who asked for it has seen it. Times are those of one counter. */
export interface KeyOperation {
  readonly action: KeyAction;
  readonly outcome: KeyOutcome;
  readonly from: number;
  /** `Infinity` for one without an answer. */
  readonly to: number;
  readonly label: string;
}

/**
 * Finds an order of the operations, each somewhere between its question and its answer, in which a plain map would have answered
 * the same and holds `last` in the end (Wing and Gong, with the memory of Lowe). Operations of unknown outcome may be left
 * out. Answers whether there is one.
 */
export function isLinearizable(
  operations: readonly KeyOperation[],
  last: KeyState,
  first?: KeyState,
): boolean {
  const sorted = [...operations]
    .filter(({ action, outcome }) => action.kind !== 'read' || outcome.kind === 'done')
    .sort((a, b) => a.from - b.from);
  const answered = sorted.filter(({ outcome }) => outcome.kind !== 'unknown').length;
  const seen = new Set<string>();
  const goal = textOf(last);
  const search = (done: bigint, left: number, state: KeyState): boolean => {
    if (left === 0 && textOf(state) === goal) return true;
    const memory = `${done}|${textOf(state)}`;
    if (seen.has(memory)) return false;
    seen.add(memory);
    let until = Infinity;
    for (const [index, { outcome, to }] of sorted.entries()) {
      if ((done & (1n << BigInt(index))) === 0n && outcome.kind !== 'unknown') until = Math.min(until, to);
    }
    for (const [index, operation] of sorted.entries()) {
      const bit = 1n << BigInt(index);
      if (operation.from > until) break;
      if ((done & bit) !== 0n) continue;
      const next = apply(operation, state);
      if (next === 'impossible') continue;
      const isUnknown = operation.outcome.kind === 'unknown';
      if (isUnknown && textOf(next.state) === textOf(state)) continue;
      if (search(done | bit, left - (isUnknown ? 0 : 1), next.state)) return true;
    }
    return false;
  };
  return search(0n, answered, first);
}

function apply(
  { action, outcome }: KeyOperation,
  state: KeyState,
): { readonly state: KeyState } | 'impossible' {
  const version = state?.version ?? 0;
  if (outcome.kind === 'refused') return outcome.version === version ? { state } : 'impossible';
  if (action.kind !== 'read' && action.expected !== undefined && action.expected !== version)
    return 'impossible';
  if (action.kind === 'patch' && state === undefined) return 'impossible';
  if (action.kind === 'remove') {
    const isRight = outcome.kind === 'unknown' || outcome.state === (state !== undefined);
    return isRight ? { state: undefined } : 'impossible';
  }
  const value = action.kind === 'patch' ? (mergePatch(state?.value, action.value) as JsonObject) : undefined;
  const next =
    action.kind === 'read'
      ? state
      : { value: value ?? (action.kind === 'save' ? action.value : {}), version: version + 1 };
  const isRight = outcome.kind === 'unknown' || textOf(outcome.state) === textOf(next);
  return isRight ? { state: next } : 'impossible';
}

function textOf(state: KeyState | boolean): string {
  if (typeof state !== 'object') return String(state);
  return `${state.version} ${JSON.stringify(Object.entries(state.value).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
