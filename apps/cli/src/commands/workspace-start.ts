import type { Application } from '@markitect/api';
import type { StartRequest } from '@markitect/application';
import { isMarkitectError } from '@markitect/domain';
import { failureOf } from '../program/failure.js';
import { printableLine } from '../terminal/printable.js';
import { showPath } from '../terminal/show-path.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, defineCommand } from './command.js';
import { given, nonEmpty } from './option-values.js';
import { staleText } from './tracker.js';
import { located, noteNextSteps, workspaceJson, workspaceShape } from './workspace-view.js';

interface Options {
  readonly fromTemplate?: string;
  readonly title?: string;
  /** False: not for an issue, whatever the slug. */
  readonly issue: boolean;
}

/** `markitect workspace start` */
export const workspaceStart = defineCommand<Options>({
  name: ['workspace', 'start'],
  summary: 'start a workspace: a folder with the files of a template',
  description:
    'The folder lies below `workspaces.root` of the configuration, by default in the data directory, which is made ' +
    'when there is none. Templates are folders below `workspaces.templates`; in paths and texts of their files ' +
    '{{slug}}, {{title}} and {{date}} are filled in. A slug whose workspace is finished or abandoned can be started anew. ' +
    'Where the slug is the number of an issue of the tracker, title and requirements are taken from it.',
  arguments: [{ name: 'slug', description: 'an issue number or words with hyphens: 42, #42, fix-login' }],
  options: [
    {
      flags: '--from-template <name>',
      description: 'the template',
      defaultText: 'default: requirements, notes and a test plan',
      parse: nonEmpty('--from-template'),
    },
    { flags: '--title <text>', description: 'what it is about', defaultText: "the issue's, else the slug" },
    { flags: '--no-issue', description: 'do not look for an issue of this number' },
  ],
  examples: [
    { command: 'markitect workspace start 42', does: 'for issue 42' },
    { command: "markitect workspace start fix-login --title 'Fix the login'", does: 'for something else' },
    { command: 'markitect workspace start spike --from-template research', does: "from a team's template" },
  ],
  json: workspaceShape,
  async run(context, args, { fromTemplate, title, issue }) {
    const { terminal, cwd } = context;
    const config = await context.projectConfig();
    const { hasDatabase } = await import('../composition/data-directory.js');
    if (!(await hasDatabase(config.dataDir))) {
      terminal.note(terminal.noteStyle.dim(`Making the data directory ${showPath(config.dataDir, cwd)}`));
    }
    // As issues are written everywhere else.
    const slug = argument(args).replace(/^#(?=\d+$)/, '');
    const { status, seed } = await context.withApplication(
      async (application) => {
        const found = issue ? await seedOf(application, slug, terminal) : {};
        const request = { ...found, ...given({ template: fromTemplate, title }) };
        return {
          seed: found,
          status: located(application, await application.workspaces.start(slug, request)),
        };
      },
      { create: true, config },
    );
    if (terminal.json) {
      terminal.printJson(workspaceJson(status));
      return;
    }
    const { style } = terminal;
    const about =
      seed.issue === undefined ? '' : ` for issue #${seed.issue.number}: ${printableLine(status.title)}`;
    terminal.print(
      `started ${style.bold(status.slug)} in ${style.cyan(showPath(status.folder ?? '', cwd))}${about}`,
      ...status.baseline.map(({ path }) => `  ${printableLine(path)}`),
    );
    noteNextSteps(terminal, status, ['save', 'abandon']);
  },
});

/** What the issue of this number gives; nothing where there is none, or nobody can say. */
async function seedOf(application: Application, slug: string, terminal: Terminal): Promise<StartRequest> {
  if (!/^[1-9]\d{0,9}$/.test(slug)) return {};
  try {
    const { value, stale } = await application.issues.workspaceSeed(slug);
    if (stale !== undefined) terminal.note(terminal.noteStyle.yellow(staleText(stale)));
    return value.request;
  } catch (error) {
    if (!isMarkitectError(error)) throw error;
    if (['ISSUE_NOT_FOUND', 'REQUEST_INVALID'].includes(error.code)) return {};
    if (!['Unavailable', 'Timeout', 'RateLimited'].includes(error.kind)) throw error;
    terminal.note(
      terminal.noteStyle.yellow(
        `The tracker does not answer (${failureOf(error).code}): started without what issue #${slug} says.`,
      ),
    );
    return {};
  }
}
