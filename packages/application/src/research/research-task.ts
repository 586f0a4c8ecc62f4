import { z } from 'zod';
import { defineTaskType, type TaskHandler, taskHandler } from '../tasks/task-type.js';
import type { ScrapeWorker } from './scrape-worker.js';

/** What a task of {@link researchTask} is told. */
const researchPayload = z.strictObject({
  searchId: z.int().min(1),
  jobId: z.int().min(1),
});
export type ResearchPayload = z.infer<typeof researchPayload>;

/** The tasks that do the jobs of researches. */
export const researchTask = defineTaskType<ResearchPayload>({
  type: 'research.scrape',
  summary: 'ask one source of a research',
  schema: researchPayload,
  // A worker that is killed costs one, too, and an attempt goes on where the last one was. Somebody waits for a source
  // that is down: half a minute, not ten.
  maxAttempts: 5,
  retry: { firstMs: 2000, longestMs: 2 * 60_000 },
});

/** What does them. */
export function researchTaskHandler(worker: ScrapeWorker): TaskHandler {
  return taskHandler(researchTask, async (context) => {
    const { task, payload, signal } = context;
    await worker.run(payload, {
      hold: { id: task.id, fence: task.fence },
      isLastAttempt: task.attempts >= task.maxAttempts,
      signal,
      complete: (work) => context.complete(work),
    });
  });
}
