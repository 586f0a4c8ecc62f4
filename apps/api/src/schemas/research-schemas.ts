import {
  exportFormats,
  MAX_QUESTION_LENGTH,
  MAX_RESEARCH_RESULTS,
  MAX_RESEARCH_SOURCES,
} from '@markitect/application';
import { scrapingJobStatuses, searchStatuses } from '@markitect/domain';
import { z } from 'zod';
import { pageOf } from './document-schemas.js';
import { pageQuery, wholeNumber } from './request-schemas.js';

/** What the API says of researches, and what requests about them may say. */

const LARGEST = Number.MAX_SAFE_INTEGER;
const numberInPath = (description: string, example: number) =>
  z.preprocess(wholeNumber, z.number().int().min(1).max(LARGEST)).meta({ description, examples: [example] });
const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });
const timestamp = z.string().meta({ description: 'RFC 3339, UTC.', examples: ['2026-11-21T08:37:00.000Z'] });
const id = count('The number of the research.', 7);
const question = z.string().meta({ examples: ['How does borrowing work?'] });
const source = z.string().meta({
  description: '`docs`, `issues` or `web:<address>`.',
  examples: ['web:https://example.org/sitemap.xml'],
});
const code = z
  .string()
  .meta({ description: 'See the errors reference.', examples: ['WEB_ROBOTS_DISALLOWED'] });
const message = z.string().meta({ examples: ['the robots.txt of the site asks not to fetch this page'] });

const summaryFields = {
  id,
  question,
  sources: z.array(source).readonly(),
  status: z.enum(searchStatuses).meta({
    description:
      '`pending`: no source has begun; `completed`: all have ended, at least one with success; `failed`: every one has failed; `cancelled`: ended by somebody.',
    examples: ['running'],
  }),
  maxResults: count('The most results asked of each source.', 20),
  rerunOf: id.exactOptional().meta({ description: 'The research it repeats.', examples: [5] }),
  document: z
    .string()
    .exactOptional()
    .meta({ description: 'The path of the document it was saved as.', examples: ['research/borrowing.md'] }),
  createdAt: timestamp,
  updatedAt: timestamp,
  finishedAt: timestamp.exactOptional(),
};

export const researchSummary = z
  .object(summaryFields)
  .meta({ id: 'ResearchSummary', description: 'What a listing says of a research.' });

const job = z
  .object({
    id: count('The number of the job.', 12),
    source,
    status: z.enum(scrapingJobStatuses).meta({ examples: ['running'] }),
    taskId: count('The task that does it.', 31).exactOptional(),
    found: count('How many results it has found.', 14),
    done: count('How much of the source was looked at.', 40),
    total: count('How much there is to look at, as far as that is known.', 120).exactOptional(),
    problems: z
      .array(
        z.object({ reference: z.string().meta({ examples: ['https://example.org/huge'] }), code, message }),
      )
      .readonly()
      .meta({ description: 'The first things that could not be had.' }),
    problemCount: count('How many there were in all.', 1),
    failure: z
      .object({ code, message })
      .exactOptional()
      .meta({ description: 'Why the source as a whole has failed.' }),
    createdAt: timestamp,
    updatedAt: timestamp,
    startedAt: timestamp.exactOptional(),
    finishedAt: timestamp.exactOptional(),
  })
  .meta({ id: 'ResearchJob', description: 'The part of a research that one source has.' });

export const research = z
  .object({
    ...summaryFields,
    found: count('How many results were found so far, duplicates included.', 14),
    jobs: z.array(job).readonly().meta({ description: 'One for each source, in their order.' }),
  })
  .meta({ id: 'Research', description: 'A question, and how far each of its sources is.' });

export const researchResult = z
  .object({
    id: count('The number of the result.', 140),
    jobId: count('The job that found it.', 12),
    source,
    rank: count('Its place, from 1; absent before the end, and for duplicates.', 1).exactOptional(),
    reference: z.string().meta({
      description: 'The same for the same thing, wherever found.',
      examples: ['docs:guides/borrowing.md'],
    }),
    title: z.string().meta({ examples: ['Borrowing'] }),
    snippet: z
      .string()
      .meta({ description: 'Plain text.', examples: ['A reference borrows what it refers to …'] }),
    location: z.string().meta({ description: 'Where people find it.', examples: ['guides/borrowing.md'] }),
    score: z
      .number()
      .meta({ description: 'Higher is better; comparable within one source only.', examples: [3.2] }),
    fingerprint: z
      .string()
      .meta({ description: 'Of its text: the same for what says the same.', examples: ['9f86d081884c7d65'] }),
    duplicateOf: count('The better result that says the same.', 139).exactOptional(),
    analysis: z
      .unknown()
      .optional()
      .meta({ description: 'What somebody has made of it.', examples: [{ summary: 'worth reading' }] }),
    foundAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'ResearchResult', description: 'Something that was found.' });

export const researchResults = pageOf(researchResult).extend({
  total: count('How many there are in all.', 14),
});

export const savedResearch = z
  .object({
    path: z
      .string()
      .meta({ description: 'The document.', examples: ['research/how-does-borrowing-work.md'] }),
    outcome: z.enum(['created', 'updated', 'unchanged']).meta({ examples: ['created'] }),
  })
  .meta({ id: 'SavedResearch', description: 'The document a research was saved as.' });

export const researchParams = z.object({ id: numberInPath('The number of the research.', 7) });
export const resultParams = researchParams.extend({
  result: numberInPath('The number of the result.', 140),
});

export const researchesQuery = z.strictObject({
  ...pageQuery,
  status: z
    .enum(searchStatuses)
    .exactOptional()
    .meta({ description: 'Only researches in this status.', examples: ['running'] }),
});

const whichResults = {
  source: source
    .exactOptional()
    .meta({ description: 'Only what this source has found.', examples: ['docs'] }),
  duplicates: z
    .enum(['true', 'false'])
    .exactOptional()
    .meta({ description: 'Whether duplicates are listed, too. Default false.', examples: ['true'] }),
};
export const resultsQuery = z.strictObject({ ...pageQuery, ...whichResults });
export const exportQuery = z.strictObject({
  format: z.enum(exportFormats).meta({ description: 'The kind of file.', examples: ['csv'] }),
  ...whichResults,
});

export const startResearchBody = z
  .strictObject({
    question: z
      .string()
      .min(1)
      .max(MAX_QUESTION_LENGTH)
      .meta({ examples: ['How does borrowing work?'] }),
    sources: z
      .array(source)
      .min(1)
      .max(MAX_RESEARCH_SOURCES)
      .meta({ examples: [['docs', 'issues', 'web:https://example.org/sitemap.xml']] }),
    maxResults: z
      .number()
      .int()
      .min(1)
      .max(MAX_RESEARCH_RESULTS)
      .exactOptional()
      .meta({
        description: 'The most results asked of each source. Default: the setting `research.maxResults`.',
        examples: [20],
      }),
  })
  .meta({ description: 'A question to put.' });

export const saveResearchBody = z
  .strictObject({
    path: z
      .string()
      .exactOptional()
      .meta({
        description: 'Default: where it was saved before, else made of the question.',
        examples: ['research/borrowing.md'],
      }),
    replace: z
      .boolean()
      .exactOptional()
      .meta({ description: 'Also in place of another text. Default false.', examples: [false] }),
  })
  .nullish()
  .meta({ description: 'Where to save it; nothing: where it is saved by default.' });

export const analysisBody = z
  .strictObject({
    // A JSON body holds nothing but JSON.
    analysis: z.unknown().meta({ description: 'Any JSON.', examples: [{ summary: 'worth reading' }] }),
  })
  .refine((body) => body.analysis !== undefined, { message: 'must be there', path: ['analysis'] })
  .meta({ description: 'What was made of the result.' });

export const eventsHeaders = z.object({
  'last-event-id': z
    .string()
    .exactOptional()
    .meta({
      description:
        'The id of the last event received, as browsers send it when they connect again: what is known already is not sent twice, and 204 says that nothing will come any more.',
      examples: ['9f86d081884c7d65'],
    }),
});
