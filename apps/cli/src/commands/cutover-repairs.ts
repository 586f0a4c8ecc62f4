import type { CutoverRepair } from '@markitect/domain';
import type { ExplainedRepair } from '@markitect/api';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showInstant } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { EXIT_PARTIAL } from '@markitect/ports';
import { argument, type CommandDefinition, defineCommand } from './command.js';
import { componentArgument, printFields, withCutover } from './cutover-view.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions, wholeNumber } from './option-values.js';
import { showUntil } from './tasks-view.js';

const repairArgument = { name: 'id', description: 'the number of the repair: 42' };
const idOf = wholeNumber('<id>', 1, Number.MAX_SAFE_INTEGER);

const fields = `id: number; component: string; key: string;
  source: 'legacy' | 'modern';          // whose state is right
  status: 'in-flight' | 'pending';
  process?: string;                     // that is at it
  attempts: number; failure?: { code: string; message: string };
  retryAt?: string; createdAt: string;`;

/** `markitect cutover repairs list` */
export const cutoverRepairsList = defineCommand<PageOptions>({
  name: ['cutover', 'repairs', 'list'],
  summary: 'the keys that the other store may not have yet, the oldest first',
  description:
    'Not on a terminal: number, key, the side that is right, status, attempts, since when, failure, separated by tabs.',
  arguments: [componentArgument],
  options: pageOptions,
  examples: [{ command: 'markitect cutover repairs list users', does: 'what waits, and why' }],
  json: `{ items: { ${fields.replaceAll('\n', '\n    ')} }[]; nextCursor?: string }`,
  async run(context, args, options) {
    const { terminal } = context;
    const { style } = terminal;
    const page = await withCutover(context, (cutover) => cutover.repairs(argument(args), given(options)));
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) terminal.note('Nothing waits to be repaired.');
    else {
      printColumns<CutoverRepair>(
        terminal,
        [
          { heading: 'ID', text: ({ id }) => String(id), align: 'right', paint: style.bold },
          { heading: 'KEY', text: ({ key }) => printableLine(key), shorten: 'middle', least: 10 },
          { heading: 'RIGHT IN', text: ({ source }) => source },
          { heading: 'STATUS', text: ({ status }) => status },
          {
            heading: 'TRIES',
            text: ({ attempts }) => (attempts === 0 ? '' : String(attempts)),
            align: 'right',
          },
          {
            heading: 'SINCE',
            text: ({ createdAt }) => showSince(createdAt),
            exact: ({ createdAt }) => createdAt,
            paint: style.dim,
          },
          {
            heading: 'WHY',
            text: ({ failure }) =>
              failure === undefined ? '' : `${failure.code}: ${printableLine(failure.message)}`,
            shorten: 'end',
            last: true,
          },
        ],
        page.items,
      );
    }
    noteNextPage(context, page);
  },
});

/** `markitect cutover repairs show` */
export const cutoverRepairsShow = oneRepair({
  word: 'show',
  summary: 'show a repair: its key, its attempts, why the last one failed',
  print: printRepair,
});

/** `markitect cutover repairs explain` */
export const cutoverRepairsExplain = oneRepair({
  word: 'explain',
  summary: 'say in words what a repair means and what becomes of it',
  print: (terminal, { id, component, key, explanation }) => {
    terminal.print(`${terminal.style.bold(`#${id}`)} ${component} ${printableLine(key)}`);
    for (const sentence of explanation) {
      terminal.print(
        ...wrapSpans([{ text: printableLine(sentence) }], terminal.width - 2).map((line) => `  ${line}`),
      );
    }
  },
});

/** `markitect cutover repairs retry` */
export const cutoverRepairsRetry = defineCommand({
  name: ['cutover', 'repairs', 'retry'],
  summary: 'try to repair now what waits',
  description:
    'Whatever time was set for the next attempt. Exit code 6 when something could not be repaired.',
  arguments: [componentArgument, { ...repairArgument, optional: true }],
  examples: [
    { command: 'markitect cutover repairs retry users', does: 'everything that waits' },
    { command: 'markitect cutover repairs retry users 42', does: 'this one, and what else is due' },
  ],
  json: `{ repaired: number; failed: number }`,
  async run(context, args) {
    const { terminal } = context;
    const [name = '', id] = args;
    const report = await withCutover(context, (cutover) =>
      cutover.retry(name, id === undefined ? undefined : idOf(id)),
    );
    if (terminal.json) terminal.printJson(report);
    else {
      const { style } = terminal;
      const failed = report.failed === 0 ? '' : `, ${style.red(`${report.failed} could not be`)}`;
      terminal.print(`${countOf(report.repaired, 'key')} repaired${failed}`);
      if (report.failed > 0)
        terminal.note(terminal.noteStyle.dim(`  markitect cutover repairs list ${name}`));
    }
    return report.failed > 0 ? EXIT_PARTIAL : 0;
  },
});

function oneRepair({
  word,
  summary,
  print,
}: {
  readonly word: string;
  readonly summary: string;
  readonly print: (terminal: Terminal, repair: ExplainedRepair) => void;
}): CommandDefinition {
  return defineCommand({
    name: ['cutover', 'repairs', word],
    summary,
    arguments: [repairArgument],
    examples: [
      { command: `markitect cutover repairs ${word} 42`, does: 'number 42 of `cutover repairs list`' },
    ],
    json: `{\n  ${fields}\n  explanation: string[];\n}`,
    async run(context, args) {
      const { terminal } = context;
      const repair = await withCutover(context, (cutover) => cutover.repair(idOf(argument(args))));
      if (terminal.json) terminal.printJson(repair);
      else print(terminal, repair);
    },
  });
}

function printRepair(terminal: Terminal, repair: ExplainedRepair): void {
  const { style } = terminal;
  const { id, component, key, source, status, process, attempts, failure, retryAt, createdAt } = repair;
  terminal.print(`${style.bold(`#${id}`)} ${component}  ${printableLine(key)}`);
  printFields(terminal, [
    ['right in', source],
    ['status', process === undefined ? status : `${status}, by process ${printableLine(process)}`],
    ['attempts', String(attempts)],
    ['since', `${showInstant(createdAt)}, ${showSince(createdAt)}`],
    ...(retryAt === undefined ? [] : [['again', showUntil(retryAt)] as const]),
    ...(failure === undefined
      ? []
      : [['failure', `${printableLine(failure.message)} (${failure.code})`, style.red] as const]),
  ]);
}
