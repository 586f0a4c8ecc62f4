import { countOf } from '../terminal/quantities.js';
import { defineCommand } from './command.js';
import { given, nonEmpty, wholeNumber } from './option-values.js';
import { withTasks } from './tasks-view.js';

interface Options {
  readonly type?: string;
  readonly limit: number;
}

/** `markitect tasks redrive` */
export const tasksRedrive = defineCommand<Options>({
  name: ['tasks', 'redrive'],
  summary: 'let dead tasks wait again',
  description:
    'The oldest first, with all their attempts. One whose key another unfinished task has stays dead.',
  options: [
    { flags: '--type <type>', description: 'only those of this type', parse: nonEmpty('--type') },
    {
      flags: '--limit <count>',
      description: 'the most, 1 to 100000',
      default: 1000,
      parse: wholeNumber('--limit', 1, 100_000),
    },
  ],
  examples: [{ command: 'markitect tasks redrive --type issues.sync', does: 'after the tracker is back' }],
  json: `{ count: number }`,
  async run(context, _args, options) {
    const { terminal } = context;
    const count = await withTasks(context, ({ tasks }) => tasks.redrive(given(options)));
    if (terminal.json) terminal.printJson({ count });
    else terminal.print(`${countOf(count, 'dead task')} waiting again`);
  },
});

interface PruneOptions {
  readonly days: number;
  readonly dead?: boolean;
}

/** `markitect tasks prune` */
export const tasksPrune = defineCommand<PruneOptions>({
  name: ['tasks', 'prune'],
  summary: 'forget tasks that are over',
  description:
    'Completed and cancelled ones. To have it done every night: markitect tasks schedule set prune "0 4 * * *" tasks.prune',
  options: [
    {
      flags: '--days <count>',
      description: 'those that ended so many days ago or earlier; 0: all',
      default: 7,
      parse: wholeNumber('--days', 0, 36_500),
    },
    { flags: '--dead', description: 'dead ones, too' },
  ],
  examples: [{ command: 'markitect tasks prune --days 30 --dead', does: 'all that are older than a month' }],
  json: `{ count: number }`,
  async run(context, _args, options) {
    const { terminal } = context;
    const count = await withTasks(context, ({ tasks }) => tasks.prune(options));
    if (terminal.json) terminal.printJson({ count });
    else terminal.print(`${countOf(count, 'task')} forgotten`);
  },
});
