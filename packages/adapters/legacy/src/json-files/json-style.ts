/** How a file is written, so that what is added to it looks alike. */
export interface JsonStyle {
  /** Put before a line for each level; '': all on one line. */
  readonly indent: string;
  /** Between a name and its value, and behind a comma on the same line: '' or ' '. */
  readonly space: string;
}

/** How new files are written. */
export const defaultStyle: JsonStyle = { indent: '  ', space: ' ' };

/** How a text is written, told by its beginning. */
export function styleOf(text: string): JsonStyle {
  const indent = /^\s*[[{]\s*?\n([ \t]+)\S/.exec(text)?.[1] ?? '';
  // The first colon behind a name: with a blank, as most other languages write it, or without.
  const space = indent !== '' || /"\s*:\s/.test(text.slice(0, 1000)) || !text.includes(':') ? ' ' : '';
  return { indent, space };
}

/** A value at a depth of a file. */
export function valueText(value: unknown, { indent, space }: JsonStyle, depth: number): string {
  const text = JSON.stringify(value, undefined, indent);
  if (indent !== '') return depth === 0 ? text : text.replaceAll('\n', `\n${indent.repeat(depth)}`);
  return space === '' ? text : spaced(value);
}

/** Members or items that are written already, within brackets at a depth of a file. */
export function bracketed(
  brackets: '{}' | '[]',
  parts: readonly string[],
  { indent, space }: JsonStyle,
  depth: number,
): string {
  const [open = '', close = ''] = brackets;
  if (parts.length === 0) return brackets;
  if (indent === '') return open + parts.join(`,${space}`) + close;
  const line = `\n${indent.repeat(depth)}`;
  return open + line + indent + parts.join(`,${line}${indent}`) + line + close;
}

/** As Python writes JSON. */
function spaced(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}: ${spaced(each)}`).join(', ')}}`;
}
