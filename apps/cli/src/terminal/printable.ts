/** C0 controls but tab and line feed, DEL and C1: what can move the cursor or make a terminal obey. */
// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Characters that turn the direction of the text around them and can make it read as something else. */
const directions = /[\u202a-\u202e\u2066-\u2069]/g;

const substitute = '\u{fffd}';

/**
 * A text of several lines, made harmless to a terminal: every control character but tab and line feed, and every
 * direction override, is replaced by U+FFFD. CR LF becomes LF.
 */
export function printableText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(controls, substitute).replace(directions, substitute);
}

/** The same for text that has to stay on one line: tabs, line ends and runs of blanks become one blank. */
export function printableLine(text: string): string {
  return printableText(text).replace(/\s+/gu, ' ').trim();
}

/** JSON in which no character is left that a terminal would obey: JSON.stringify leaves DEL and C1 as they are. */
export function printableJson(value: unknown, indent: number): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, undefined, indent)
    .replace(/[\u007f-\u009f]/g, escape)
    .replace(directions, escape);
}
