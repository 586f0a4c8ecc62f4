import { defineCommand } from './command.js';
import { showPath } from '../terminal/show-path.js';

/** `markitect init` */
export const init = defineCommand({
  name: ['init'],
  summary: 'make the data directory with its database',
  description:
    'Makes the data directory, the database in it, its tables and its indexes. Running it again changes nothing, ' +
    'or brings the database of an earlier version up to date. `markitect ingest` does it by itself when needed.',
  examples: [
    { command: 'markitect init', does: 'make .markitect in this folder' },
    { command: 'markitect init --data-dir ~/notes/.markitect', does: 'make it elsewhere' },
  ],
  json: `{
  dataDir: string;        // absolute path
  created: boolean;       // whether there was no database before
  changed: boolean;       // whether anything was made
  migrations: string[];   // applied now
  tables: string[];       // in the database
  indexes: string[];      // in the database
}`,
  async run(context) {
    const { terminal } = context;
    const config = await context.config();
    const { hasDatabase } = await import('../composition/data-directory.js');
    const created = !(await hasDatabase(config.dataDir));
    const report = await context.withApplication((_, migration) => Promise.resolve(migration), {
      create: true,
      config,
    });
    const changed = report.applied.length > 0;
    if (terminal.json) {
      const { applied: migrations, tables, indexes } = report;
      terminal.printJson({ dataDir: config.dataDir, created, changed, migrations, tables, indexes });
      return;
    }
    const { style } = terminal;
    const place = style.bold(showPath(config.dataDir, context.cwd));
    if (!changed) {
      terminal.print(`${place} is ready; nothing had to be changed.`);
      return;
    }
    terminal.print(
      created ? `Made the data directory ${place}` : `Brought the database in ${place} up to date`,
      `  migrations  ${report.applied.join(', ')}`,
      `  tables      ${report.tables.join(', ') || 'none'}`,
      `  indexes     ${report.indexes.join(', ') || 'none'}`,
    );
    terminal.note(terminal.noteStyle.dim('Next: markitect ingest <file or folder>'));
  },
});
