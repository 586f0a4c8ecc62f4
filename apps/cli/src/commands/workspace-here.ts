import { realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import type { Application } from '@markitect/api';
import type { Config } from '@markitect/config';
import { isWorkspaceSlug } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { UsageError } from '../program/usage-error.js';
import type { ArgumentDefinition, OptionDefinition } from './command.js';
import { nonEmpty } from './option-values.js';

/** The workspace of a command that takes nothing else. */
export const slugArgument: ArgumentDefinition = {
  name: 'slug',
  description: 'the workspace; may be left out in its folder',
  optional: true,
};

/** The workspace of a command that takes files. */
export const workspaceOption: OptionDefinition = {
  flags: '-w, --workspace <slug>',
  description: 'the workspace; may be left out in its folder',
  parse: nonEmpty('--workspace'),
};

/** What a command on one workspace works with. */
export interface WorkspaceHere {
  readonly application: Application;
  readonly config: Config;
  readonly slug: string;
}

/** Runs `work` on the workspace named, or else the one that the working folder lies in. Throws UsageError. */
export async function withWorkspace<T>(
  context: CommandContext,
  named: string | undefined,
  work: (here: WorkspaceHere) => Promise<T>,
): Promise<T> {
  const config = await context.projectConfig();
  const slug = named ?? (await slugOf(context.cwd, config));
  if (slug === undefined) {
    throw new UsageError(
      'which workspace? This folder is in none',
      { field: 'slug' },
      'Name one, or go into its folder. `markitect workspace list` shows what there is.',
    );
  }
  return context.withApplication((application) => work({ application, config, slug }), { config });
}

/** The workspace that a folder lies in. */
export async function slugOf(folder: string, { workspaces }: Config): Promise<string | undefined> {
  const [first = ''] = relative(await real(workspaces.root), await real(folder)).split(sep);
  return isWorkspaceSlug(first) ? first : undefined;
}

/** A path without links, as far as it is there. */
export function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** After the end of a workspace: tells somebody who is in its folder that it is gone. */
export async function noteGoneFolder({ terminal, cwd }: CommandContext, config: Config): Promise<void> {
  const isThere = await realpath(cwd).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    terminal.note(
      terminal.noteStyle.dim(`This folder is gone. Leave it with: cd ${dirname(config.dataDir)}`),
    );
  }
}
