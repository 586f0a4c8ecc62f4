import type { TaskTypeStats } from '@markitect/ports';
import { showAge } from '../terminal/age.js';
import { type Column, printColumns } from '../terminal/columns.js';
import { taskStatuses, type TaskStatus } from '@markitect/domain';
import { defineCommand } from './command.js';
import { paintStatus, withTasks } from './tasks-view.js';

/** `markitect tasks stats` */
export const tasksStats = defineCommand({
  name: ['tasks', 'stats'],
  summary: 'how many tasks of each type there are, and how long they wait',
  description:
    'Not on a terminal: type, the numbers of delayed, waiting, running, completed, cancelled and dead tasks, since when ' +
    'the oldest that waits could have begun (UTC), and "paused" or nothing, separated by tabs.',
  examples: [{ command: 'markitect tasks stats', does: 'all types' }],
  json: `{
  items: {
    type: string;
    counts: { delayed: number; waiting: number; running: number; completed: number; cancelled: number; dead: number };
    oldestWaiting?: string; isPaused: boolean;
  }[];
  limits: { key: string; concurrency?: number; perSecond?: number; burst?: number }[];
}`,
  async run(context) {
    const { terminal } = context;
    const { style } = terminal;
    const { items, limits } = await withTasks(context, async ({ tasks }) => ({
      items: await tasks.stats(),
      limits: await tasks.limits(),
    }));
    if (terminal.json) {
      terminal.printJson({ items, limits });
      return;
    }
    if (items.length === 0) terminal.note('There are no tasks.');
    else {
      const column = (status: TaskStatus): Column<TaskTypeStats> => ({
        heading: headings[status],
        text: ({ counts }) => (counts[status] === 0 ? '' : String(counts[status])),
        exact: ({ counts }) => String(counts[status]),
        align: 'right',
        paint: (text) => (/\d/.test(text) ? paintStatus(style)(status).replace(status, text) : text),
      });
      printColumns<TaskTypeStats>(
        terminal,
        [
          { heading: 'TYPE', text: ({ type }) => type, shorten: 'end', paint: style.bold },
          ...taskStatuses.map(column),
          {
            heading: 'OLDEST',
            text: ({ oldestWaiting }) => (oldestWaiting === undefined ? '' : waited(oldestWaiting)),
            exact: ({ oldestWaiting = '' }) => oldestWaiting,
          },
          { heading: 'PAUSED', text: ({ isPaused }) => (isPaused ? 'paused' : ''), paint: style.yellow },
        ],
        items,
      );
    }
    if (terminal.isInteractive && limits.length > 0) {
      terminal.note(
        '',
        terminal.noteStyle.dim(`Limited: ${limits.map(({ key }) => key).join(', ')} (markitect tasks limit)`),
      );
    }
  },
});

/** Short ones, so that all fit. */
const headings: Readonly<Record<TaskStatus, string>> = {
  delayed: 'DELAYED',
  waiting: 'WAITING',
  running: 'RUNNING',
  completed: 'DONE',
  cancelled: 'CANC.',
  dead: 'DEAD',
};

function waited(since: string): string {
  const ms = Math.max(0, Date.now() - Date.parse(since));
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : showAge(ms).replace(' ago', '');
}
