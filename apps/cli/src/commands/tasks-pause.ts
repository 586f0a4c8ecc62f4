import { argument, type ArgumentDefinition, defineCommand } from './command.js';
import { withTasks } from './tasks-view.js';

const typeArgument: ArgumentDefinition = { name: 'type', description: 'the type: issues.sync' };
const json = `{ type: string; isPaused: boolean }`;

/** `markitect tasks pause` */
export const tasksPause = defineCommand({
  name: ['tasks', 'pause'],
  summary: 'let no task of a type begin, in any worker',
  description:
    'Those that run go on. It holds until it is resumed, whatever is started anew meanwhile. The type need not be known ' +
    'here: workers elsewhere may know it.',
  arguments: [typeArgument],
  examples: [{ command: 'markitect tasks pause issues.sync', does: 'while the tracker is moved' }],
  json,
  async run(context, args) {
    const { terminal } = context;
    const type = argument(args);
    const isKnown = await withTasks(context, async ({ tasks }) => {
      await tasks.pause(type);
      const kept = await tasks.stats();
      return [...tasks.types(), ...kept.filter(({ counts }) => sumOf(counts) > 0)].some(
        (each) => each.type === type,
      );
    });
    if (!isKnown) terminal.note(`No task of this type is kept, and no worker here knows it.`);
    if (terminal.json) terminal.printJson({ type, isPaused: true });
    else {
      terminal.print(`paused ${terminal.style.bold(type)}`);
      terminal.note(terminal.noteStyle.dim(`  markitect tasks resume ${type}`));
    }
  },
});

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

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
