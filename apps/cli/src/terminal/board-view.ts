import stringWidth from 'string-width';
import { fitEnd, padEnd } from './fit.js';
import type { Style } from './terminal.js';
import { type Span, wrapSpans } from './wrap.js';

/** A card as it is drawn. Its texts are on one line and harmless. */
export interface CardView {
  readonly number: number;
  readonly title: string;
  /** How the number is painted. */
  readonly paint: (text: string) => string;
  /** What stands below the title, from the most important on. */
  readonly notes: readonly Span[];
}

/** A column as it is drawn. */
export interface ColumnView {
  readonly name: string;
  readonly cards: readonly CardView[];
  /** How many cards stand in it, those that are not drawn included. */
  readonly total: number;
}

/** Narrower columns break titles at every other word. */
const NARROWEST = 22;
/** Wider ones are hard to read across. */
const WIDEST = 48;
const TITLE_LINES = 3;
const GAP = '  ';
const DOT = ' · ';

/**
 * A board as lines of at most `width` columns: as many of its columns side by side as can be read, the others in rows
 * below them.
 */
export function viewBoard(columns: readonly ColumnView[], style: Style, width: number): readonly string[] {
  const { perRow, columnWidth } = layOut(columns.length, width);
  const lines: string[] = [];
  for (let first = 0; first < columns.length; first += perRow) {
    const drawn = columns
      .slice(first, first + perRow)
      .map((column) => drawColumn(column, style, columnWidth));
    const height = Math.max(...drawn.map((each) => each.length));
    if (first > 0) lines.push('');
    for (let line = 0; line < height; line += 1) {
      lines.push(
        drawn
          .map((each) => padEnd(each[line] ?? '', columnWidth))
          .join(GAP)
          .trimEnd(),
      );
    }
  }
  return lines;
}

/** Rows get as equally many columns as can be: three and two are read more easily than four and one. */
function layOut(count: number, width: number): { readonly perRow: number; readonly columnWidth: number } {
  const most = Math.max(1, Math.floor((width + GAP.length) / (NARROWEST + GAP.length)));
  const rows = Math.ceil(count / most);
  const perRow = Math.max(1, Math.ceil(count / Math.max(1, rows)));
  const share = Math.floor((width - GAP.length * (perRow - 1)) / perRow);
  return { perRow, columnWidth: Math.min(WIDEST, share) };
}

function drawColumn({ name, cards, total }: ColumnView, style: Style, width: number): readonly string[] {
  const count = String(total);
  const heading = fitEnd(name, width - count.length - 1);
  const hidden = total - cards.length;
  return [
    `${style.bold(heading)} ${style.dim(count)}`,
    style.dim('─'.repeat(width)),
    ...cards.flatMap((card, index) => [...(index > 0 ? [''] : []), ...drawCard(card, style, width)]),
    ...(hidden > 0 ? ['', style.dim(fitEnd(`… ${hidden} more`, width))] : []),
  ];
}

/** Stands for the blank behind the number, so that no line is left to the number alone. Nobody writes it. */
const TIE = '\u{e000}';

function drawCard({ number, title, paint, notes }: CardView, style: Style, width: number): readonly string[] {
  const mark = `#${number}`;
  const wrapped = wrapSpans([{ text: `${mark}${TIE}${title}` }], width).map((line) => line.replace(TIE, ' '));
  const lines =
    wrapped.length <= TITLE_LINES
      ? wrapped
      : [...wrapped.slice(0, TITLE_LINES - 1), fitEnd(wrapped.slice(TITLE_LINES - 1).join(' '), width)];
  const [first = '', ...others] = lines;
  return [paint(mark) + first.slice(mark.length), ...others, ...drawNotes(notes, style, width)];
}

/** As many notes on a line as fit, with dots only between them. */
function drawNotes(notes: readonly Span[], style: Style, width: number): readonly string[] {
  const lines: { text: string; width: number }[] = [];
  for (const { text, paint } of notes) {
    const fitted = fitEnd(text, width);
    const painted = paint?.(fitted) ?? fitted;
    const noteWidth = stringWidth(fitted);
    const last = lines.at(-1);
    if (last === undefined || last.width + DOT.length + noteWidth > width) {
      lines.push({ text: painted, width: noteWidth });
    } else {
      last.text += style.dim(DOT) + painted;
      last.width += DOT.length + noteWidth;
    }
  }
  return lines.map(({ text }) => text);
}
