import { argument, defineCommand } from './command.js';
import { followResearch, noteDetached, printOutcome } from './research-run.js';
import { researchArgument, researchId, researchShape } from './research-view.js';
import { withTracker } from './tracker.js';

interface Options {
  readonly detach?: boolean;
}

/** `markitect research rerun` */
export const researchRerun = defineCommand<Options>({
  name: ['research', 'rerun'],
  summary: 'put the question of a finished research again, as a new one',
  arguments: [researchArgument],
  options: [{ flags: '--detach', description: 'do not wait: leave it to a worker' }],
  examples: [{ command: 'markitect research rerun 7', does: 'the same question, to the same sources' }],
  json: researchShape,
  async run(context, args, { detach = false }) {
    const id = researchId(argument(args));
    return withTracker(context, async (application) => {
      const status = await application.research.rerun(id);
      if (detach) return noteDetached(context, status);
      return printOutcome(context, application, await followResearch(context, application, status, 'work'));
    });
  },
});
