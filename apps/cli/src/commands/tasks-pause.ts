import { argument, type ArgumentDefinition, defineCommand } from './command.js';
import { withTasks } from './tasks-view.js';

const typeArgument: ArgumentDefinition = { name: 'type', description: 'the type: issues.sync' };
const json = `{ type: string; isPaused: boolean }`;

/** `markitect tasks pause` */
export const tasksPause = defineCommand({
  name: ['tasks', 'pause'],
  summary: 'let no task of a type begin, in any worker',
  description: 'Those that run go on. It holds until it is resumed, whatever is started anew meanwhile.',
  arguments: [typeArgument],
  examples: [{ command: 'markitect tasks pause issues.sync', does: 'while the tracker is moved' }],
  json,
  async run(context, args) {
    const { terminal } = context;
    const type = argument(args);
    await withTasks(context, ({ tasks }) => tasks.pause(type));
    if (terminal.json) terminal.printJson({ type, isPaused: true });
    else {
      terminal.print(`paused ${terminal.style.bold(type)}`);
      terminal.note(terminal.noteStyle.dim(`  markitect tasks resume ${type}`));
    }
  },
});

/** `markitect tasks resume` */
export const tasksResume = defineCommand({
  name: ['tasks', 'resume'],
  summary: 'let tasks of a type begin again',
  arguments: [typeArgument],
  examples: [{ command: 'markitect tasks resume issues.sync', does: 'after a pause' }],
  json,
  async run(context, args) {
    const { terminal } = context;
    const type = argument(args);
    await withTasks(context, ({ tasks }) => tasks.resume(type));
    if (terminal.json) terminal.printJson({ type, isPaused: false });
    else terminal.print(`resumed ${terminal.style.bold(type)}`);
  },
});
