import { createHash } from 'node:crypto';

/** Longer names do not fit beside what is put behind them. */
const MAX_NAME = 200;
const MAX_BYTES = 255;
const ENDING = '.json';
/** How the ending is written; the first one counts most. Others are taken for no names of records. */
const ENDINGS: readonly string[] = [ENDING, '.JSON', '.Json'];
const HASHED = /^[^~]{100}~[0-9a-f]{40}$/;

/**
 * The name of a new file of a key: the key with all but letters, digits and `-_.!'()*` percent-encoded, a dot in front,
 * too; of one that gets too long its beginning, `~` and a hash: such a file says its key inside.
 */
export function recordFileName(key: string): string {
  return encodedStem(key) + ENDING;
}

/**
 * The names that a file of a key may have, the one that counts first in front: the encoded one, and the key as it is,
 * as programs that do not encode name it, unless that is the encoded name of another key.
 */
export function recordFileNames(key: string): readonly string[] {
  const stems = [encodedStem(key)];
  const isName =
    key !== '' && !/[/\0]/.test(key) && !key.startsWith('.') && Buffer.byteLength(key + ENDING) <= MAX_BYTES;
  if (isName && !stems.includes(key) && keyOfStem(key) === key) stems.push(key);
  return ENDINGS.flatMap((ending) => stems.map((stem) => stem + ending));
}

/** Whether a file is meant to be one of a record: hidden ones are not. */
export function isRecordFileName(name: string): boolean {
  return /\.json$/i.test(name) && !name.startsWith('.');
}

/** Whether the file of this name may say its key inside. */
export function maySayKeyInside(name: string): boolean {
  return HASHED.test(stemOf(name));
}

/** Whether the name of a file that says this key inside follows from it. */
export function isNameOf(name: string, key: string): boolean {
  return key.isWellFormed() && encodedStem(key) === stemOf(name);
}

/**
 * The key that the name of a file says: what it decodes to, if that is encoded to the same name; else the very name.
 * `undefined`: its ending is written in a way that is not looked for.
 */
export function keyOfFileName(name: string): string | undefined {
  return ENDINGS.some((ending) => name.endsWith(ending)) ? keyOfStem(stemOf(name)) : undefined;
}

function keyOfStem(stem: string): string {
  try {
    const key = decodeURIComponent(stem);
    return encodedStem(key) === stem ? key : stem;
  } catch {
    return stem;
  }
}

function stemOf(name: string): string {
  return name.slice(0, -ENDING.length);
}

function encodedStem(key: string): string {
  const name = encodeURIComponent(key).replaceAll('~', '%7E').replace(/^\./, '%2E');
  if (name.length <= MAX_NAME) return name;
  return `${name.slice(0, 100)}~${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;
}
