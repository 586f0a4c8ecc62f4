import type { RevertPreview } from '@markitect/adapter-sqlite';
import { UsageError } from '../program/usage-error.js';
import { countOf } from '../terminal/quantities.js';
import { defineCommand } from './command.js';
import { withDatabase } from './with-database.js';

interface Options {
  readonly yes?: boolean;
}

/** `markitect db revert` */
export const dbRevert = defineCommand<Options>({
  name: ['db', 'revert'],
  summary: 'take back the last migration of the database, with its data',
  description:
    'For going back to an earlier version of MarkiTect: every other command of this version would bring the schema up ' +
    'to date again, without the data. Says which tables and columns go, and asks; without a terminal, or with --json, ' +
    'it needs --yes. Stop every other process first, and make a backup.',
  options: [{ flags: '-y, --yes', description: 'do not ask' }],
  examples: [
    { command: 'markitect db revert', does: 'says what would go, and asks' },
    { command: 'markitect db revert --yes', does: 'does not ask' },
  ],
  json: `{
  reverted?: string;      // absent: no migration is left
  tables: { name: string; rows: number }[];                    // gone
  columns: { table: string; column: string; rows: number }[];  // gone
}`,
  async run(context, _args, { yes = false }) {
    const { terminal, confirm } = context;
    await withDatabase(context, async (database) => {
      const preview = await database.previewRevert();
      if (preview !== undefined && !yes) {
        terminal.complain(...describe(preview));
        if (confirm === undefined) {
          throw new UsageError('taking a migration back removes data: add --yes', { field: 'yes' });
        }
        if (!(await confirm(`Take ${preview.migration} back?`))) {
          terminal.note('Nothing was done.');
          return;
        }
      }
      const reverted = preview === undefined ? undefined : await database.revert();
      if (terminal.json) {
        const { tables = [], columns = [] } = preview ?? {};
        terminal.printJson({ ...(reverted === undefined ? {} : { reverted }), tables, columns });
        return;
      }
      terminal.print(
        reverted === undefined ? 'No migration is left to be taken back.' : `Took ${reverted} back.`,
      );
    });
  },
});

function describe({ migration, tables, columns }: RevertPreview): string[] {
  const goes = [
    ...tables.map(({ name, rows }) => `  table ${name} with ${countOf(rows, 'row')}`),
    ...columns.map(
      ({ table, column, rows }) => `  column ${column} of the ${countOf(rows, 'row')} of ${table}`,
    ),
  ];
  if (goes.length === 0) return [`${migration} removes no table and no column.`];
  return [`${migration} goes, and with it`, ...goes];
}
