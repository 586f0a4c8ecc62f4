import { join } from 'node:path';
import type { WorkspaceStatus } from '@markitect/application';
import type { CommandContext } from '../program/command-context.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { noteGoneFolder, slugArgument, withWorkspace } from './workspace-here.js';
import { located, workspaceJson, workspaceShape } from './workspace-view.js';

interface Options {
  readonly yes?: boolean;
}

/** `markitect workspace abandon` */
export const workspaceAbandon = defineCommand<Options>({
  name: ['workspace', 'abandon'],
  summary: 'end a workspace and remove its folder; nothing is kept',
  description:
    'Removes the folder with all files and what was saved of them. Where there are changes that are not saved, it asks ' +
    'first; without a terminal, or with --json, it needs --yes. To keep the files, finish the workspace instead.',
  arguments: [slugArgument],
  options: [{ flags: '-y, --yes', description: 'also when changes are lost that are not saved' }],
  examples: [
    { command: 'markitect workspace abandon 42', does: 'asks when changes would be lost' },
    { command: 'markitect workspace abandon 42 --yes', does: 'does not ask' },
  ],
  json: workspaceShape,
  async run(context, [named], { yes = false }) {
    const { terminal } = context;
    await withWorkspace(context, named, async ({ application, config, slug }) => {
      const { workspaces } = application;
      const folder = join(config.workspaces.root, slug);
      let discard = yes;
      if (!discard && context.confirm !== undefined) {
        const status = await workspaces.status(slug);
        if (status.state === 'dirty') {
          if (!(await mayBeLost(context, status, folder))) {
            terminal.note('Nothing was done.');
            return;
          }
          discard = true;
        }
      }
      const ended = await workspaces.abandon(slug, { discard });
      if (terminal.json) {
        terminal.printJson(workspaceJson(located(application, ended)));
        return;
      }
      terminal.print(`abandoned ${terminal.style.bold(ended.slug)}: removed ${printableLine(folder)}`);
      await noteGoneFolder(context, config);
    });
  },
});

async function mayBeLost(context: CommandContext, status: WorkspaceStatus, folder: string): Promise<boolean> {
  const { terminal, confirm } = context;
  const { noteStyle } = terminal;
  terminal.complain(
    `${noteStyle.yellow('Not saved')} in workspace ${noteStyle.bold(status.slug)}:`,
    ...(['changed', 'missing', 'unknown'] as const).flatMap((kind) =>
      status[kind].map((path) => `  ${kind.padEnd(9)} ${printableLine(path)}`),
    ),
  );
  return (await confirm?.(`Remove ${printableLine(folder)} and all that is in it?`)) ?? false;
}
