import { defineCommand } from './command.js';
import { printChanged, taskIdOf, tasksArgument, taskShape, withTasks } from './tasks-view.js';

const json = `{
  items: ${taskShape.replaceAll('\n', '\n  ')}[];
}`;

/** `markitect tasks cancel` */
export const tasksCancel = defineCommand({
  name: ['tasks', 'cancel'],
  summary: 'end tasks before they are done',
  description:
    'Those that have not begun are cancelled at once. The worker of one that runs learns of it within seconds and asks it ' +
    'to stop.',
  arguments: [tasksArgument],
  examples: [{ command: 'markitect tasks cancel 42', does: 'this one' }],
  json,
  async run(context, args) {
    const ids = args.map(taskIdOf);
    const changed = await withTasks(context, async ({ tasks }) => {
      const all = [];
      for (const id of ids) all.push(await tasks.cancel(id));
      return all;
    });
    printChanged(context.terminal, changed, ({ status }) =>
      status === 'running' ? 'asked to stop' : 'cancelled',
    );
  },
});

/** `markitect tasks retry` */
export const tasksRetry = defineCommand({
  name: ['tasks', 'retry'],
  summary: 'let delayed, cancelled or dead tasks wait again',
  description: 'They get all their attempts again. `markitect tasks redrive` does so with all dead ones.',
  arguments: [tasksArgument],
  examples: [
    { command: 'markitect tasks retry 42', does: 'this one' },
    { command: 'markitect tasks retry 42 43', does: 'both, without waiting for their time' },
  ],
  json,
  async run(context, args) {
    const ids = args.map(taskIdOf);
    const changed = await withTasks(context, async ({ tasks }) => {
      const all = [];
      for (const id of ids) all.push(await tasks.retry(id));
      return all;
    });
    printChanged(context.terminal, changed, () => 'waiting again');
  },
});
