import { argument, defineCommand } from './command.js';
import { printResearch, researchArgument, researchId, researchJson, researchShape } from './research-view.js';
import { withTracker } from './tracker.js';

/** `markitect research status` */
export const researchStatus = defineCommand({
  name: ['research', 'status'],
  summary: 'how far a research and each of its sources is',
  description:
    'Not on a terminal: lines of a name and a value, and for each source "source" with its name, status, results, how ' +
    'much was looked at of how much, problems and why it failed, separated by tabs.',
  arguments: [researchArgument],
  examples: [
    { command: 'markitect research status 7', does: 'what has been found and what could not be had' },
  ],
  json: researchShape,
  async run(context, args) {
    const id = researchId(argument(args));
    const { terminal } = context;
    const status = await withTracker(context, ({ research }) => research.status(id));
    if (terminal.json) terminal.printJson(await researchJson(status));
    else printResearch(context, status);
  },
});
