import { showPath } from '../terminal/show-path.js';
import { defineCommand } from './command.js';

/** `markitect db migrate` */
export const dbMigrate = defineCommand({
  name: ['db', 'migrate'],
  summary: 'bring the schema of the database up to date',
  description:
    'All of it or nothing; processes that try at the same time take turns. Every other command does it by itself when ' +
    'it is needed; this one says what was done. There must be a database.',
  examples: [{ command: 'markitect db migrate', does: 'after MarkiTect was upgraded' }],
  json: `{
  file: string;           // absolute path of the database
  migrations: string[];   // applied now, in their order
}`,
  async run(context) {
    const { terminal } = context;
    const config = await context.projectConfig();
    const { file, applied } = await context.withApplication(
      ({ store }, migration) => Promise.resolve({ file: store.file, applied: migration.applied }),
      { config, recover: false },
    );
    if (terminal.json) {
      terminal.printJson({ file, migrations: applied });
      return;
    }
    const place = terminal.style.bold(showPath(file, context.cwd));
    if (applied.length === 0) terminal.print(`${place} is up to date; nothing had to be changed.`);
    else terminal.print(`Brought ${place} up to date`, ...applied.map((name) => `  ${name}`));
  },
});
