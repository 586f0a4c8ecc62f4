import { argument, defineCommand } from './command.js';
import { followResearch, printOutcome } from './research-run.js';
import { researchArgument, researchId, researchShape } from './research-view.js';
import { withTracker } from './tracker.js';

/** `markitect research watch` */
export const researchWatch = defineCommand({
  name: ['research', 'watch'],
  summary: 'follow a research that others do, until it is over',
  description:
    'Then the best results are printed. Where no progress can be shown: one line for each change with time, status, ' +
    'results so far and how much was looked at, separated by tabs, on the standard error.',
  arguments: [researchArgument],
  examples: [{ command: 'markitect research watch 7', does: 'with progress' }],
  json: researchShape,
  async run(context, args) {
    const id = researchId(argument(args));
    return withTracker(context, async (application) => {
      const status = await application.research.status(id);
      return printOutcome(context, application, await followResearch(context, application, status, 'watch'));
    });
  },
});
