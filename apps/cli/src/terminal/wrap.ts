import { graphemes, textWidth } from './graphemes.js';

/** A run of text and how it is painted. Its text has no colour codes; a line feed in it ends the line. */
export interface Span {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/**
 * Breaks spans into lines of at most `width` columns at blanks; what has none is broken where the line is full.
 * Widths are those of the terminal: wide characters count two.
 */
export function wrapSpans(spans: readonly Span[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const words of wordLines(spans)) {
    let line: Span[] = [];
    let used = 0;
    let blank: Span | undefined;
    const end = () => {
      lines.push(paintLine(line));
      line = [];
      used = 0;
      blank = undefined;
    };
    for (const word of words) {
      if (word.isBlank) {
        blank = used === 0 ? undefined : { ...word.pieces[0], text: ' ' };
        continue;
      }
      if (used > 0 && used + (blank === undefined ? 0 : 1) + word.width > width) end();
      if (blank !== undefined) {
        line.push(blank);
        used += 1;
        blank = undefined;
      }
      for (const piece of word.width > width ? word.pieces.flatMap((p) => split(p, width)) : word.pieces) {
        const pieceWidth = textWidth(piece.text);
        if (used > 0 && used + pieceWidth > width) end();
        line.push(piece);
        used += pieceWidth;
      }
    }
    end();
  }
  return lines;
}

interface Word {
  readonly isBlank: boolean;
  /** More than one where the paint changes within the word. */
  readonly pieces: Span[];
  width: number;
}

/** The words and blanks of each line that line feeds make. */
function wordLines(spans: readonly Span[]): readonly (readonly Word[])[] {
  const lines: Word[][] = [[]];
  for (const span of spans) {
    for (const text of span.text.match(/\n|[^\S\n]+|\S+/gu) ?? []) {
      const words = lines.at(-1) ?? [];
      const last = words.at(-1);
      const isBlank = text.trim() === '';
      const piece = { ...span, text };
      if (text === '\n') lines.push([]);
      else if (!isBlank && last !== undefined && !last.isBlank) {
        last.pieces.push(piece);
        last.width += textWidth(text);
      } else words.push({ isBlank, pieces: [piece], width: textWidth(text) });
    }
  }
  return lines;
}

function split(span: Span, width: number): Span[] {
  const parts: string[] = [''];
  for (const grapheme of graphemes(span.text)) {
    if (textWidth((parts.at(-1) ?? '') + grapheme) > width) parts.push('');
    parts.push((parts.pop() ?? '') + grapheme);
  }
  return parts.map((text) => ({ ...span, text }));
}

/** Neighbours of one paint are painted at once, so that colour codes stay few. */
function paintLine(line: readonly Span[]): string {
  let painted = '';
  for (let index = 0; index < line.length;) {
    const paint = line[index]?.paint;
    let text = '';
    while (index < line.length && line[index]?.paint === paint) {
      text += line[index]?.text ?? '';
      index += 1;
    }
    painted += paint?.(text) ?? text;
  }
  return painted;
}
