import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** As many UTF-16 units are looked at together: the time `Intl.Segmenter` takes grows with the square of a text. */
const WINDOW = 1000;

/** The characters of a text as people count them. Costs a time that grows with the text, however long it is. */
export function* graphemes(text: string): Generator<string, void, undefined> {
  let start = 0;
  while (start < text.length) {
    const end = start + WINDOW;
    const window = text.slice(start, isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end);
    const found = [...segmenter.segment(window)].map(({ segment }) => segment);
    // The last may go on behind the window.
    const whole = start + window.length === text.length || found.length < 2 ? found : found.slice(0, -1);
    yield* whole;
    for (const { length } of whole) start += length;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** The columns a text takes in a terminal. */
export function textWidth(text: string): number {
  if (text.length <= WINDOW) return stringWidth(text);
  let width = 0;
  for (const each of graphemes(text)) width += stringWidth(each);
  return width;
}
