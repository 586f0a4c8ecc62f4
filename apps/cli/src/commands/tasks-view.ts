import type { Application } from '@markitect/api';
import { type Task, type TaskProgress, taskStatuses, type TaskStatus } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { showSince } from '../terminal/age.js';
import { printableLine } from '../terminal/printable.js';
import type { Style, Terminal } from '../terminal/terminal.js';
import type { ArgumentDefinition } from './command.js';
import { wholeNumber } from './option-values.js';

/** The task of a command. */
export const taskArgument: ArgumentDefinition = { name: 'id', description: 'the number of the task: 42' };

/** The tasks of a command. */
export const tasksArgument: ArgumentDefinition = {
  name: 'id',
  description: 'numbers of tasks: 42 43',
  variadic: true,
};

/** Reads {@link taskArgument}. Throws UsageError. */
export const taskIdOf = wholeNumber('<id>', 1, Number.MAX_SAFE_INTEGER);

/** Runs `work` with the application of the project the working folder lies in. */
export async function withTasks<T>(
  context: CommandContext,
  work: (application: Application) => Promise<T>,
): Promise<T> {
  return context.withApplication(work, { config: await context.projectConfig() });
}

/** The shape of a task in JSON. */
export const taskShape = `{
  id: number; type: string; payload: unknown;
  status: 'delayed' | 'waiting' | 'running' | 'completed' | 'cancelled' | 'dead';
  priority: number; runAt: string; attempts: number; maxAttempts: number;
  uniqueKey?: string; limitKey: string; fence: number;
  worker?: string; leaseUntil?: string; isCancelRequested?: boolean;
  progress?: { done: number; total?: number; note?: string };
  result?: unknown; failure?: { code: string; message: string; at: string };
  schedule?: string; createdAt: string; updatedAt: string; startedAt?: string; finishedAt?: string;
}`;

/** Statuses in their colors; a text that is none, as in a heading, stays as it is. */
export function paintStatus(style: Style): (text: string) => string {
  const colors: Readonly<Record<TaskStatus, (text: string) => string>> = {
    delayed: style.dim,
    waiting: style.cyan,
    running: style.yellow,
    completed: style.green,
    cancelled: style.dim,
    dead: style.red,
  };
  return (text) => {
    const status = taskStatuses.find((each) => each === text.trim());
    return status === undefined ? text : colors[status](text);
  };
}

/** `350/2000 files`, `350 files`. */
export function progressText({ done, total, note = '' }: TaskProgress): string {
  return `${done}${total === undefined ? '' : `/${total}`} ${printableLine(note)}`.trimEnd();
}

/** What is worth knowing of a task in a list: why it failed, how far it is, what it is about. */
export function detailText({ status, failure, progress, isCancelRequested, payload }: Task): string {
  if (isCancelRequested === true) return 'to be cancelled';
  if (status === 'running' && progress !== undefined) return progressText(progress);
  if (failure !== undefined && status !== 'completed') {
    return `${failure.code}: ${printableLine(failure.message)}`;
  }
  return payload === null ? '' : printableLine(JSON.stringify(payload));
}

/** When what the status says came about, or will: `in 5 min`, `2 h ago`. */
export function whenText(task: Task): string {
  if (task.status === 'delayed') return showUntil(task.runAt);
  return showSince(
    task.finishedAt ?? (task.status === 'running' ? task.startedAt : undefined) ?? task.createdAt,
  );
}

/** How far away an instant is: `in 40 s`, `in 5 min`, `in 3 h`, `in 2 days`. */
export function showUntil(timestamp: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(timestamp) - now) / 1000));
  if (seconds < 60) return `in ${seconds} s`;
  if (seconds < 100 * 60) return `in ${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `in ${Math.round(seconds / 3600)} h`;
  return `in ${Math.round(seconds / 86_400)} days`;
}

/** Prints what was done to tasks: for a person a line for each, for a program their numbers and statuses. */
export function printChanged(terminal: Terminal, tasks: readonly Task[], done: (task: Task) => string): void {
  if (terminal.json) {
    terminal.printJson({ items: tasks });
    return;
  }
  const { style, isInteractive } = terminal;
  terminal.print(
    ...tasks.map((task) =>
      isInteractive
        ? `${done(task)} ${style.bold(`#${task.id}`)} ${task.type}`
        : `${task.id}\t${task.status}`,
    ),
  );
}
