import type { JsonObject, JsonValue, StoredRecord } from '@markitect/domain';
import { bracketed, type JsonStyle, valueText } from '../json-files/json-style.js';
import { spoken, writtenParts } from '../json-files/json-text.js';
import type { KeyedText, Surroundings } from '../json-files/keyed-texts.js';
import type { EntryCodec } from './entry-codec.js';
import { isInstant, isObject, UNKNOWN_TIME } from './loose-values.js';

const META = '_meta';

/** What a record has in its field `_meta`, which is not part of its value. */
interface Meta extends Pick<StoredRecord, 'version' | 'createdAt' | 'updatedAt'> {
  /** Fields of the value in whose places something else stands: `_meta` itself, or the key. */
  readonly own?: JsonObject;
  /** The field that only says the key. */
  readonly keyField?: string;
}

/**
 * A record is written as its value, with one field more, `_meta`, that has its version and its times. One without it, as
 * other programs write it, is at version 1 and as old as its file; it gets a `_meta` when the file it shares with
 * others is first rewritten, so that it stays so. What is no object is taken for `{ value: … }`, of an unknown time. A
 * field that is not changed keeps its letters: no number is rounded that was not to be changed.
 */
export const recordCodec: EntryCodec<StoredRecord> = {
  keyFields: ['id', 'user_id', 'userId', 'key'],
  newFormat: 'object',

  decode(key, { text, fileChangedAt }) {
    const written = JSON.parse(text) as JsonValue;
    if (!isObject(written)) return { key, value: { value: written }, version: 1, ...unknownTimes };
    const meta = metaOf(written);
    if (meta === undefined) {
      return { key, value: written, version: 1, createdAt: fileChangedAt, updatedAt: fileChangedAt };
    }
    const { version, createdAt, updatedAt, own = {}, keyField } = meta;
    const fields = Object.entries(written).flatMap(([name, value]): [string, JsonValue][] => {
      if (Object.hasOwn(own, name)) return [[name, own[name] as JsonValue]];
      return name === META || name === keyField ? [] : [[name, value]];
    });
    // Not by assignment: a field may be called `__proto__`.
    return { key, value: Object.fromEntries(fields), version, createdAt, updatedAt };
  },

  encode({ key, value, version, createdAt, updatedAt }, { style, depth, keyField }, before) {
    const own: [string, JsonValue][] = [];
    const names = Object.keys(value);
    const kept = keptLetters(before);
    const saysKey = keyField !== undefined && names.includes(keyField);
    if (names.includes(META)) own.push([META, value[META] as JsonValue]);
    let keyText = JSON.stringify(key);
    if (saysKey) {
      const field = value[keyField] as JsonValue;
      // A key that was written as a number stays one, also one that is longer than numbers can be here.
      const letters = typeof field === 'number' ? (kept.get(keyField)?.(field) ?? String(field)) : undefined;
      if (letters === key) keyText = key;
      else if (field !== key) own.push([keyField, field]);
    }
    const meta: Meta = {
      version,
      createdAt,
      updatedAt,
      ...(own.length === 0 ? {} : { own: Object.fromEntries(own) }),
      ...(keyField === undefined || saysKey ? {} : { keyField }),
    };
    const metaText = valueText(meta, style, depth + 1);
    const parts: string[] = keyField === undefined || saysKey ? [] : [member(keyField, keyText, style)];
    for (const name of names) {
      const field = value[name] as JsonValue;
      if (name === META) parts.push(member(META, metaText, style));
      else if (name === keyField) parts.push(member(name, keyText, style));
      else parts.push(member(name, kept.get(name)?.(field) ?? valueText(field, style, depth + 1), style));
    }
    if (!names.includes(META)) parts.push(member(META, metaText, style));
    return bracketed('{}', parts, style, depth);
  },

  stamped(kept: KeyedText, { style, depth }: Surroundings) {
    if (stampAtEnd.test(kept.text.slice(-300))) return undefined;
    // The letters may stand elsewhere in it, too: then it is looked at closely.
    const isMarked = kept.text.includes(`"${META}"`);
    const written = isMarked ? (JSON.parse(kept.text) as JsonValue) : undefined;
    if (!kept.text.startsWith('{') || (isObject(written) && metaOf(written) !== undefined)) return undefined;
    const { fileChangedAt } = kept;
    const foreign = isObject(written) && Object.hasOwn(written, META) ? written[META] : undefined;
    const meta: Meta = {
      version: 1,
      createdAt: fileChangedAt,
      updatedAt: fileChangedAt,
      ...(foreign === undefined ? {} : { own: { [META]: foreign } }),
    };
    const parts = [...writtenParts(kept.text)].map(({ name, text }) => ({
      name: spoken(name),
      written: name,
      text,
    }));
    const metaText = valueText(meta, style, depth + 1);
    const members = parts.map(
      ({ name, written: letters, text }) => `${letters}:${style.space}${name === META ? metaText : text}`,
    );
    if (foreign === undefined) members.push(member(META, metaText, style));
    return bracketed('{}', members, style, depth);
  },
};

const unknownTimes = { createdAt: UNKNOWN_TIME, updatedAt: UNKNOWN_TIME };

/** The end of nearly all records that were written here. Of an object within it would not be the end. */
const stampAtEnd =
  /"_meta":\s*\{\s*"version":\s*[1-9]\d{0,14},\s*"createdAt":\s*"[\dT:.-]{23}Z",\s*"updatedAt":\s*"[\dT:.-]{23}Z"\s*\}\s*\}$/;

function metaOf(written: JsonObject): Meta | undefined {
  const meta = Object.hasOwn(written, META) ? written[META] : undefined;
  if (!isObject(meta)) return undefined;
  const { version, createdAt, updatedAt, own, keyField } = meta as Partial<JsonObject> & JsonObject;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return undefined;
  if (!isInstant(createdAt) || !isInstant(updatedAt)) return undefined;
  return {
    version,
    createdAt,
    updatedAt,
    ...(isObject(own) ? { own } : {}),
    ...(typeof keyField === 'string' ? { keyField } : {}),
  };
}

/** How fields were written, by their names: the letters of one that still has the value they stand for. */
function keptLetters(
  before: KeyedText | undefined,
): ReadonlyMap<string, (value: JsonValue) => string | undefined> {
  const letters = new Map<string, (value: JsonValue) => string | undefined>();
  for (const { name, text } of before?.text.startsWith('{') === true ? writtenParts(before.text) : []) {
    letters.set(spoken(name), (value) =>
      JSON.stringify(JSON.parse(text)) === JSON.stringify(value) ? text : undefined,
    );
  }
  return letters;
}

function member(name: string, text: string, { space }: JsonStyle): string {
  return `${JSON.stringify(name)}:${space}${text}`;
}
