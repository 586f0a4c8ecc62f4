import { z } from 'zod';

/** What the API says of the cache. */

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });

const tier = z.object({
  tier: z.string().meta({
    description: '`memory`, `issues-memory` where Redis is configured, or what is below it.',
    examples: ['memory'],
  }),
  entries: count('How many values it holds.', 812).exactOptional(),
  bytes: count('What they occupy.', 4_194_304).exactOptional(),
  maxBytes: count('What they may occupy at most.', 67_108_864).exactOptional(),
  hits: count('Reads it had a fresh value for.', 1_204),
  misses: count('Reads it had none for.', 96),
  hitRate: z
    .number()
    .exactOptional()
    .meta({ description: 'Hits of all reads, 0 to 1; absent while nothing was read.', examples: [0.926] }),
  errors: count('Operations that failed or took too long.', 0),
  evictions: count(
    'Values that left because there was no room; absent where nobody tells, as of Redis.',
    0,
  ).exactOptional(),
  breaker: z.enum(['closed', 'open', 'half-open']).meta({
    description: '`open`: it failed or was slow too often and is done without; it is tried again by itself.',
    examples: ['closed'],
  }),
});

export const cacheOverview = z
  .object({
    tiers: z.array(tier).readonly().meta({ description: 'From fast to slow.' }),
    staleHits: count('Expired values that were served within their grace.', 0),
    untrusted: count(
      'Reads that could use nothing kept, because the log of invalidations could not be read.',
      0,
    ),
    factories: z
      .object({
        runs: count('How often a value was made.', 96),
        failures: count('How often that failed.', 2),
        meanMs: z
          .number()
          .exactOptional()
          .meta({ description: 'In milliseconds.', examples: [18.4] }),
        p50Ms: z
          .number()
          .exactOptional()
          .meta({ description: 'The median of the last thousand, in milliseconds.', examples: [11.2] }),
      })
      .meta({ description: 'What makes the values: queries, requests to the tracker.' }),
  })
  .meta({ id: 'Cache', description: 'The cache of this server. Counts begin with its start.' });

const place = z.object({
  tier: z.string().meta({ examples: ['disk'] }),
  bytes: count('Of the value as it is stored.', 1_830),
  expiresAt: z
    .string()
    .exactOptional()
    .meta({ description: 'RFC 3339, UTC; absent: never.', examples: ['2026-11-21T12:00:05.000Z'] }),
  version: count('The position of the log of invalidations for which it was made.', 1_795_264_000_000_123),
});

export const cacheEntry = z
  .object({
    key: z.string().meta({ examples: ['issues:IssueRepository.get:https://git.example.org team/app:7'] }),
    state: z.enum(['fresh', 'negative', 'absent']).meta({
      description:
        '`negative`: it is remembered that there is none. `absent`: something is stored and not valid any more.',
      examples: ['fresh'],
    }),
    ageMs: z
      .number()
      .exactOptional()
      .meta({ description: 'How long ago it was made, in milliseconds.', examples: [1_200] }),
    value: z
      .unknown()
      .exactOptional()
      .meta({ description: 'Present when fresh.', examples: [{ number: 7 }] }),
    tiers: z.array(place).readonly().meta({ description: 'Where it is below memory.' }),
  })
  .meta({ id: 'CacheEntry', description: 'What is cached under a key.' });

const names = (what: string, example: string) =>
  z
    .array(z.string().min(1).max(8_192))
    .max(1_000)
    .readonly()
    .exactOptional()
    .meta({ description: what, examples: [[example]] });

export const invalidateBody = z.strictObject({
  keys: names('Keys, with the names of their parts of the cache.', 'issues:IssueRepository.get:…:7'),
  tags: names('Tags: everything that carries one of them.', 'IssueRepository'),
});

export const cacheKeyParams = z.strictObject({
  key: z.string().meta({
    description: 'With the name of its part of the cache, percent-encoded.',
    examples: ['documents:…'],
  }),
});
