import type { TaskService, WorkerEvent } from '@markitect/application';
import type { Telemetry } from '@markitect/telemetry';

/** What is of interest of tasks that are over: only that some are dead. */
const shownStatuses = ['delayed', 'waiting', 'running', 'dead'] as const;

/** Seconds: from what is done at once to what takes an hour. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/**
 * Shows the queue when metrics are collected, each by `type`:
 *
 * - `markitect.tasks.depth`, by `status`: how many are delayed, waiting, running and dead;
 * - `markitect.tasks.oldest_age`, in seconds: how long the one that waits longest could have begun;
 * - `markitect.tasks.paused`: 1 while no task of the type may begin.
 *
 * Collecting looks at each row of an index of the queue.
 */
export function observeTasks(tasks: Pick<TaskService, 'stats'>, { meter }: Telemetry, now = Date.now): void {
  const depth = meter.createObservableGauge('markitect.tasks.depth', {
    unit: '{task}',
    description: 'Tasks in the queue.',
  });
  const age = meter.createObservableGauge('markitect.tasks.oldest_age', {
    unit: 's',
    description: 'How long the task that waits longest could have begun.',
  });
  const paused = meter.createObservableGauge('markitect.tasks.paused', {
    unit: '1',
    description: '1 while no task of the type may begin.',
  });
  meter.addBatchObservableCallback(
    async (result) => {
      for (const { type, counts, oldestWaiting, isPaused } of await tasks.stats()) {
        const ofType = { 'markitect.task.type': type };
        for (const status of shownStatuses) {
          result.observe(depth, counts[status], { ...ofType, 'markitect.task.status': status });
        }
        const waited = oldestWaiting === undefined ? 0 : now() - Date.parse(oldestWaiting);
        result.observe(age, Math.max(0, waited) / 1000, ofType);
        result.observe(paused, isPaused ? 1 : 0, ofType);
      }
    },
    [depth, age, paused],
  );
}

/**
 * Measures what a worker does, each by `type`, and tells `onEvent` of it:
 *
 * - `markitect.tasks.wait`, in seconds: how long tasks could have begun before they did;
 * - `markitect.tasks.run`, in seconds, and `markitect.tasks.attempts`, by `end`: `completed`, `retrying`, `dead`,
 *   `cancelled`, `returned` or `lost`;
 * - `markitect.tasks.rescued`: tasks taken from workers that had fallen silent, of all types.
 */
export function meteredWorker(
  telemetry: Telemetry | undefined,
  onEvent: (event: WorkerEvent) => void = () => undefined,
): (event: WorkerEvent) => void {
  if (telemetry === undefined) return onEvent;
  const { meter } = telemetry;
  const seconds = (name: string, description: string) =>
    meter.createHistogram(`markitect.tasks.${name}`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: boundaries },
    });
  const wait = seconds('wait', 'How long tasks could have begun before they did.');
  const run = seconds('run', 'How long attempts took.');
  const attempts = meter.createCounter('markitect.tasks.attempts', {
    unit: '{attempt}',
    description: 'Attempts by how they ended.',
  });
  const rescued = meter.createCounter('markitect.tasks.rescued', {
    unit: '{task}',
    description: 'Tasks taken from workers that had fallen silent.',
  });
  return (event) => {
    if (event.kind === 'started') {
      wait.record(event.waitMs / 1000, { 'markitect.task.type': event.task.type });
    } else if (event.kind === 'ended') {
      const how = { 'markitect.task.type': event.task.type, 'markitect.task.end': event.end };
      run.record(event.runMs / 1000, how);
      attempts.add(1, how);
    } else if (event.kind === 'rescued') {
      rescued.add(event.count);
    }
    onEvent(event);
  };
}
