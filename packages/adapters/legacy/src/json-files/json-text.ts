/** A member of an object or an item of a list, as it is written. */
export interface WrittenPart {
  /** The name of a member with its quotes; of an item ''. */
  readonly name: string;
  readonly text: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The members of an object or the items of a list, in the order and the very letters in which they are written:
 * `JSON.parse` moves names such as `10` to the front and rounds long numbers. The text must be one that it accepts;
 * what begins with another letter than a bracket has no parts. Takes about as long as `JSON.parse`.
 */
export function* writtenParts(text: string): Generator<WrittenPart> {
  let at = skipSpace(text, 0);
  const isObject = text.charCodeAt(at) === OPEN_OBJECT;
  if (!isObject && text.charCodeAt(at) !== OPEN_LIST) return;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) !== CLOSE_OBJECT && text.charCodeAt(at) !== CLOSE_LIST) {
    let name = '';
    if (isObject) {
      const end = endOfString(text, at);
      name = text.slice(at, end);
      // Past the colon.
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    const end = endOfValue(text, at);
    yield { name, text: text.slice(at, end) };
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

/** What a written name says. */
export function spoken(name: string): string {
  return name.includes('\\') ? (JSON.parse(name) as string) : name.slice(1, -1);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || (code >= 9 && code <= 13); code = text.charCodeAt(at))
    at += 1;
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from;
  do at = text.indexOf('"', at + 1);
  while (isEscaped(text, at));
  return at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return endOfString(text, from);
  let at = from;
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  do {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}
