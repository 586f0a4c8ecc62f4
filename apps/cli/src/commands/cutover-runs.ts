import type { BackfillState, DiffState } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printableLine } from '../terminal/printable.js';
import { countOf } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';

/** The fields of backfills and diffs alike, for the help. */
export const runShape = `checkpoint?: string;     // the last key that is done
  unkeyed?: { side: 'legacy' | 'modern'; count: number; first: string[] }[];   // has no key and is not copied
  startedAt: string; updatedAt: string;`;

/** Says what a run goes on with, e.g. `200 keys compared`. */
export function noteResumed(
  terminal: Terminal,
  done: string,
  { updatedAt }: { readonly updatedAt: string },
): void {
  // The line of progress is there already: it is drawn again below.
  const above = terminal.showsProgress ? '\r\u001b[K' : '';
  terminal.note(`${above}${terminal.noteStyle.dim(`going on after ${done} ${showSince(updatedAt)}`)}`);
}

/** Warns of what no run copies, and of keys that nobody could ask for. With JSON the result has them. */
export function warnLeftOut(
  terminal: Terminal,
  { unkeyed = [], unaddressable }: Pick<BackfillState & DiffState, 'unkeyed' | 'unaddressable'>,
): void {
  if (terminal.json) return;
  const warn = (text: string, count: number, first: readonly string[]): void => {
    const more = count - first.length;
    terminal.complain(
      `${terminal.noteStyle.yellow('warning:')} ${text}:`,
      ...first.map((each) => `  ${printableLine(each)}`),
      ...(more > 0 ? [`  … ${more} more`] : []),
    );
  };
  for (const { side, count, first } of unkeyed) {
    const are =
      count === 1 ? 'has no key of its own and is not copied' : 'have no key of their own and are not copied';
    warn(`${countOf(count, 'record')} of ${side} ${are}`, count, first);
  }
  if (unaddressable === undefined) return;
  const { count, first } = unaddressable;
  const are = count === 1 ? 'is one that nobody can ask for' : 'are such that nobody can ask for them';
  warn(
    `${countOf(count, 'key')} ${are}: empty, longer than 200 characters or with control characters`,
    count,
    first.map((key) => JSON.stringify(key)),
  );
}
