import type { DatabaseOverview } from '@markitect/api';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showBytes, showInstant } from '../terminal/quantities.js';
import { showPath } from '../terminal/show-path.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { withDatabase } from './with-database.js';

type Table = DatabaseOverview['tables'][number];

interface Row {
  readonly name: string;
  readonly rows?: number;
  readonly bytes: number;
  readonly indexBytes?: number;
  readonly isIndex: boolean;
}

interface Options {
  readonly indexes?: boolean;
}

/** `markitect db status` */
export const dbStatus = defineCommand<Options>({
  name: ['db', 'status'],
  summary: 'what is in the database, and how large it is',
  description:
    'Reads the file once, and changes nothing, not even the schema of an earlier version. Not on a terminal: table or ' +
    'index, rows (empty of an index), bytes, and bytes of its indexes, separated by tabs.',
  options: [{ flags: '--indexes', description: 'also every index, below its table' }],
  examples: [
    { command: 'markitect db status', does: 'sizes, migrations, settings' },
    { command: 'markitect db status --indexes', does: 'which index is how large' },
  ],
  json: `{
  file: string;
  bytes: number;
  logBytes: number;       // of the write-ahead log beside it
  pageBytes: number;
  pages: number;
  freePages: number;      // that hold nothing
  sqlite: string;         // its version
  migrations: { applied: string[]; pending: string[] };
  tables: { name: string; rows: number; bytes: number; indexes: { name: string; bytes: number }[] }[];
  pragmas: { [name: string]: string | number };
  pending: { count: number; since?: string };   // committed, and not in place yet
}`,
  async run(context, _args, { indexes = false }) {
    const { terminal } = context;
    const status = await withDatabase(context, (database) => database.status());
    if (terminal.json) {
      terminal.printJson(status);
      return;
    }
    if (terminal.isInteractive) printHead(terminal, status, showPath(status.file, context.cwd));
    printTables(terminal, status.tables, indexes);
    if (terminal.isInteractive) printPragmas(terminal, status.pragmas);
  },
});

function printHead(terminal: Terminal, status: DatabaseOverview, place: string): void {
  const { bytes, logBytes, pages, freePages, pageBytes, sqlite, migrations, pending } = status;
  const { style } = terminal;
  const since = pending.since === undefined ? '' : ` since ${showInstant(pending.since)}`;
  terminal.print(
    style.bold(printableLine(place)),
    `  size        ${showBytes(bytes)} and a log of ${showBytes(logBytes)}`,
    `  pages       ${pages} of ${showBytes(pageBytes)}, ${freePages} free`,
    `  schema      ${countOf(migrations.applied.length, 'migration')}, the last ${migrations.applied.at(-1) ?? 'none'}`,
    ...migrations.pending.map((name) => style.yellow(`  to come     ${name}`)),
    pending.count === 0
      ? '  pending     nothing'
      : style.yellow(`  pending     ${countOf(pending.count, 'change')}${since}: markitect recover`),
    `  SQLite      ${sqlite}`,
    '',
  );
}

function printTables(terminal: Terminal, tables: readonly Table[], withIndexes: boolean): void {
  const rows = tables.flatMap((table): Row[] => [
    {
      name: table.name,
      rows: table.rows,
      bytes: table.bytes,
      indexBytes: table.indexes.reduce((sum, { bytes }) => sum + bytes, 0),
      isIndex: false,
    },
    ...(withIndexes ? table.indexes.map(({ name, bytes }) => ({ name, bytes, isIndex: true })) : []),
  ]);
  printColumns<Row>(
    terminal,
    [
      {
        heading: 'TABLE',
        text: ({ name, isIndex }) => (isIndex ? `  ${name}` : name),
        exact: ({ name }) => name,
        shorten: 'end',
      },
      {
        heading: 'ROWS',
        text: ({ rows: count }) => (count === undefined ? '' : String(count)),
        align: 'right',
      },
      {
        heading: 'SIZE',
        text: ({ bytes }) => showBytes(bytes),
        exact: ({ bytes }) => String(bytes),
        align: 'right',
      },
      {
        heading: 'INDEXES',
        text: ({ indexBytes }) => (indexBytes === undefined ? '' : showBytes(indexBytes)),
        exact: ({ indexBytes }) => (indexBytes === undefined ? '' : String(indexBytes)),
        align: 'right',
      },
    ],
    rows,
  );
}

function printPragmas(terminal: Terminal, pragmas: DatabaseOverview['pragmas']): void {
  const pairs = Object.entries(pragmas).map(([name, value]) => `${name}=${value}`);
  const lines = [''];
  for (const pair of pairs) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + pair.length + 2 > terminal.width) lines.push(pair);
    else lines[lines.length - 1] = line === '' ? pair : `${line}  ${pair}`;
  }
  terminal.print('', ...lines.map((line) => terminal.style.dim(line)));
}
