import { printableLine } from '../terminal/printable.js';
import { showPath } from '../terminal/show-path.js';
import { argument, defineCommand } from './command.js';
import { given, nonEmpty } from './option-values.js';
import { located, noteNextSteps, workspaceJson, workspaceShape } from './workspace-view.js';

interface Options {
  readonly fromTemplate?: string;
  readonly title?: string;
}

/** `markitect workspace start` */
export const workspaceStart = defineCommand<Options>({
  name: ['workspace', 'start'],
  summary: 'start a workspace: a folder with the files of a template',
  description:
    'The folder lies below `workspaces.root` of the configuration, by default in the data directory, which is made ' +
    'when there is none. Templates are folders below `workspaces.templates`; in paths and texts of their files ' +
    '{{slug}}, {{title}} and {{date}} are filled in. A slug whose workspace is finished or abandoned can be started anew.',
  arguments: [{ name: 'slug', description: 'an issue number or words with hyphens: 42, fix-login' }],
  options: [
    {
      flags: '--from-template <name>',
      description: 'the template',
      defaultText: 'default: requirements, notes and a test plan',
      parse: nonEmpty('--from-template'),
    },
    { flags: '--title <text>', description: 'what it is about', defaultText: 'the slug' },
  ],
  examples: [
    { command: "markitect workspace start 42 --title 'Fix the login'", does: 'for issue 42' },
    { command: 'markitect workspace start spike --from-template research', does: "from a team's template" },
  ],
  json: workspaceShape,
  async run(context, args, { fromTemplate, title }) {
    const { terminal, cwd } = context;
    const config = await context.projectConfig();
    const { hasDatabase } = await import('../composition/data-directory.js');
    if (!(await hasDatabase(config.dataDir))) {
      terminal.note(terminal.noteStyle.dim(`Making the data directory ${showPath(config.dataDir, cwd)}`));
    }
    const status = await context.withApplication(
      async (application) =>
        located(
          application,
          await application.workspaces.start(argument(args), given({ template: fromTemplate, title })),
        ),
      { create: true, config },
    );
    if (terminal.json) {
      terminal.printJson(workspaceJson(status));
      return;
    }
    const { style } = terminal;
    terminal.print(
      `started ${style.bold(status.slug)} in ${style.cyan(showPath(status.folder ?? '', cwd))}`,
      ...status.baseline.map(({ path }) => `  ${printableLine(path)}`),
    );
    noteNextSteps(terminal, status, ['save', 'abandon']);
  },
});
