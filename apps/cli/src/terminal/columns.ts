import stringWidth from 'string-width';
import { fitEnd, fitMiddle, padEnd, padStart } from './fit.js';
import type { Terminal } from './terminal.js';

/** A column of a listing. */
export interface Column<T> {
  readonly heading: string;
  /** What a person reads. One line without colour. */
  readonly text: (row: T) => string;
  /** What a program reads, where it differs: exact instead of short. */
  readonly exact?: (row: T) => string;
  readonly align?: 'right';
  /** Whether, and where, the text may be shortened to fit the terminal. */
  readonly shorten?: 'end' | 'middle';
  /** Shortened only when the others have nothing left to give. */
  readonly last?: boolean;
  /** Not shortened to fewer columns than these. */
  readonly least?: number;
  /** Shown only on terminals at least so wide. A program gets it always. */
  readonly from?: number;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';
/** How far columns are shortened, step by step: those that go last are spared as long as the others read well. */
const steps = [
  { isLast: false, least: 16 },
  { isLast: true, least: 24 },
  { isLast: false, least: 6 },
  { isLast: true, least: 8 },
];

/**
 * Prints rows: for a person as aligned columns with headings that fit the terminal; for a program as lines of
 * tab-separated exact values without headings.
 */
export function printColumns<T>(
  terminal: Terminal,
  allColumns: readonly Column<T>[],
  rows: readonly T[],
): void {
  if (!terminal.isInteractive) {
    terminal.print(...rows.map((row) => allColumns.map((c) => (c.exact ?? c.text)(row)).join('\t')));
    return;
  }
  // A column in which nothing stands would only take room from the others.
  const columns = allColumns.filter(
    (column) => terminal.width >= (column.from ?? 0) && rows.some((row) => column.text(row) !== ''),
  );
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = fittingWidths(columns, cells, terminal.width);
  const line = (texts: readonly string[], paint: (text: string, column: Column<T>) => string) =>
    columns
      .map((column, index) => {
        const width = widths[index] ?? 0;
        const text = texts[index] ?? '';
        const fitted = column.shorten === 'middle' ? fitMiddle(text, width) : fitEnd(text, width);
        const painted = paint(fitted, column);
        return column.align === 'right' ? padStart(painted, width) : padEnd(painted, width);
      })
      .join(GAP)
      .trimEnd();
  terminal.print(
    line(
      columns.map(({ heading }) => heading),
      (text) => terminal.style.bold(text),
    ),
    ...cells.map((texts) => line(texts, (text, { paint }) => paint?.(text) ?? text)),
  );
}

/** The columns' natural widths, those that may be shortened made narrower, the widest first, until all fit. */
function fittingWidths<T>(
  columns: readonly Column<T>[],
  cells: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = columns.map(({ heading }, index) =>
    Math.max(stringWidth(heading), ...cells.map((texts) => stringWidth(texts[index] ?? ''))),
  );
  let excess = widths.reduce((sum, w) => sum + w, GAP.length * (columns.length - 1)) - width;
  for (const { isLast, least } of steps) {
    while (excess > 0) {
      let widest = -1;
      columns.forEach(({ shorten, last = false, least: own = 0 }, index) => {
        const candidate = widths[index] ?? 0;
        if (shorten === undefined || last !== isLast || candidate <= Math.max(least, own)) return;
        if (candidate > (widths[widest] ?? 0)) widest = index;
      });
      if (widest < 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
      excess -= 1;
    }
  }
  return widths;
}
