import { type Task, taskStatuses, type TaskStatus } from '@markitect/domain';
import { printColumns } from '../terminal/columns.js';
import { defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, nonEmpty, pageOptions, type PageOptions } from './option-values.js';
import { detailText, paintStatus, whenText, withTasks } from './tasks-view.js';

interface Options extends PageOptions {
  readonly status?: TaskStatus;
  readonly type?: string;
}

/** `markitect tasks list` */
export const tasksList = defineCommand<Options>({
  name: ['tasks', 'list'],
  summary: 'list tasks, the newest first',
  description:
    'Not on a terminal: one line for each with number, type, status, attempts, time it began, ended or is due (UTC) and ' +
    'what is worth knowing, separated by tabs.',
  options: [
    {
      flags: '--status <status>',
      description: 'only those in this status',
      choices: taskStatuses,
      group: 'Filters:',
    },
    {
      flags: '--type <type>',
      description: 'only those of this type',
      parse: nonEmpty('--type'),
      group: 'Filters:',
    },
    ...pageOptions,
  ],
  examples: [
    { command: 'markitect tasks list', does: 'all that are kept' },
    { command: 'markitect tasks list --status dead', does: 'those that were given up, and why' },
  ],
  json: `{
  items: { … }[];          // as of \`tasks show\`
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, _args, options) {
    const { terminal } = context;
    const { style } = terminal;
    const page = await withTasks(context, ({ tasks }) => tasks.list(given(options)));
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) {
      const { status, type } = options;
      terminal.note(
        status === undefined && type === undefined
          ? 'There are no tasks. Add one with: markitect tasks enqueue <type>'
          : `There is no ${status === undefined ? 'task' : `${status} task`}${type === undefined ? '' : ` of type ${type}`}.`,
      );
    } else {
      printColumns<Task>(
        terminal,
        [
          { heading: 'ID', text: ({ id }) => String(id), align: 'right', paint: style.bold },
          { heading: 'TYPE', text: ({ type }) => type, shorten: 'end', least: 12 },
          { heading: 'STATUS', text: ({ status }) => status, paint: paintStatus(style) },
          {
            heading: 'TRIES',
            text: ({ attempts, maxAttempts }) => (attempts === 0 ? '' : `${attempts}/${maxAttempts}`),
            exact: ({ attempts }) => String(attempts),
            align: 'right',
          },
          {
            heading: 'WHEN',
            text: whenText,
            exact: ({ status, runAt, finishedAt, startedAt, createdAt }) =>
              status === 'delayed' ? runAt : (finishedAt ?? startedAt ?? createdAt),
            paint: style.dim,
          },
          { heading: 'DETAIL', text: detailText, shorten: 'end', last: true },
        ],
        page.items,
      );
    }
    noteNextPage(context, page);
  },
});
