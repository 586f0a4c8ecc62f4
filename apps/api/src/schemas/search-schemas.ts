import { z } from 'zod';
import { pageOf, searchHit } from './document-schemas.js';
import { issueHit } from './issue-schemas.js';

export const searchAnswer = z
  .object({
    documents: pageOf(searchHit).exactOptional().meta({ description: 'Absent: not looked for there.' }),
    issues: pageOf(issueHit).exactOptional().meta({ description: 'Absent: not looked for there.' }),
    issuesAsOf: z
      .string()
      .exactOptional()
      .meta({
        description:
          'When the copy of the tracker last was as the tracker was; absent: there is no copy, or it was never made.',
        examples: ['2026-11-21T08:37:00.000Z'],
      }),
  })
  .meta({ id: 'SearchAnswer', description: 'What was found, by place.' });
