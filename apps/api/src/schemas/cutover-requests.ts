import { cutoverSides } from '@markitect/domain';
import { z } from 'zod';
import { cutoverComponents } from '../composition/cutover-plans.js';
import { pageQuery, wholeNumber } from './request-schemas.js';

/** What the API may be asked of cutovers. */

const number = (description: string, example: number) =>
  z.number().meta({ description, examples: [example] });

const name = z
  .string()
  .min(1)
  .meta({
    description: '`users`, `configuration`, `conversations`, `analytics` or `issues`.',
    examples: ['users'],
  });

export const cutoverParams = z.strictObject({ component: name });
export const cutoverRepairParams = z.strictObject({
  id: z
    .preprocess(wholeNumber, z.number().int().min(1).max(Number.MAX_SAFE_INTEGER))
    .meta({ description: 'The number of the repair.', examples: [42] }),
});
export const cutoverPageQuery = z.strictObject(pageQuery);
const known = z
  .enum(cutoverComponents)
  .exactOptional()
  .meta({ description: 'Only of this component.', examples: ['users'] });
export const cutoverLogQuery = z.strictObject({ ...pageQuery, component: known });
export const cutoverEventsQuery = z.strictObject({ component: known });
export const cutoverEventsHeaders = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, 'must be the id of an event')
    .exactOptional()
    .meta({
      description:
        'The id of the last event received, as browsers send it when they connect again: what was missed comes first.',
      examples: ['7'],
    }),
});

const asked = {
  who: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'Stands in the log.', examples: ['ada'] }),
  why: z
    .string()
    .min(1)
    .max(2000)
    .meta({ description: 'Stands in the log.', examples: ['first users'] }),
};
const dryRun = z
  .boolean()
  .exactOptional()
  .meta({ description: 'Only judge. Default false.', examples: [false] });

/** Without a body all fields are missing: then they are named, not the body. */
const bodyOf = <S extends z.ZodType>(schema: S) => z.preprocess((body) => body ?? {}, schema);

export const cutoverRequest = bodyOf(z.strictObject(asked));

const judged = {
  who: asked.who
    .exactOptional()
    .meta({ description: 'Stands in the log. Not needed for a dry run.', examples: ['ada'] }),
  why: asked.why
    .exactOptional()
    .meta({ description: 'Stands in the log. Not needed for a dry run.', examples: ['first users'] }),
  dryRun,
};

/** Who and why, unless nothing is done. */
function orDryRun<T extends { readonly who?: string; readonly why?: string; readonly dryRun?: boolean }>({
  value,
  issues,
}: z.core.ParsePayload<T>): void {
  if (value.dryRun === true) return;
  for (const field of ['who', 'why'] as const) {
    if (value[field] !== undefined) continue;
    issues.push({
      code: 'custom',
      path: [field],
      message: 'must be given, unless dryRun is true',
      input: value,
    });
  }
}

export const judgedRequest = bodyOf(z.strictObject(judged).check(orDryRun));
export const switchReadsRequest = bodyOf(
  z
    .strictObject({
      ...judged,
      percent: z
        .number()
        .min(0)
        .max(100)
        .meta({ description: 'The share of keys, 0 to 100; 100 is all of them.', examples: [25] }),
    })
    .check(orDryRun),
);
export const backfillRequest = bodyOf(
  z.strictObject({
    ...asked,
    perSecond: number('The most keys in a second.', 500).positive().exactOptional(),
    maxLatencyMs: number('Wait while live operations have a median above this.', 20)
      .positive()
      .exactOptional(),
    restart: z
      .boolean()
      .exactOptional()
      .meta({ description: 'Begin at the first key.', examples: [false] }),
  }),
);
export const diffRequest = bodyOf(
  z.strictObject({
    ...asked,
    percent: z
      .number()
      .min(1)
      .max(100)
      .exactOptional()
      .meta({ description: 'Default 100.', examples: [100] }),
    repair: z
      .enum([...cutoverSides, 'primary'])
      .exactOptional()
      .meta({
        description: 'Copy what differs from this side, or the one that answers.',
        examples: ['legacy'],
      }),
    restart: z
      .boolean()
      .exactOptional()
      .meta({ description: 'Begin at the first key.', examples: [false] }),
    limit: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .exactOptional()
      .meta({ description: 'Differing keys in the answer. Default 20.', examples: [20] }),
  }),
);
export const limitRequest = bodyOf(
  z.strictObject({
    ...asked,
    maxMismatchRate: z
      .number()
      .min(0)
      .max(1)
      .exactOptional()
      .meta({ examples: [0.001] }),
    maxErrorRate: z
      .number()
      .min(0)
      .max(1)
      .exactOptional()
      .meta({ examples: [0.01] }),
    maxLatencyRatio: z
      .number()
      .positive()
      .exactOptional()
      .meta({ examples: [3] }),
    maxDiffAgeMs: z
      .number()
      .positive()
      .exactOptional()
      .meta({ examples: [3_600_000] }),
    minCompared: z
      .number()
      .int()
      .min(1)
      .exactOptional()
      .meta({ examples: [100] }),
  }),
);
export const retryRequest = z
  .strictObject({
    id: z
      .number()
      .int()
      .min(1)
      .exactOptional()
      .meta({ description: 'Only this one. Default: all.', examples: [42] }),
  })
  .nullish();
