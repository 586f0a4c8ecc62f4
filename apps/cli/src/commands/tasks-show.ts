import type { Task } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printableLine, printableText } from '../terminal/printable.js';
import { showInstant, showSeconds } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, defineCommand } from './command.js';
import {
  paintStatus,
  progressText,
  showUntil,
  taskArgument,
  taskIdOf,
  taskShape,
  withTasks,
} from './tasks-view.js';

/** `markitect tasks show` */
export const tasksShow = defineCommand({
  name: ['tasks', 'show'],
  summary: 'show a task: its state, progress, result or failure',
  arguments: [taskArgument],
  examples: [{ command: 'markitect tasks show 42', does: 'what became of it' }],
  json: taskShape,
  async run(context, args) {
    const { terminal } = context;
    const id = taskIdOf(argument(args));
    const task = await withTasks(context, ({ tasks }) => tasks.get(id));
    if (terminal.json) terminal.printJson(task);
    else printTask(terminal, task);
  },
});

const LABEL_WIDTH = 11;
/** JSON of no more characters than these stands on one line. */
const SHORT = 60;

function printTask(terminal: Terminal, task: Task): void {
  const { style } = terminal;
  const { status, attempts, maxAttempts, priority, failure, progress } = task;
  const line = (label: string, text: string | undefined) =>
    text === undefined ? [] : [`  ${style.dim(label.padEnd(LABEL_WIDTH))} ${text}`];
  const instant = (timestamp: string | undefined) =>
    timestamp === undefined ? undefined : `${showInstant(timestamp)}, ${showSince(timestamp)}`;
  terminal.print(
    `${style.bold(`#${task.id}`)} ${style.bold(task.type)}  ${paintStatus(style)(status)}${task.isCancelRequested === true ? ', to be cancelled' : ''}`,
    ...line('attempts', `${attempts} of ${maxAttempts}`),
    ...line('priority', priority === 0 ? undefined : String(priority)),
    ...line('due', status === 'delayed' ? `${showInstant(task.runAt)}, ${showUntil(task.runAt)}` : undefined),
    ...line('key', task.uniqueKey && printableLine(task.uniqueKey)),
    ...line('limit key', task.limitKey === task.type ? undefined : printableLine(task.limitKey)),
    ...line('schedule', task.schedule),
    ...line('enqueued', instant(task.createdAt)),
    ...line('began', instant(task.startedAt)),
    ...line('ended', endText(task)),
    ...line('worker', status === 'running' ? task.worker : undefined),
    ...line('progress', progress && progressText(progress)),
    ...line('failure', failure && style.red(`${printableLine(failure.message)} (${failure.code})`)),
    ...(failure === undefined ? [] : line('', instant(failure.at))),
    ...block(style.dim, 'payload', task.payload === null ? undefined : task.payload),
    ...block(style.dim, 'result', task.result),
  );
  if (status === 'dead')
    terminal.note('', terminal.noteStyle.dim(`Once more: markitect tasks retry ${task.id}`));
}

function endText({ startedAt, finishedAt }: Task): string | undefined {
  if (finishedAt === undefined) return undefined;
  const seconds = startedAt === undefined ? 0 : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return `${showInstant(finishedAt)}${seconds > 0 ? `, after ${showSeconds(seconds)}` : ''}`;
}

/** A value in JSON: behind its label where it is short. */
function block(paint: (text: string) => string, label: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const short = printableText(JSON.stringify(value));
  if (short.length <= SHORT) return [`  ${paint(label.padEnd(LABEL_WIDTH))} ${short}`];
  const lines = printableText(JSON.stringify(value, undefined, 2)).split('\n');
  return [`  ${paint(label)}`, ...lines.map((each) => `    ${each}`)];
}
