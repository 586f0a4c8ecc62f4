import type { PlanAdvice } from '@markitect/adapter-sqlite';
import { printableLine } from '../terminal/printable.js';
import { countOf } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { defineCommand } from './command.js';
import { wholeNumber } from './option-values.js';
import { withDatabase } from './with-database.js';

interface Options {
  readonly minRows: number;
  readonly all?: boolean;
}

/** Statements with the same plan, the first of which stands for all. */
interface Group {
  readonly advice: PlanAdvice;
  readonly count: number;
}

/** `markitect db advise` */
export const dbAdvise = defineCommand<Options>({
  name: ['db', 'advise'],
  summary: 'statements that cost more the more rows there are, and indexes that would help',
  description:
    'Asks SQLite how it runs every statement of MarkiTect, found out by doing all of it once on an empty database, and ' +
    'shows those that read a whole table or sort. An index is proposed where SQLite would use it, tried on an empty copy ' +
    'of the schema; the database itself is only read. Left out: walks along an index that a limit ends, small tables, ' +
    'and what is right for a known reason.',
  options: [
    {
      flags: '--min-rows <count>',
      description: 'leave out tables with fewer rows',
      default: 100,
      parse: wholeNumber('--min-rows', 0, Number.MAX_SAFE_INTEGER),
    },
    { flags: '--all', description: 'also those that are right as they are, with the reason' },
  ],
  examples: [
    { command: 'markitect db advise', does: 'what could be better here' },
    { command: 'markitect db advise --all --min-rows 0', does: 'everything that was found' },
  ],
  json: `{
  statements: number;      // explained
  unfitting: number;       // not explained: they need the schema of another version
  findings: {
    kind: 'scan' | 'sort';
    table: string;
    rows: number;          // of the table now
    step: string;          // of the plan
    statement: string;
    plan: string[];
    reason?: string;       // why it is right as it is
    proposal?: { statement: string; plan: string[] };
  }[];
}`,
  async run(context, _args, { minRows, all = false }) {
    const { terminal } = context;
    const advice = await withDatabase(context, (database) => database.advise({ minRows }));
    if (terminal.json) {
      terminal.printJson(advice);
      return;
    }
    const known = advice.findings.filter(({ reason }) => reason !== undefined);
    const open = advice.findings.filter(({ reason }) => reason === undefined);
    for (const group of groupsOf(all ? advice.findings : open)) printGroup(terminal, group);
    terminal.print(
      `${countOf(advice.statements, 'statement')} looked at: ${
        open.length === 0 ? 'nothing could be better.' : `${open.length} could be better.`
      }`,
    );
    if (advice.unfitting > 0) {
      terminal.note(`${advice.unfitting} need another schema than the database has: markitect db migrate`);
    }
    if (known.length > 0 && !all) {
      terminal.note(`${known.length} read or sort much for a reason; --all shows them.`);
    }
  },
});

function groupsOf(findings: readonly PlanAdvice[]): readonly Group[] {
  const groups = new Map<string, PlanAdvice[]>();
  for (const each of findings) {
    const key = JSON.stringify([each.kind, each.table, each.plan, each.proposal?.statement]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap(([advice, ...more]) =>
    advice === undefined ? [] : [{ advice, count: more.length + 1 }],
  );
}

function printGroup(terminal: Terminal, { advice, count }: Group): void {
  const { style } = terminal;
  const { kind, table, rows, statement, plan, reason, proposal } = advice;
  const does = kind === 'scan' ? 'reads all of' : 'sorts rows of';
  const like = count === 1 ? '' : `, as do ${count - 1} like it`;
  terminal.print(
    style.bold(`${does} ${table} (${countOf(rows, 'row')})${like}`),
    ...indented(terminal, statement, 2),
    ...plan.flatMap((line) => {
      const by = 4 + line.length - line.trimStart().length;
      return indented(terminal, line, by).map(style.dim);
    }),
  );
  if (reason !== undefined) terminal.print(...indented(terminal, `right so: ${reason}`, 2));
  else if (proposal === undefined) terminal.print('  no index was found that would help');
  else terminal.print('  would help:', ...indented(terminal, proposal.statement, 4).map(style.green));
  terminal.print('');
}

function indented(terminal: Terminal, text: string, by: number): string[] {
  const line = printableLine(text.replace(/\s+/g, ' ').trim());
  return wrapSpans([{ text: line }], Math.max(20, terminal.width - by)).map(
    (each) => `${' '.repeat(by)}${each}`,
  );
}
