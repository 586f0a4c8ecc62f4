import { z } from 'zod';
import { problemFields } from './answer-schemas.js';

/** What the API says of connections. */

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });

const lease = z.object({
  inUse: count('How many are taken.', 1),
  idle: count('How many are free.', 7),
  waiting: count('How many callers wait for one.', 0),
  waitMs: z
    .number()
    .meta({ description: 'All waiting of the past together, in milliseconds.', examples: [12.5] }),
});

const connection = z
  .object({
    name: z.string().meta({ examples: ['gitea'] }),
    kind: z.enum(['sql', 'http', 'redis']).meta({ examples: ['http'] }),
    status: z.enum(['up', 'down', 'closed']).meta({
      description: 'Whether it answers now. `closed`: nobody has needed it yet, and nothing was asked of it.',
      examples: ['up'],
    }),
    latencyMs: z
      .number()
      .meta({ description: 'How long the answer took, in milliseconds.', examples: [1.8] }),
    error: z.object(problemFields).exactOptional().meta({ description: 'Why it is down.' }),
    open: z.boolean().meta({ examples: [true] }),
    leases: z.record(z.string(), lease).meta({
      description: 'By the name of what is leased.',
      examples: [{ sockets: { inUse: 1, idle: 7, waiting: 0, waitMs: 12.5 } }],
    }),
    counters: z
      .record(z.string(), z.number())
      .exactOptional()
      .meta({
        description: 'What has been counted since the server started. Never falls.',
        examples: [{ requests: 120, retries: 2 }],
      }),
    states: z
      .record(z.string(), z.string())
      .exactOptional()
      .meta({ description: 'What parts of it are in now.', examples: [{ breaker: 'closed' }] }),
  })
  .meta({ id: 'Connection', description: 'A connection: whether it answers, and how much of it is in use.' });

export const connectionList = z.object({ items: z.array(connection).readonly() });
