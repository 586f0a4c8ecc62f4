import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { noteGoneFolder, slugArgument, withWorkspace } from './workspace-here.js';
import { located, workspaceJson, workspaceShape } from './workspace-view.js';

/** `markitect workspace finish` */
export const workspaceFinish = defineCommand({
  name: ['workspace', 'finish'],
  summary: 'archive a workspace and remove its folder',
  description:
    'All files as they are, saved or not, go into a .tar.gz file with the manifest beside them; then the folder is ' +
    'removed. Both happen or neither, also when the machine stops in between.',
  arguments: [slugArgument],
  examples: [
    { command: 'markitect workspace finish 42', does: 'workspace 42' },
    {
      command: 'tar -xzf "$(markitect workspace finish 42 --json | jq -r .archive)"',
      does: 'and unpack it here',
    },
  ],
  json: workspaceShape,
  async run(context, [named]) {
    const { terminal } = context;
    await withWorkspace(context, named, async ({ application, config, slug }) => {
      const status = located(application, await application.workspaces.finish(slug));
      if (terminal.json) {
        terminal.printJson(workspaceJson(status));
        return;
      }
      terminal.print(
        `finished ${terminal.style.bold(status.slug)}: ${terminal.style.cyan(printableLine(status.archive ?? ''))}`,
      );
      await noteGoneFolder(context, config);
    });
  },
});
