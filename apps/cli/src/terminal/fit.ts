import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** The text cut to `width` columns, with an ellipsis at the end where something is missing. No colour codes. */
export function fitEnd(text: string, width: number): string {
  return stringWidth(text) <= width ? text : `${takeStart(text, width - 1)}…`;
}

/** The same with the ellipsis in the middle, for paths: their ends tell more than their middles. */
export function fitMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const end = Math.ceil((width - 1) * 0.65);
  return `${takeStart(text, width - 1 - end)}…${takeEnd(text, end)}`;
}

/** As many of these parts, side by side, as leave a column free; the first one in any case. */
export function fitParts(candidates: readonly (string | undefined)[], width: number): string {
  const parts = candidates.filter((part) => part !== undefined);
  while (parts.length > 1 && parts.join('  ').length >= width) parts.pop();
  return parts.join('  ');
}

/** The text followed by blanks up to `width` columns. Colour codes have no width. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** The text after blanks up to `width` columns. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

function takeStart(text: string, width: number): string {
  return take(
    [...segmenter.segment(text)].map(({ segment }) => segment),
    width,
  ).join('');
}

function takeEnd(text: string, width: number): string {
  const reversed = [...segmenter.segment(text)].map(({ segment }) => segment).reverse();
  return take(reversed, width).reverse().join('');
}

function take(segments: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const segment of segments) {
    used += stringWidth(segment);
    if (used > width) break;
    taken.push(segment);
  }
  return taken;
}
