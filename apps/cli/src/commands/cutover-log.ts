import type { CutoverLogEntry, CutoverMismatch } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { showExactInstant } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Span, wrapSpans } from '../terminal/wrap.js';
import { argument, defineCommand } from './command.js';
import { componentArgument, stageText, withCutover } from './cutover-view.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions } from './option-values.js';

/** `markitect cutover log` */
export const cutoverLog = defineCommand<PageOptions>({
  name: ['cutover', 'log'],
  summary: 'who changed what, when and why, the newest first',
  description: 'Not on a terminal: time (UTC), component, action, who, from, to and why, separated by tabs.',
  arguments: [{ ...componentArgument, optional: true }],
  options: pageOptions,
  examples: [
    { command: 'markitect cutover log', does: 'of all components' },
    { command: 'markitect cutover log users --limit 5', does: 'the last five of one' },
  ],
  json: `{
  items: {
    id: number; component: string; at: string; who: string; action: string; why: string;
    from: { stage: string; percent: number }; to: { stage: string; percent: number };
  }[];
  nextCursor?: string;
}`,
  async run(context, [name], options) {
    const { terminal } = context;
    const page = await withCutover(context, (cutover) => cutover.log(given(options), name));
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) terminal.note('Nothing was changed yet.');
    else for (const entry of page.items) printEntry(terminal, entry);
    noteNextPage(context, page);
  },
});

/**
 * An entry: for a person in words, on one line where it fits, else broken between words; for a program its fields,
 * separated by tabs.
 */
export function printEntry(terminal: Terminal, entry: CutoverLogEntry): void {
  const { at, component, action, who, from, to, why } = entry;
  if (!terminal.isInteractive) {
    const fields = [at, component, action, who, stageText(from), stageText(to), why];
    terminal.print(fields.map(printableLine).join('\t'));
    return;
  }
  const { style, width } = terminal;
  const move = stageText(from) === stageText(to) ? '' : `: ${stageText(from)} → ${stageText(to)}`;
  const what: Span[] = [
    { text: showExactInstant(at), paint: style.dim },
    { text: ' ' },
    { text: component, paint: style.bold },
    { text: ` ${action}${move}` },
  ];
  const words = `by ${printableLine(who)}: ${printableLine(why)}`;
  const whole = wrapSpans([...what, { text: `, ${words}` }], width);
  const indent = '    ';
  const lines =
    whole.length === 1
      ? whole
      : [
          ...wrapSpans(what, width),
          ...wrapSpans([{ text: words }], width - indent.length).map((line) => `${indent}${line}`),
        ];
  terminal.print(...lines);
}

/** `markitect cutover mismatches` */
export const cutoverMismatches = defineCommand<PageOptions>({
  name: ['cutover', 'mismatches'],
  summary: 'reads that the two stores answered differently, the newest first',
  description:
    'What was compared behind the back of whoever read. Values are not shown, only whether they are the same. Not on a ' +
    'terminal: time (UTC), operation, key, field, legacy and modern, separated by tabs.',
  arguments: [componentArgument],
  options: pageOptions,
  examples: [{ command: 'markitect cutover mismatches users', does: 'which fields differed' }],
  json: `{
  items: {
    id: number; component: string; operation: string; key?: string; at: string;
    fields: { path: string; legacy: unknown; modern: unknown }[];   // redacted
  }[];
  nextCursor?: string;
}`,
  async run(context, args, options) {
    const { terminal } = context;
    const page = await withCutover(context, (cutover) => cutover.mismatches(argument(args), given(options)));
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    const rows = page.items.flatMap((each) => each.fields.map((field) => ({ ...each, field })));
    if (rows.length === 0) terminal.note('No read was answered differently.');
    else {
      printColumns<CutoverMismatch & { readonly field: CutoverMismatch['fields'][number] }>(
        terminal,
        [
          {
            heading: 'WHEN',
            text: ({ at }) => showSince(at),
            exact: ({ at }) => at,
            paint: terminal.style.dim,
          },
          { heading: 'OPERATION', text: ({ operation }) => operation },
          { heading: 'KEY', text: ({ key = '' }) => printableLine(key), shorten: 'middle' },
          { heading: 'FIELD', text: ({ field }) => printableLine(field.path), shorten: 'middle' },
          { heading: 'LEGACY', text: ({ field }) => shown(field.legacy), shorten: 'end' },
          { heading: 'MODERN', text: ({ field }) => shown(field.modern), shorten: 'end' },
        ],
        rows,
      );
    }
    noteNextPage(context, page);
  },
});

function shown(value: unknown): string {
  return printableLine(typeof value === 'string' ? value : JSON.stringify(value));
}
