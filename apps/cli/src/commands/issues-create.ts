import { printableLine } from '../terminal/printable.js';
import { UsageError } from '../program/usage-error.js';
import { defineCommand } from './command.js';
import { calendarDay } from './issue-filter.js';
import { given, nonEmpty } from './option-values.js';
import { bodyOf, bodyOptions, type BodyOptions } from './text-option.js';
import { doneLine, issueShape, withTracker } from './tracker.js';

interface Options extends BodyOptions {
  readonly title?: string;
  readonly label?: readonly string[];
  readonly milestone?: string;
  readonly assignee?: readonly string[];
  readonly due?: string;
}

/** `markitect issues create` */
export const issuesCreate = defineCommand<Options>({
  name: ['issues', 'create'],
  summary: 'write a new issue',
  description:
    'Prints its number and, where it has one, its address. Labels and the milestone must be there: see `issues labels` ' +
    'and `issues milestones`. Without Gitea issues are kept in the data directory, which is made when there is none.',
  options: [
    {
      flags: '--title <text>',
      description: 'what it is about, in a line (required)',
      parse: nonEmpty('--title'),
    },
    ...bodyOptions,
    {
      flags: '--label <name>',
      description: 'with this label; repeatable',
      repeatable: true,
      parse: nonEmpty('--label'),
    },
    { flags: '--milestone <title>', description: 'for this milestone', parse: nonEmpty('--milestone') },
    {
      flags: '--assignee <user>',
      description: 'assigned to this user; repeatable',
      repeatable: true,
      parse: nonEmpty('--assignee'),
    },
    {
      flags: '--due <day>',
      description: 'when it is to be done, e.g. 2026-12-01',
      parse: calendarDay('--due'),
    },
  ],
  examples: [
    {
      command: "markitect issues create --title 'Users are logged out too early'",
      does: 'no more than a title',
    },
    {
      command:
        "markitect issues create --title 'Import breaks' --label bug --due 2026-12-01 --body-file report.md",
      does: 'with all that is known',
    },
    {
      command: "git log -1 --format=%b | markitect issues create --title 'Follow up' --body-file -",
      does: 'from a pipe',
    },
  ],
  json: issueShape,
  async run(context, _args, { title, label, milestone, assignee, due, ...text }) {
    const { terminal } = context;
    if (title === undefined) throw new UsageError('--title must be given', { field: '--title' });
    const body = await bodyOf(context, text);
    const issue = await withTracker(
      context,
      ({ issues }) =>
        issues.create(given({ title, body, labels: label, milestone, assignees: assignee, dueOn: due })),
      { create: true },
    );
    if (terminal.json) {
      terminal.printJson(issue);
      return;
    }
    terminal.print(
      doneLine('created', issue, terminal.style),
      ...(issue.url === undefined ? [] : [printableLine(issue.url)]),
    );
  },
});
