import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { slugArgument, withWorkspace } from './workspace-here.js';

/** `markitect workspace open` */
export const workspaceOpen = defineCommand({
  name: ['workspace', 'open'],
  summary: 'print the path of the folder of an open workspace',
  description: 'Absolute, for a shell or an editor.',
  arguments: [slugArgument],
  examples: [
    { command: 'cd "$(markitect workspace open 42)"', does: 'go there' },
    { command: 'code "$(markitect workspace open 42)"', does: 'open it in an editor' },
  ],
  json: `{
  slug: string;
  folder: string;          // absolute path
}`,
  async run(context, [named]) {
    const { terminal } = context;
    await withWorkspace(context, named, async ({ application, slug }) => {
      const folder = await application.workspaces.path(slug);
      if (terminal.json) terminal.printJson({ slug, folder });
      // Exactly as it is where a program reads it.
      else terminal.print(terminal.isInteractive ? printableLine(folder) : folder);
    });
  },
});
