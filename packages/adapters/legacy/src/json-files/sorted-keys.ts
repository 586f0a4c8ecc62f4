import { compareCodePoints } from '@markitect/ports';

/** Keys in the order of code points. Up to U+D7FF that is the order of units, which is many times as fast. */
export function sortedKeys(keys: string[]): readonly string[] {
  return keys.some((key) => /[\ud800-\uffff]/.test(key)) ? keys.sort(compareCodePoints) : keys.sort();
}
