import { z } from 'zod';

/** What the API says of the copy of a tracker. */

const count = z
  .number()
  .int()
  .meta({ examples: [3] });

const lastSync = z
  .string()
  .exactOptional()
  .meta({
    description: 'When the copy last was as the tracker was; absent: never.',
    examples: ['2026-11-21T08:37:00.000Z'],
  });

export const syncReport = z
  .object({
    kind: z.enum(['full', 'incremental']).meta({
      description: 'Whether every issue was looked at, or only those changed.',
      examples: ['incremental'],
    }),
    resumed: z.boolean().meta({ description: 'It went on where another had ended.', examples: [false] }),
    issues: count.meta({ description: 'Different issues taken over.', examples: [3] }),
    removed: count.meta({ description: 'Issues the tracker has no longer.', examples: [0] }),
    total: count.meta({ description: 'Issues in the copy now.', examples: [2000] }),
    syncedAt: lastSync,
    seconds: z.number().meta({ examples: [0.42] }),
    interrupted: z.boolean().meta({
      description: 'Whether it ended early. What was taken over stays, and the next one goes on from there.',
      examples: [false],
    }),
  })
  .meta({ id: 'SyncReport', description: 'What a synchronisation did.' });

export const syncProgress = z
  .object({
    running: z.boolean().meta({ description: 'Whether this server is at it now.', examples: [true] }),
    phase: z
      .enum(['all', 'changes', 'check'])
      .exactOptional()
      .meta({
        description: 'Of one that runs: taking over every issue, those changed, or looking for removed ones.',
        examples: ['all'],
      }),
    issues: count
      .exactOptional()
      .meta({ description: 'Of one that runs: issues taken over.', examples: [350] }),
    total: count
      .exactOptional()
      .meta({ description: 'Of one that runs, in phase `all`: how many there are.', examples: [2000] }),
    resumable: z.boolean().meta({
      description:
        'A pass over all issues has begun and not ended; if none runs, the next goes on from there.',
      examples: [true],
    }),
    syncedAt: lastSync,
  })
  .meta({ id: 'SyncProgress', description: 'How far the copy of the tracker is.' });
