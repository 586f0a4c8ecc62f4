import { showPath } from '../terminal/show-path.js';
import { countOf } from '../terminal/quantities.js';
import { defineCommand } from './command.js';

/** `markitect db init` */
export const dbInit = defineCommand({
  name: ['db', 'init'],
  summary: 'make the database, with its tables and indexes',
  description:
    'Does for the database what `markitect init` does, and says all that it made. Where there is a database it changes ' +
    'nothing, or brings that of an earlier version up to date.',
  examples: [{ command: 'markitect db init', does: 'make the database in .markitect in this folder' }],
  json: `{
  file: string;           // absolute path of the database
  created: boolean;       // whether there was none before
  migrations: string[];   // applied now
  tables: string[];       // in the database
  indexes: string[];      // in the database
}`,
  async run(context) {
    const { terminal } = context;
    const config = await context.config();
    const { hasDatabase } = await import('../composition/data-directory.js');
    const created = !(await hasDatabase(config.dataDir));
    const { file, applied, tables, indexes } = await context.withApplication(
      ({ store }, migration) => Promise.resolve({ file: store.file, ...migration }),
      { create: true, config },
    );
    if (terminal.json) {
      terminal.printJson({ file, created, migrations: applied, tables, indexes });
      return;
    }
    const place = terminal.style.bold(showPath(file, context.cwd));
    if (applied.length === 0) {
      terminal.print(`${place} is ready; nothing had to be changed.`);
      return;
    }
    terminal.print(created ? `Made the database ${place}` : `Brought the database ${place} up to date`);
    terminal.print(...applied.map((name) => `  ${name}`));
    terminal.print(
      `It has ${countOf(tables.length, 'table')} and ${indexes.length} indexes: markitect db status`,
    );
  },
});
