import type { FoundResult, JsonObject, JsonValue } from '@markitect/domain';

/** Where a run over the pages of a list is. */
export interface WebCheckpoint {
  /** How many pages are done. */
  readonly done: number;
  /** The last of them: where it stands in the list now, the run goes on. */
  readonly last?: string;
  /** What was found and not told yet. */
  readonly held: readonly FoundResult[];
}

export function encodeCheckpoint({ done, last, held }: WebCheckpoint): JsonValue {
  return {
    done,
    ...(last === undefined ? {} : { last }),
    ...(held.length === 0 ? {} : { held: held.map((result): JsonObject => ({ ...result })) }),
  };
}

/** What is not a checkpoint of ours is the beginning. */
export function decodeCheckpoint(value: JsonValue | undefined): WebCheckpoint {
  const start: WebCheckpoint = { done: 0, held: [] };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return start;
  const { done, last, held = [] } = value as JsonObject;
  if (typeof done !== 'number' || !Array.isArray(held)) return start;
  return {
    done,
    ...(typeof last === 'string' ? { last } : {}),
    held: held.filter(isResult),
  };
}

function isResult(value: unknown): value is FoundResult {
  if (typeof value !== 'object' || value === null) return false;
  const result = value as Readonly<Record<keyof FoundResult, unknown>>;
  const texts = [result.reference, result.title, result.snippet, result.location, result.fingerprint];
  return typeof result.score === 'number' && texts.every((text) => typeof text === 'string');
}
