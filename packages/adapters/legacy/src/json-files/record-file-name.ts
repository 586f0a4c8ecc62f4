import { createHash } from 'node:crypto';

/** Longer names do not fit beside what is put behind them. */
const MAX_NAME = 200;
const ENDING = '.json';

/**
 * The name of the file of a key: the key with all but letters, digits and `-_.!'()*` percent-encoded, a dot in front,
 * too; of one that gets too long its beginning, `~` and a hash: such a file says its key inside.
 */
export function recordFileName(key: string): string {
  const name = encodeURIComponent(key).replaceAll('~', '%7E').replace(/^\./, '%2E');
  if (name.length <= MAX_NAME) return name + ENDING;
  return `${name.slice(0, 100)}~${createHash('sha256').update(key).digest('hex').slice(0, 40)}${ENDING}`;
}

/** The name that a program that does not encode would give it; `undefined`: none, or the same. */
export function plainFileName(key: string): string | undefined {
  const name = key + ENDING;
  const isName = !/[/\0~%]/.test(key) && !key.startsWith('.') && Buffer.byteLength(name) <= 255;
  return isName && name !== recordFileName(key) ? name : undefined;
}

/** Whether the file of this name says its key inside. */
export function saysKeyInside(name: string): boolean {
  return name.includes('~');
}

/** The key of a file; `undefined`: it is none of a record. */
export function keyOfFileName(name: string): string | undefined {
  if (!name.endsWith(ENDING) || name.startsWith('.')) return undefined;
  const encoded = name.slice(0, -ENDING.length);
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    key = encoded;
  }
  // Only names by which it is found again: others are no names of ours and no plain ones.
  return recordFileName(key) === name || plainFileName(key) === name ? key : undefined;
}
