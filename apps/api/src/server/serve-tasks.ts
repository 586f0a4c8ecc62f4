import type { WorkerEvent } from '@markitect/application';
import type { FastifyBaseLogger } from 'fastify';
import type { Application } from '../composition/application.js';

/**
 * Lets the server do tasks until `stopping` aborts. Answers when it has ended: tasks that run may finish for
 * `graceMs`, others are given back.
 */
export async function serveTasks(
  application: Pick<Application, 'worker'>,
  { log, graceMs, stopping }: { log: FastifyBaseLogger; graceMs: number; stopping: AbortSignal },
): Promise<void> {
  const worker = application.worker({ graceMs, onEvent: (event) => logEvent(log, event) });
  try {
    await worker.run(stopping);
  } catch (error) {
    // Requests can be answered all the same.
    log.error({ err: error }, 'the worker has ended: no tasks are done any more');
  }
}

function logEvent(log: FastifyBaseLogger, event: WorkerEvent): void {
  switch (event.kind) {
    case 'started':
      log.debug({ task: event.task.id, type: event.task.type, attempt: event.task.attempts }, 'task begins');
      return;
    case 'progress':
      return;
    case 'ended': {
      const { task, end, runMs, failure } = event;
      const facts = { task: task.id, type: task.type, end, runMs: Math.round(runMs), failure };
      if (end === 'dead' || end === 'lost') log.warn(facts, `task ${end}`);
      else log.info(facts, `task ${end}`);
      return;
    }
    case 'rescued':
      log.warn({ count: event.count }, 'tasks taken from workers that have fallen silent');
      return;
    case 'scheduled':
      log.info({ schedule: event.schedule, task: event.id }, 'schedule due');
      return;
    case 'trouble':
      log.warn({ err: event.error }, `${event.during} failed, and is tried again`);
  }
}
