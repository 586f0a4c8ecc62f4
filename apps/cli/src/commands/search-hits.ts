import type { SnippetPart } from '@markitect/domain';
import { printableLine, printableText } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';

/** Something found, as it is shown. */
export interface HitView {
  /** What names it: a path, `#42`. */
  readonly name: string;
  readonly title: string;
  readonly snippet: readonly SnippetPart[];
}

const INDENT = '    ';

/** A snippet on one line. */
export function snippetLine(snippet: readonly SnippetPart[]): string {
  return printableLine(snippet.map(({ text }) => text).join(''));
}

/** Prints what was found for a person; `ranked`: these are the first, so that they can be counted. */
export function printHits(terminal: Terminal, hits: readonly HitView[], ranked: boolean): void {
  const { style } = terminal;
  hits.forEach(({ name, title, snippet }, index) => {
    // A later page does not know how many came before it.
    const mark = (ranked ? `${index + 1}.` : '·').padEnd(INDENT.length);
    const spans = snippet.map(({ text, match }) => ({
      text: printableText(text).replace(/\s+/gu, ' '),
      paint: match ? (part: string) => style.bold(style.yellow(part)) : (part: string) => style.dim(part),
    }));
    terminal.print(
      `${mark}${style.bold(printableLine(title))}  ${style.cyan(printableLine(name))}`,
      ...wrapSpans(spans, Math.min(terminal.width, 100) - INDENT.length).map((line) => INDENT + line),
      ...(index < hits.length - 1 ? [''] : []),
    );
  });
}
