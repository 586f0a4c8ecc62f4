import type { WorkerEvent } from '@markitect/application';
import type { Task, TaskProgress } from '@markitect/domain';
import { fitEnd } from './fit.js';
import { printableLine } from './printable.js';
import type { LineSpace, ProgressView } from './progress.js';

/** What a worker is at. */
export interface WorkState {
  /** The tasks that run, the one that began last at the end. */
  readonly running: ReadonlyMap<number, { readonly task: Task; readonly progress?: TaskProgress }>;
  readonly completed: number;
  /** Attempts that failed, whether they are repeated or not. */
  readonly failed: number;
  /** Tasks that wait for a worker; absent: nobody has looked yet. */
  readonly waiting?: number;
}

export const noWork: WorkState = { running: new Map(), completed: 0, failed: 0 };

/** The state after an event. */
export function afterEvent(state: WorkState, event: WorkerEvent): WorkState {
  if (event.kind === 'started' || event.kind === 'progress') {
    const { task } = event;
    const running = new Map(state.running);
    running.set(task.id, event.kind === 'progress' ? { task, progress: event.progress } : { task });
    return { ...state, running };
  }
  if (event.kind !== 'ended') return state;
  const running = new Map(state.running);
  running.delete(event.task.id);
  return {
    ...state,
    running,
    completed: state.completed + (event.end === 'completed' ? 1 : 0),
    failed: state.failed + (event.end === 'retrying' || event.end === 'dead' ? 1 : 0),
  };
}

/** How a worker is shown. */
export const workProgress: ProgressView<WorkState> = {
  initial: noWork,
  share: ({ completed }) => ({ done: completed }),
  line: workLine,
};

/** The text of the line: as much of it as fits. */
export function workLine(
  { running, completed, failed, waiting }: WorkState,
  seconds: number,
  { width }: LineSpace,
): string {
  const parts = [
    running.size === 0 ? 'idle' : `${running.size} running`,
    `${completed} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(waiting === undefined || waiting === 0 ? [] : [`${waiting} waiting`]),
    ...(completed > 0 && seconds > 0
      ? [`${(completed / seconds).toFixed(completed / seconds < 10 ? 1 : 0)}/s`]
      : []),
  ];
  while (parts.length > 1 && parts.join('  ').length >= width) parts.pop();
  const first = [...running.values()][0];
  const line = parts.join('  ');
  const room = width - 1 - line.length - 2;
  if (first === undefined || room < 16) return line;
  const { task, progress } = first;
  const share =
    progress === undefined
      ? ''
      : ` ${progress.done}${progress.total === undefined ? '' : `/${progress.total}`}`;
  const note = progress?.note === undefined ? '' : ` ${printableLine(progress.note)}`;
  return `${line}  ${fitEnd(`#${task.id} ${task.type}${share}${note}`, room)}`;
}
