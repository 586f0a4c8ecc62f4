import { argument, defineCommand } from './command.js';
import {
  doneLine,
  issueShape,
  numberArgument,
  versionOption,
  type VersionOptions,
  withTracker,
} from './tracker.js';

/** `markitect issues close` */
export const issuesClose = defineCommand<VersionOptions>({
  name: ['issues', 'close'],
  summary: 'close an issue',
  description: 'Refused with code 4 while an issue that it waits for is open.',
  arguments: [numberArgument],
  options: [versionOption],
  examples: [{ command: 'markitect issues close 42', does: 'it is done' }],
  json: issueShape,
  async run(context, args, { ifVersion }) {
    const { terminal } = context;
    const issue = await withTracker(context, ({ issues }) => issues.close(argument(args), ifVersion));
    if (terminal.json) terminal.printJson(issue);
    else terminal.print(doneLine('closed', issue, terminal.style));
  },
});

/** `markitect issues reopen` */
export const issuesReopen = defineCommand<VersionOptions>({
  name: ['issues', 'reopen'],
  summary: 'open a closed issue again',
  arguments: [numberArgument],
  options: [versionOption],
  examples: [{ command: 'markitect issues reopen 42', does: 'it was not done after all' }],
  json: issueShape,
  async run(context, args, { ifVersion }) {
    const { terminal } = context;
    const issue = await withTracker(context, ({ issues }) => issues.reopen(argument(args), ifVersion));
    if (terminal.json) terminal.printJson(issue);
    else terminal.print(doneLine('reopened', issue, terminal.style));
  },
});
