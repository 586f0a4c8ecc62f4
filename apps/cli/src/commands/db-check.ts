import type { DatabaseCheck } from '@markitect/api';
import { errorOutcomes } from '@markitect/ports';
import { printableLine } from '../terminal/printable.js';
import { countOf } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { defineCommand } from './command.js';
import { withDatabase } from './with-database.js';

interface Options {
  readonly repair?: boolean;
}

const marks = { ok: '✓', note: '!', fault: '✗' } as const;

/** `markitect db check` */
export const dbCheck = defineCommand<Options>({
  name: ['db', 'check'],
  summary: 'compare the database, and what lies beside it, with itself',
  description:
    'Looks at the file, references between rows, the full-text indexes against the texts, the tables of the cache, ' +
    'syntax trees against documents, changes that are committed and not in place, and staged files. Reads everything; ' +
    'others who write wait while the full-text indexes are compared. Each check is a line: ✓ all is well, ! something may ' +
    'want doing, ✗ something is wrong; then the exit code is 5. Not on a terminal: outcome, name, looked at, found and ' +
    'summary, separated by tabs.',
  options: [
    {
      flags: '--repair',
      description: 'remove syntax trees of no document; missing ones are made when they are needed',
    },
  ],
  examples: [
    { command: 'markitect db check', does: 'after a crash, or before and after a restore' },
    { command: 'markitect db check --repair', does: 'and tidy up what is only left over' },
  ],
  json: `{
  isSound: boolean;        // whether nothing is wrong
  checks: {
    name: string;
    outcome: 'ok' | 'note' | 'fault';
    checked: number;       // looked at
    found: number;         // not as they should be
    summary: string;
  }[];
  removedTrees?: number;   // with --repair
}`,
  async run(context, _args, { repair = false }) {
    const { terminal } = context;
    const result = await withDatabase(context, (database) => database.check({ repair }));
    if (terminal.json) terminal.printJson(result);
    else print(terminal, result);
    return result.isSound ? 0 : errorOutcomes.Corrupt.exitCode;
  },
});

function print(terminal: Terminal, { checks, isSound, removedTrees }: DatabaseCheck): void {
  if (!terminal.isInteractive) {
    terminal.print(
      ...checks.map(({ outcome, name, checked, found, summary }) =>
        [outcome, name, checked, found, printableLine(summary)].join('\t'),
      ),
    );
    return;
  }
  const { style } = terminal;
  const paint = { ok: style.green, note: style.yellow, fault: style.red } as const;
  const name = Math.max(...checks.map((check) => check.name.length));
  const count = Math.max(...checks.map((check) => String(check.checked).length));
  const indent = name + count + 6;
  for (const check of checks) {
    const text = printableLine(check.summary);
    const [first = '', ...more] = wrapSpans([{ text }], Math.max(20, terminal.width - indent));
    const mark = paint[check.outcome](marks[check.outcome]);
    terminal.print(
      `${mark} ${check.name.padEnd(name)}  ${String(check.checked).padStart(count)}  ${first}`,
      ...more.map((line) => `${' '.repeat(indent)}${line}`),
    );
  }
  if (removedTrees !== undefined) {
    terminal.print(`Removed ${countOf(removedTrees, 'syntax tree')} of no document.`);
  }
  if (!isSound) terminal.complain(terminal.noteStyle.red('Something is wrong with the database.'));
}
