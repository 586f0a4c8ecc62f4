import type { IssueChange } from '@markitect/application';
import { UsageError } from '../program/usage-error.js';
import { argument, defineCommand, type OptionDefinition } from './command.js';
import { calendarDay } from './issue-filter.js';
import { given, nonEmpty } from './option-values.js';
import { bodyOf, bodyOptions, type BodyOptions } from './text-option.js';
import {
  doneLine,
  issueShape,
  numberArgument,
  versionOption,
  type VersionOptions,
  withTracker,
} from './tracker.js';

interface Options extends BodyOptions, VersionOptions {
  readonly title?: string;
  /** False: none. */
  readonly label?: readonly string[] | false;
  readonly addLabel?: readonly string[];
  readonly removeLabel?: readonly string[];
  readonly assignee?: readonly string[] | false;
  readonly addAssignee?: readonly string[];
  readonly removeAssignee?: readonly string[];
  readonly milestone?: string | false;
  readonly due?: string | false;
}

function names(flag: string, value: string, description: string): OptionDefinition {
  return {
    flags: `${flag} <${value}>`,
    description: `${description}; repeatable`,
    repeatable: true,
    parse: nonEmpty(flag),
  };
}

/** `markitect issues edit` */
export const issuesEdit = defineCommand<Options>({
  name: ['issues', 'edit'],
  summary: 'change an issue',
  description:
    'What is not named stays. Adding and removing is done on what the issue is then, whoever else changes it at the same ' +
    'time; --if-version makes the change only when nobody has.',
  arguments: [numberArgument],
  options: [
    { flags: '--title <text>', description: 'its title', parse: nonEmpty('--title') },
    ...bodyOptions,
    names('--label', 'name', 'the labels it is to have, in place of all others'),
    { flags: '--no-label', description: 'no labels' },
    names('--add-label', 'name', 'one more label'),
    names('--remove-label', 'name', 'a label less'),
    names('--assignee', 'user', 'those it is to be assigned to, in place of all others'),
    { flags: '--no-assignee', description: 'assigned to nobody' },
    names('--add-assignee', 'user', 'one more assignee'),
    names('--remove-assignee', 'user', 'an assignee less'),
    { flags: '--milestone <title>', description: 'its milestone', parse: nonEmpty('--milestone') },
    { flags: '--no-milestone', description: 'no milestone' },
    {
      flags: '--due <day>',
      description: 'when it is to be done, e.g. 2026-12-01',
      parse: calendarDay('--due'),
    },
    { flags: '--no-due', description: 'no day it is due' },
    versionOption,
  ],
  examples: [
    { command: 'markitect issues edit 42 --add-label bug --assignee ann', does: 'label and assign it' },
    {
      command: 'markitect issues edit 42 --no-milestone --due 2026-12-01',
      does: 'take one thing away, set another',
    },
    {
      command: 'markitect issues edit 42 --body-file 42.md --if-version "$version"',
      does: 'only what was seen',
    },
  ],
  json: issueShape,
  async run(context, args, { ifVersion, ...options }) {
    const { terminal } = context;
    const change = changeOf(options, await bodyOf(context, options));
    if (Object.keys(change).length === 0) {
      throw new UsageError('say what is to be different, e.g. --title or --add-label', { field: 'options' });
    }
    const issue = await withTracker(context, ({ issues }) => issues.edit(argument(args), change, ifVersion));
    if (terminal.json) terminal.printJson(issue);
    else terminal.print(doneLine('edited', issue, terminal.style));
  },
});

function changeOf(options: Omit<Options, 'ifVersion'>, body: string | undefined): IssueChange {
  const { title, label, addLabel, removeLabel, assignee, addAssignee, removeAssignee, milestone, due } =
    options;
  return given({
    title,
    body,
    labels: label === false ? [] : label,
    addLabels: addLabel,
    removeLabels: removeLabel,
    assignees: assignee === false ? [] : assignee,
    assign: addAssignee,
    unassign: removeAssignee,
    milestone: milestone === false ? null : milestone,
    dueOn: due === false ? null : due,
  });
}
