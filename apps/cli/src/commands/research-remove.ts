import { argument, defineCommand } from './command.js';
import { researchArgument, researchId } from './research-view.js';
import { withTracker } from './tracker.js';

/** `markitect research remove` */
export const researchRemove = defineCommand({
  name: ['research', 'remove'],
  summary: 'remove a research with all it has found',
  description: 'One that runs is cancelled. A document it was saved as stays.',
  arguments: [researchArgument],
  examples: [{ command: 'markitect research remove 7', does: 'its jobs and results, too' }],
  json: `{ removed: number }`,
  async run(context, args) {
    const id = researchId(argument(args));
    const { terminal } = context;
    await withTracker(context, ({ research }) => research.remove(id));
    if (terminal.json) terminal.printJson({ removed: id });
    else terminal.print(`removed ${terminal.style.bold(`research ${id}`)}`);
  },
});
