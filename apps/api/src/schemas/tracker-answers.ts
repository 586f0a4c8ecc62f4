import { errorCodes } from '@markitect/domain';
import { z } from 'zod';
import { problems } from './answer-schemas.js';

/** What answers have in common that may come from a tracker elsewhere. */

export const staleness = z
  .object({
    ageSeconds: z
      .number()
      .int()
      .meta({ description: 'How old the answer may be, rounded up.', examples: [61] }),
    code: z.enum(Object.keys(errorCodes) as [string, ...string[]]).meta({
      description: 'The error in which asking the tracker ended.',
      examples: ['HTTP_UNREACHABLE'],
    }),
  })
  .meta({
    id: 'Staleness',
    description:
      'The tracker did not answer: this is the last that is known of it. The headers `Age` and `Warning: 110` say so, too.',
  });

/** The field of an answer that may be old. */
export const staleField = { stale: staleness.exactOptional() };

type TrackerProblem = Parameters<typeof problems>[0];

/** The problems of every route behind which there may be a tracker elsewhere, and those of one route. */
export function trackerProblems<S extends TrackerProblem = never>(...more: S[]) {
  return problems<S | 404 | 429 | 502>(404, 429, 502, ...more);
}
