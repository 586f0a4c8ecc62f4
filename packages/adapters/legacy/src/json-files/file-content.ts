import type { JsonValue } from '@markitect/domain';
import { bracketed, defaultStyle, type JsonStyle, styleOf } from './json-style.js';
import { spoken, writtenParts } from './json-text.js';
import { type KeptKind, type KeyedText, type Surroundings } from './keyed-texts.js';

/** What a file has, as it is written. */
export interface FileContent {
  /** An object by key; a list of objects that say their keys; such objects, one on each line. */
  readonly format: 'object' | 'list' | 'lines';
  readonly style: JsonStyle;
  /** The byte order mark, if there is one. */
  readonly mark: string;
  /** Behind the last bracket. */
  readonly ending: string;
  /** The field that says the key; of an object by key `undefined`. */
  readonly keyField: string | undefined;
  /** In the order of the file. What has no key has a symbol. */
  readonly items: ReadonlyMap<string | symbol, FileItem>;
  /** What had no key when the file was read, or was not the last of its key, each in words. */
  readonly unkeyed: readonly string[];
}

export interface FileItem {
  /** The name of a member, in quotes and as it is written; else ''. */
  readonly name: string;
  readonly text: string;
  /** Whether all is in the text that is to stay when the file is rewritten. */
  readonly isStamped: boolean;
  /** Of an item that has none because a later one has it: the key. It stays where it is, and goes with that one. */
  readonly laterKey?: string;
}

/**
 * Reads the text of a file; an empty one has nothing. Of two members or items of one key the last counts, as it does for
 * `JSON.parse`. Throws SyntaxError.
 *
 * @param kind of what is kept; new files get its format, or lines when the path ends with `.jsonl` or `.ndjson`
 */
export function parseFile(source: string, path: string, kind: KeptKind): FileContent {
  const mark = source.startsWith('\ufeff') ? '\ufeff' : '';
  const text = source.slice(mark.length);
  const isLines = /\.(?:jsonl|ndjson)$/i.test(path);
  if (text.trim() === '') return emptyFile(isLines ? 'lines' : kind.newFormat, mark, kind);
  const value = wholeValue(text);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // One line of events is an object, too.
  const isOneLine = isObject && kind.newFormat === 'list' && !Object.values(value).every(isObjectValue);
  if (value === undefined || isLines || isOneLine) return linesOf(text, mark, kind);
  if (!isObject && !Array.isArray(value)) throw new SyntaxError('it is neither an object nor a list');
  const ending = text.slice(text.trimEnd().length);
  const style = styleOf(text);
  const parts = [...writtenParts(text)];
  if (isObject) {
    const items = new Map<string | symbol, FileItem>();
    const unkeyed: string[] = [];
    for (const [index, { name, text: written }] of parts.entries()) {
      const key = spoken(name);
      const isKey = key.isWellFormed();
      if (!isKey) unkeyed.push(`the name of member ${index + 1} is not Unicode text`);
      items.set(isKey ? key : Symbol(), { name, text: written, isStamped: false });
    }
    return {
      format: 'object',
      style,
      mark,
      ending,
      keyField: undefined,
      items,
      unkeyed: unkeyed,
    };
  }
  return { format: 'list', style, mark, ending, ...itemsOf(value as JsonValue[], parts, 'item', kind) };
}

/** A file that has nothing yet. */
function emptyFile(format: FileContent['format'], mark: string, kind: KeptKind): FileContent {
  const keyField = format === 'object' ? undefined : kind.keyFields[0];
  const style = format === 'lines' ? { indent: '', space: '' } : defaultStyle;
  return { format, style, mark, ending: '\n', keyField, items: new Map(), unkeyed: [] };
}

/** Where the items of a file stand. */
export function surroundings({ format, style, keyField }: FileContent): Surroundings {
  return { style, depth: format === 'lines' ? 0 : 1, keyField };
}

/** The text of a file. */
export function printFile({ format, style, mark, ending, items }: FileContent): string {
  if (format === 'lines') {
    let lines = mark;
    for (const { text } of items.values()) lines += `${text}\n`;
    return lines;
  }
  const isObject = format === 'object';
  const parts: string[] = [];
  for (const { name, text } of items.values()) parts.push(isObject ? `${name}:${style.space}${text}` : text);
  return mark + bracketed(isObject ? '{}' : '[]', parts, style, 0) + ending;
}

/**
 * A file after changes; what it gets is put behind what it has. Items that have stood in it untouched so far are
 * stamped.
 */
export function changedFile(
  content: FileContent,
  changes: ReadonlyMap<string, KeyedText | undefined>,
  fileChangedAt: string,
  kind: KeptKind,
): FileContent {
  const items = new Map(content.items);
  const around = surroundings(content);
  for (const [key, item] of kind.stamped === undefined ? [] : items) {
    if (item.isStamped || typeof key === 'symbol' || changes.has(key)) continue;
    const text = kind.stamped?.({ text: item.text, fileChangedAt }, around) ?? item.text;
    items.set(key, { ...item, text, isStamped: true });
  }
  for (const [key, change] of changes) {
    if (change === undefined) items.delete(key);
    else
      items.set(key, {
        name: items.get(key)?.name ?? JSON.stringify(key),
        text: change.text,
        isStamped: true,
      });
  }
  for (const [place, { laterKey }] of items) {
    // Else the next reader would take it for what was removed.
    if (laterKey !== undefined && changes.has(laterKey) && !items.has(laterKey)) items.delete(place);
  }
  return { ...content, items };
}

/** The value of a whole text; `undefined`: it may have one on each line. */
function wholeValue(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const [first, second] = text.trim().split('\n', 2);
    // A second line that begins like the first: lines. Else what is wrong is wrong with the whole.
    if (first?.startsWith('{') === true && second?.trimStart().startsWith('{') === true) return undefined;
    throw error;
  }
}

function linesOf(text: string, mark: string, kind: KeptKind): FileContent {
  const parts = text.split('\n').map((line) => line.trim());
  const lines = parts.filter((line) => line !== '').map((line) => ({ name: '', text: line }));
  const values = lines.map((line, index) => {
    try {
      return JSON.parse(line.text) as JsonValue;
    } catch {
      throw new SyntaxError(`line ${index + 1} of those that are not empty is no JSON`);
    }
  });
  const style = { indent: '', space: /^[^:]*:\s/.test(text) ? ' ' : '' };
  return { format: 'lines', style, mark, ending: '', ...itemsOf(values, lines, 'line', kind) };
}

function itemsOf(
  values: readonly JsonValue[],
  parts: readonly { readonly text: string }[],
  word: 'item' | 'line',
  kind: KeptKind,
): Pick<FileContent, 'items' | 'keyField' | 'unkeyed'> {
  const items: ([string | symbol, FileItem] | undefined)[] = [];
  const places = new Map<string, number>();
  const unkeyed: string[] = [];
  let keyField: string | undefined;
  for (const [index, { text }] of parts.entries()) {
    const value = values[index] ?? null;
    const field = kind.keyFields.find((name) => isObjectValue(value) && isKey(value[name]));
    keyField ??= field;
    const key = field === undefined ? derivedKey(value, places, kind) : keyIn(value, field, text);
    const item = { name: '', text, isStamped: false };
    if (key?.isWellFormed() !== true) {
      unkeyed.push(`${word} ${index + 1} has no key: ${keyless(value, key, kind)}`);
      items.push([Symbol(), item]);
      continue;
    }
    const place = places.get(key) ?? -1;
    const before = items[place]?.[1];
    // What is written twice is kept once.
    if (before !== undefined) items[place] = undefined;
    if (before !== undefined && before.text !== text) {
      items[place] = [Symbol(), { ...before, laterKey: key }];
      unkeyed.push(`${word} ${place + 1} has the same key as ${word} ${index + 1}, which counts`);
    }
    places.set(key, index);
    items.push([key, item]);
  }
  return {
    items: new Map(items.filter((each) => each !== undefined)),
    keyField: keyField ?? kind.keyFields[0],
    unkeyed: unkeyed,
  };
}

function keyless(value: JsonValue, key: string | undefined, { keyFields }: KeptKind): string {
  if (!isObjectValue(value)) return 'it is no object';
  return key === undefined
    ? `none of ${keyFields.join(', ')} is a text or a number`
    : 'its key is not Unicode text';
}

/** What is written twice without a key is kept twice. */
function derivedKey(
  value: JsonValue,
  places: ReadonlyMap<string, number>,
  kind: KeptKind,
): string | undefined {
  const first = kind.keyOf?.(value);
  if (first === undefined) return undefined;
  let key = first;
  for (let count = 2; places.has(key); count += 1) key = `${first}-${count}`;
  return key;
}

function keyIn(value: JsonValue, field: string, text: string): string | undefined {
  const key = isObjectValue(value) ? value[field] : undefined;
  if (typeof key !== 'number') return typeof key === 'string' ? key : undefined;
  if (Number.isSafeInteger(key)) return String(key);
  // Longer than a number can be here, as the ids of some services are: by its letters.
  let letters = String(key);
  for (const part of writtenParts(text)) if (spoken(part.name) === field) letters = part.text;
  return letters;
}

function isKey(value: JsonValue | undefined): boolean {
  return typeof value === 'number' || typeof value === 'string';
}

function isObjectValue(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
