import { defineCommand } from './command.js';
import { slugArgument, withWorkspace } from './workspace-here.js';
import { located, noteNextSteps, printWorkspace, workspaceJson, workspaceShape } from './workspace-view.js';

const steps = ['start', 'save', 'restore', 'finish', 'abandon'] as const;

/** `markitect workspace status` */
export const workspaceStatus = defineCommand({
  name: ['workspace', 'status'],
  summary: 'show the state of a workspace and what differs from its last save',
  description:
    'clean: as started; active: as last saved; dirty: some file is changed, missing or unknown to the last save; ' +
    'finished and abandoned: over. Reads all files of the workspace. Without a terminal: lines of a name, a tab and ' +
    'a value.',
  arguments: [slugArgument],
  examples: [
    { command: 'markitect workspace status 42', does: 'of workspace 42' },
    { command: 'markitect workspace status', does: 'of the workspace this folder lies in' },
  ],
  json: workspaceShape,
  async run(context, [named]) {
    const { terminal } = context;
    await withWorkspace(context, named, async ({ application, slug }) => {
      const status = located(application, await application.workspaces.status(slug));
      if (terminal.json) {
        terminal.printJson(workspaceJson(status));
        return;
      }
      printWorkspace(context, status);
      // As last saved, there is nothing to save or to restore.
      noteNextSteps(terminal, status, status.state === 'active' ? ['finish', 'abandon'] : steps);
    });
  },
});
