import { join, relative, resolve, sep } from 'node:path';
import type { Config } from '@markitect/config';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { real, slugOf, withWorkspace, workspaceOption } from './workspace-here.js';
import { located, workspaceJson, workspaceShape } from './workspace-view.js';

interface Options {
  readonly workspace?: string;
}

/** `markitect workspace restore` */
export const workspaceRestore = defineCommand<Options>({
  name: ['workspace', 'restore'],
  summary: 'give files of a workspace their saved content back',
  description:
    'What a file holds now is lost; a missing file is there again. Paths are relative to this folder inside of the ' +
    'workspace, else to the folder of the workspace. The first file that cannot be restored ends the command; those ' +
    'before it stay restored.',
  arguments: [{ name: 'file', description: 'files as they were last saved', variadic: true }],
  options: [workspaceOption],
  examples: [
    { command: 'markitect workspace restore notes.md -w 42', does: 'one file of workspace 42' },
    { command: 'markitect workspace restore notes.md', does: 'in its folder' },
  ],
  json: workspaceShape,
  async run(context, files, { workspace }) {
    const { terminal, cwd } = context;
    await withWorkspace(context, workspace, async ({ application, config, slug }) => {
      const { workspaces } = application;
      let status = await workspaces.status(slug);
      const paths = await pathsInWorkspace(files, cwd, slug, config);
      for (const path of paths) {
        const isLost = status.changed.includes(path);
        status = await workspaces.restore(slug, path);
        if (!terminal.json) {
          const lost = terminal.style.dim(isLost ? ' (what was written since is gone)' : '');
          terminal.print(`restored ${printableLine(path)}${lost}`);
        }
      }
      if (terminal.json) terminal.printJson(workspaceJson(located(application, status)));
    });
  },
});

async function pathsInWorkspace(
  files: readonly string[],
  cwd: string,
  slug: string,
  config: Config,
): Promise<readonly string[]> {
  const folder = await real(join(config.workspaces.root, slug));
  const from = (await slugOf(cwd, config)) === slug ? await real(cwd) : folder;
  return files.map((file) => relative(folder, resolve(from, file)).split(sep).join('/'));
}
