import { canonicalJson } from './canonical.js';

/** A place where two values differ. */
export interface Difference {
  /** E.g. `value.emails[0]`; empty: the values as a whole. */
  readonly path: string;
  readonly legacy: unknown;
  readonly modern: unknown;
}

/** As many differences are told. */
const MAX_DIFFERENCES = 20;

/** The fields in which two values differ, the first twenty. Empty: they are alike. */
export function differences(
  legacy: unknown,
  modern: unknown,
  ignore: ReadonlySet<string> = new Set(),
): readonly Difference[] {
  const found: Difference[] = [];
  compare(legacy, modern, '', ignore, found);
  return found;
}

function compare(
  legacy: unknown,
  modern: unknown,
  path: string,
  ignore: ReadonlySet<string>,
  found: Difference[],
): void {
  if (found.length >= MAX_DIFFERENCES || canonicalJson(legacy, ignore) === canonicalJson(modern, ignore))
    return;
  if (Array.isArray(legacy) && Array.isArray(modern)) {
    for (let index = 0; index < Math.max(legacy.length, modern.length); index += 1) {
      compare(legacy[index], modern[index], `${path}[${index}]`, ignore, found);
    }
    return;
  }
  if (isObject(legacy) && isObject(modern)) {
    for (const name of new Set([...Object.keys(legacy), ...Object.keys(modern)])) {
      if (ignore.has(name)) continue;
      compare(legacy[name], modern[name], path === '' ? name : `${path}.${name}`, ignore, found);
    }
    return;
  }
  found.push({ path, legacy, modern });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
