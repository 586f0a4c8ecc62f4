import type { CutoverLogEntry, CutoverMismatch } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { showInstant } from '../terminal/quantities.js';
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
    const { style } = terminal;
    const page = await withCutover(context, (cutover) => cutover.log(given(options), name));
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) terminal.note('Nothing was changed yet.');
    else if (terminal.isInteractive) {
      for (const entry of page.items) {
        const line = entryLine(entry);
        terminal.print(
          `${style.dim(showInstant(entry.at))}  ${style.bold(entry.component)} ${line.what}`,
          `    ${line.why}`,
        );
      }
    } else {
      terminal.print(
        ...page.items.map(({ at, component, action, who, from, to, why }) =>
          [
            at,
            component,
            action,
            printableLine(who),
            stageText(from),
            stageText(to),
            printableLine(why),
          ].join('\t'),
        ),
      );
    }
    noteNextPage(context, page);
  },
});

/** An entry in words: `reverse: modern → served 100 %`, `by ada: slow since noon`. */
export function entryLine({ action, who, why, from, to }: CutoverLogEntry): {
  readonly what: string;
  readonly why: string;
} {
  const move = stageText(from) === stageText(to) ? '' : `: ${stageText(from)} → ${stageText(to)}`;
  return { what: `${action}${move}`, why: `by ${printableLine(who)}: ${printableLine(why)}` };
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
