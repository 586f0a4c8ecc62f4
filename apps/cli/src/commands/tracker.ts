import type { Application } from '@markitect/api';
import type { Config } from '@markitect/config';
import { Invalid, type Issue } from '@markitect/domain';
import type { Staleness } from '@markitect/ports';
import type { CommandContext } from '../program/command-context.js';
import { failureOf } from '../program/failure.js';
import { showAge } from '../terminal/age.js';
import { printableLine } from '../terminal/printable.js';
import { showPath } from '../terminal/show-path.js';
import type { Style, Terminal } from '../terminal/terminal.js';
import type { ArgumentDefinition, OptionDefinition } from './command.js';
import { nonEmpty } from './option-values.js';

/** The issue of a command. */
export const numberArgument: ArgumentDefinition = { name: 'number', description: 'the issue: 42' };

/** The option of commands that change exactly what somebody has seen. */
export const versionOption: OptionDefinition = {
  flags: '--if-version <version>',
  description: 'only if this is still its `version`, as --json shows it; else the exit code is 4',
  parse: nonEmpty('--if-version'),
};

/** The values of {@link versionOption}. */
export interface VersionOptions {
  readonly ifVersion?: string;
}

/**
 * Runs `work` on the tracker of the project the working folder lies in. The data directory is made where there is none
 * and `create` is set, or issues are kept in Gitea: then nobody has to begin with making one. Else `none` answers, where
 * it is given: whoever only looks is told that there is nothing yet.
 */
export async function withTracker<T>(
  context: CommandContext,
  work: (application: Application, config: Config) => Promise<T>,
  { create = false, none }: { readonly create?: boolean; readonly none?: (config: Config) => T } = {},
): Promise<T> {
  const config = await context.projectConfig();
  const mayCreate = create || config.gitea.url !== undefined;
  if (mayCreate || none !== undefined) {
    const { terminal, cwd } = context;
    const { hasDatabase } = await import('../composition/data-directory.js');
    if (!(await hasDatabase(config.dataDir))) {
      const dataDir = showPath(config.dataDir, cwd);
      if (!mayCreate && none !== undefined) {
        terminal.note(terminal.noteStyle.dim(`There is no data directory ${dataDir} yet.`));
        return none(config);
      }
      terminal.note(terminal.noteStyle.dim(`Making the data directory ${dataDir}`));
    }
  }
  return context.withApplication((application) => work(application, config), { create: mayCreate, config });
}

/**
 * Who "me" is: the setting `issues.user` where it was set; else, of a Gitea, the user whose token it is, asked for there;
 * else the user of this machine. Throws Invalid `REQUEST_INVALID` when Gitea does not say, and what asking throws.
 */
export async function whoIsMe(
  context: Pick<CommandContext, 'explainConfig'>,
  { issues }: Pick<Application, 'issues'>,
  config: Pick<Config, 'issues' | 'gitea'>,
): Promise<string> {
  if (config.gitea.url === undefined) return config.issues.user;
  const setting = (await context.explainConfig()).find(({ path }) => path === 'issues.user');
  if (setting !== undefined && setting.from !== 'default') return config.issues.user;
  const user = await issues.user();
  if (user !== undefined) return user;
  throw new Invalid(
    'REQUEST_INVALID',
    'the server does not say whose token it is: set issues.user to your name',
    {
      details: { field: 'issues.user' },
    },
  );
}

/** How {@link staleJson} shows it. */
export const staleShape = `stale?: { ageSeconds: number; code: string };  // the tracker is down: as it was so long ago`;

/** What programs are told of an old answer. */
export function staleJson(stale: Staleness | undefined): object {
  if (stale === undefined) return {};
  return { stale: { ageSeconds: Math.ceil(stale.ageMs / 1000), code: failureOf(stale.cause).code } };
}

/** What people are told of an old answer. */
export function staleText({ ageMs, cause }: Staleness): string {
  return `The tracker does not answer (${failureOf(cause).code}). This is as of ${showAge(ageMs)}.`;
}

/** Says on stderr that an answer is old. JSON has it already. */
export function noteStale(terminal: Terminal, stale: Staleness | undefined): void {
  if (stale !== undefined && !terminal.json) terminal.note(terminal.noteStyle.yellow(staleText(stale)));
}

/** What a command has done to an issue: `closed #42 Users are logged out`. */
export function doneLine(done: string, { number, title }: Issue, style: Style): string {
  return `${done} ${style.bold(`#${number}`)} ${printableLine(title)}`;
}

/** The shape of an issue in JSON. */
export const issueShape = `{
  number: number; title: string; body: string; state: 'open' | 'closed';
  labels: { name: string; color: string; description: string; exclusive: boolean }[];
  milestone?: string; assignees: string[]; author: string; comments: number;
  createdAt: string; updatedAt: string; closedAt?: string; dueOn?: string;
  isLocked: boolean;
  version: string;         // for --if-version
  url?: string;
}`;
