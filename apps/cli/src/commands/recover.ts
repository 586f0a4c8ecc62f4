import { countOf } from '../terminal/quantities.js';
import { defineCommand } from './command.js';

/** `markitect recover` */
export const recover = defineCommand({
  name: ['recover'],
  summary: 'finish what interrupted commits have left',
  description:
    'Puts files of committed work in place and removes files of work that was never committed. Every command and the ' +
    'server do this by themselves when they start; this one also says what was done, and why something cannot be. ' +
    'May run at any time, several at once; a second time there is nothing to do.',
  examples: [{ command: 'markitect recover', does: 'after a crash or a full disk' }],
  json: `{
  applied: number;         // effects of commits that were put in place
  swept: number;           // files of work that was never committed
}`,
  async run(context) {
    const { terminal } = context;
    const config = await context.projectConfig();
    const report = await context.withApplication((application) => application.recover(), {
      config,
      recover: false,
    });
    if (terminal.json) {
      terminal.printJson(report);
      return;
    }
    const { applied, swept } = report;
    terminal.print(
      applied + swept === 0
        ? 'Nothing was left to do.'
        : `${countOf(applied, 'change')} put in place, ${countOf(swept, 'orphaned file')} removed.`,
    );
  },
});
