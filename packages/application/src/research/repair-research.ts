import { finishedTaskStatuses, type ScrapingJob, type Task } from '@markitect/domain';
import { endJob } from './end-job.js';
import type { ResearchPorts } from './research-ports.js';
import { isJobOver, isSearchOver, type ResearchStatus } from './research-status.js';

/**
 * Ends jobs whose tasks are over without having ended them: cancelled by hand, dead because the worker was killed each
 * time, pruned. Nobody else would ever end them. Answers whether there were any.
 */
export async function repairResearch(
  { tasks, unitOfWork }: Pick<ResearchPorts, 'tasks' | 'unitOfWork'>,
  { search, jobs }: ResearchStatus,
): Promise<boolean> {
  if (isSearchOver(search)) return false;
  let isRepaired = false;
  for (const { id, taskId } of jobs.filter((job) => !isJobOver(job))) {
    if (taskId === undefined || !isTaskOver(await tasks.get(taskId))) continue;
    await unitOfWork.run(
      async (transaction) => {
        // Seen again together: the task may have ended the job between the two looks.
        const job = await transaction.scrapingJobs.get(id);
        if (job === undefined || isJobOver(job)) return;
        const task = await transaction.tasks.get(taskId);
        if (!isTaskOver(task)) return;
        await endJob(transaction, job, outcomeOf(task));
      },
      { inside: 'refuse' },
    );
    isRepaired = true;
  }
  return isRepaired;
}

function isTaskOver(task: Task | undefined): boolean {
  return task === undefined || (finishedTaskStatuses as readonly string[]).includes(task.status);
}

function outcomeOf(task: Task | undefined): {
  readonly status: ScrapingJob['status'];
  readonly failure?: { readonly code: string; readonly message: string };
} {
  if (task?.status === 'cancelled') return { status: 'cancelled' };
  const { code, message } = task?.failure ?? {
    code: 'TASK_NOT_FOUND',
    message: 'its task was removed before it was done',
  };
  return { status: 'failed', failure: { code, message } };
}
