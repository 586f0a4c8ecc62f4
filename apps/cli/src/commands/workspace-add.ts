import { attachmentPath } from '@markitect/domain';
import { UsageError } from '../program/usage-error.js';
import { printableLine } from '../terminal/printable.js';
import { showBytes } from '../terminal/quantities.js';
import { defineCommand } from './command.js';
import { given, nonEmpty } from './option-values.js';
import { withWorkspace, workspaceOption } from './workspace-here.js';
import { located, noteNextSteps, workspaceJson, workspaceShape } from './workspace-view.js';

interface Options {
  readonly workspace?: string;
  readonly as?: string;
  readonly replace?: boolean;
}

/** `markitect workspace add` */
export const workspaceAdd = defineCommand<Options>({
  name: ['workspace', 'add'],
  summary: 'copy files into a workspace',
  description:
    'They go into its folder attachments, unless --as says where. They are unknown to the last save until the next ' +
    '`workspace save`. The first file that cannot be added ends the command; those before it stay.',
  arguments: [{ name: 'file', description: 'files anywhere', variadic: true }],
  options: [
    workspaceOption,
    {
      flags: '--as <path>',
      description: 'the path in the workspace, for one file',
      defaultText: 'attachments/ and its name',
      parse: nonEmpty('--as'),
    },
    { flags: '--replace', description: 'take the place of a file that is there' },
  ],
  examples: [
    { command: 'markitect workspace add ~/Downloads/error.log -w 42', does: 'as attachments/error.log' },
    { command: 'markitect workspace add plan.md --as test-plan.md --replace', does: 'in place of another' },
  ],
  json: workspaceShape,
  async run(context, files, { workspace, as, replace }) {
    const { terminal, cwd } = context;
    if (as !== undefined && files.length > 1) {
      throw new UsageError('--as names the path of one file, not of several', { field: '--as' });
    }
    const { readAnyFile } = await import('../composition/read-any-file.js');
    await withWorkspace(context, workspace, async ({ application, slug }) => {
      let status = await application.workspaces.status(slug);
      for (const file of files) {
        const content = await readAnyFile(file, cwd);
        const path = as ?? attachmentPath(file);
        status = await application.workspaces.add(slug, { path, content, ...given({ replace }) });
        if (!terminal.json) {
          terminal.print(
            `added ${printableLine(path)} ${terminal.style.dim(`(${showBytes(content.length)})`)}`,
          );
        }
      }
      if (terminal.json) terminal.printJson(workspaceJson(located(application, status)));
      else noteNextSteps(terminal, status, ['save']);
    });
  },
});
