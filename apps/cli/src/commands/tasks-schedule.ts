import type { TaskSchedule } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { showInstant } from '../terminal/quantities.js';
import { argument, type ArgumentDefinition, defineCommand } from './command.js';
import { given, nonEmpty } from './option-values.js';
import { draftOf, draftOptions, type DraftOptions } from './tasks-enqueue.js';
import { showUntil, withTasks } from './tasks-view.js';

const nameArgument: ArgumentDefinition = { name: 'name', description: 'the schedule: nightly' };

const scheduleShape = `{
  name: string; cron: string; timeZone: string; nextRunAt: string; lastRunAt?: string;
  task: { type: string; payload?: unknown; priority?: number; maxAttempts?: number; uniqueKey?: string; limitKey?: string };
}`;

/** `markitect tasks schedule list` */
export const tasksScheduleList = defineCommand({
  name: ['tasks', 'schedule', 'list'],
  summary: 'list the schedules by which tasks are made',
  description:
    'Not on a terminal: name, times, time zone, type, time it is due next and time it was due last (UTC), separated by ' +
    'tabs.',
  examples: [{ command: 'markitect tasks schedule list', does: 'all of them' }],
  json: `{
  items: ${scheduleShape.replaceAll('\n', '\n  ')}[];
}`,
  async run(context) {
    const { terminal } = context;
    const { style } = terminal;
    const items = await withTasks(context, ({ tasks }) => tasks.schedules());
    if (terminal.json) terminal.printJson({ items });
    else if (items.length === 0) {
      terminal.note(
        'There are no schedules. Add one with: markitect tasks schedule set <name> <cron> <type>',
      );
    } else {
      printColumns<TaskSchedule>(
        terminal,
        [
          { heading: 'NAME', text: ({ name }) => name, shorten: 'end', last: true, paint: style.bold },
          { heading: 'TIMES', text: ({ cron }) => cron },
          { heading: 'TIME ZONE', text: ({ timeZone }) => printableLine(timeZone), shorten: 'end' },
          { heading: 'TYPE', text: ({ task }) => task.type, shorten: 'end' },
          {
            heading: 'NEXT',
            text: ({ nextRunAt }) => showUntil(nextRunAt),
            exact: ({ nextRunAt }) => nextRunAt,
          },
          {
            heading: 'LAST',
            text: ({ lastRunAt }) => (lastRunAt === undefined ? '' : showSince(lastRunAt)),
            exact: ({ lastRunAt = '' }) => lastRunAt,
            paint: style.dim,
          },
        ],
        items,
      );
    }
  },
});

interface SetOptions extends DraftOptions {
  readonly timeZone?: string;
}

/** `markitect tasks schedule set` */
export const tasksScheduleSet = defineCommand<SetOptions>({
  name: ['tasks', 'schedule', 'set'],
  summary: 'make a task again and again, or change when and which',
  description:
    'The times are five fields (minute, hour, day of the month, month, day of the week) or six, seconds first, in quotes. ' +
    'They are those of the clocks of the time zone: where a time is skipped it runs at the end of the gap, where it comes ' +
    'twice once. Times missed while no worker ran are made up for by one task. Without --key, no second task is made ' +
    'while one of the schedule is unfinished.',
  arguments: [
    nameArgument,
    { name: 'cron', description: 'the times: "0 3 * * 1-5"' },
    { name: 'type', description: 'what is to be done: issues.sync' },
  ],
  options: [
    {
      flags: '--time-zone <name>',
      description: 'whose clocks: Europe/Berlin',
      defaultText: 'UTC',
      parse: nonEmpty('--time-zone'),
    },
    ...draftOptions,
  ],
  examples: [
    {
      command: 'markitect tasks schedule set sync "*/15 * * * *" issues.sync',
      does: 'every quarter of an hour',
    },
    {
      command: 'markitect tasks schedule set tidy "0 4 * * *" tasks.prune --time-zone Europe/Berlin',
      does: 'every night at four in Berlin',
    },
  ],
  json: scheduleShape,
  async run(context, args, { timeZone, ...options }) {
    const { terminal } = context;
    const [name, cron, type] = [argument(args, 0), argument(args, 1), argument(args, 2)];
    const task = await draftOf(context, type, options);
    const schedule = await withTasks(context, ({ tasks }) =>
      tasks.saveSchedule({ name, cron, task, ...given({ timeZone }) }, { force: options.force === true }),
    );
    if (terminal.json) terminal.printJson(schedule);
    else {
      const { nextRunAt } = schedule;
      terminal.print(
        `${terminal.style.bold(name)} makes ${type}, next ${showUntil(nextRunAt)} (${showInstant(nextRunAt)} here)`,
      );
    }
  },
});

/** `markitect tasks schedule remove` */
export const tasksScheduleRemove = defineCommand({
  name: ['tasks', 'schedule', 'remove'],
  summary: 'remove a schedule; tasks it has made stay',
  arguments: [nameArgument],
  examples: [{ command: 'markitect tasks schedule remove sync', does: 'this one' }],
  json: `{ removed: string }`,
  async run(context, args) {
    const { terminal } = context;
    const name = argument(args);
    await withTasks(context, ({ tasks }) => tasks.removeSchedule(name));
    if (terminal.json) terminal.printJson({ removed: name });
    else terminal.print(`removed the schedule ${terminal.style.bold(printableLine(name))}`);
  },
});
