import { argument, defineCommand } from './command.js';
import { researchArgument, researchId, researchJson, researchShape } from './research-view.js';
import { withTracker } from './tracker.js';

/** `markitect research cancel` */
export const researchCancel = defineCommand({
  name: ['research', 'cancel'],
  summary: 'end a research before it is done; what was found stays',
  arguments: [researchArgument],
  examples: [{ command: 'markitect research cancel 7', does: 'also the tasks of it that run elsewhere' }],
  json: researchShape,
  async run(context, args) {
    const id = researchId(argument(args));
    const { terminal } = context;
    const status = await withTracker(context, ({ research }) => research.cancel(id));
    if (terminal.json) terminal.printJson(await researchJson(status));
    else terminal.print(`cancelled ${terminal.style.bold(`research ${id}`)}`);
  },
});
