import { countOf, showBytes } from '../terminal/quantities.js';
import { defineCommand } from './command.js';
import { slugArgument, withWorkspace } from './workspace-here.js';
import { located, noteNextSteps, workspaceJson, workspaceShape } from './workspace-view.js';

/** `markitect workspace save` */
export const workspaceSave = defineCommand({
  name: ['workspace', 'save'],
  summary: 'record the files of a workspace as they are',
  description:
    'What later differs shows in `workspace status`, and `workspace restore` brings a file back to this. Changed and ' +
    'new files are recorded, missing ones are no longer expected. Only the last save is kept.',
  arguments: [slugArgument],
  examples: [{ command: 'markitect workspace save 42', does: 'all files of workspace 42' }],
  json: workspaceShape,
  async run(context, [named]) {
    const { terminal } = context;
    await withWorkspace(context, named, async ({ application, slug }) => {
      const status = await application.workspaces.save(slug);
      if (terminal.json) {
        terminal.printJson(workspaceJson(located(application, status)));
        return;
      }
      const { baseline } = status;
      const bytes = baseline.reduce((sum, file) => sum + file.bytes, 0);
      terminal.print(
        `saved ${terminal.style.bold(status.slug)}: ${countOf(baseline.length, 'file')}, ${showBytes(bytes)}`,
      );
      noteNextSteps(terminal, status, ['finish']);
    });
  },
});
