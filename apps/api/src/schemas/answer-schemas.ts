import { errorCodes } from '@markitect/domain';
import { z } from 'zod';
import { PROBLEM_TYPE } from '../problems/problem.js';

const fieldFault = z.object({
  field: z.string().meta({ examples: ['query.limit'] }),
  detail: z.string().meta({ examples: ['too small: expected number to be >=1'] }),
});

export const problemFields = {
  type: z.string().meta({ examples: ['urn:markitect:error:DOCUMENT_NOT_FOUND'] }),
  title: z
    .string()
    .meta({ description: 'What the code means.', examples: ['No document is stored at this path.'] }),
  status: z
    .number()
    .int()
    .meta({ examples: [404] }),
  detail: z
    .string()
    .meta({ description: 'What happened here.', examples: ['there is no document at guides/start.md'] }),
  code: z
    .enum(Object.keys(errorCodes) as [string, ...string[]])
    .meta({ description: 'See the errors reference.', examples: ['DOCUMENT_NOT_FOUND'] }),
  remedy: z.string().meta({
    description: 'What you can do about it.',
    examples: ['List the stored paths with `markitect docs list`, or ingest the file first.'],
  }),
  details: z
    .record(z.string(), z.unknown())
    .exactOptional()
    .meta({
      description: 'Facts a program can use.',
      examples: [{ path: 'guides/start.md' }],
    }),
  errors: z
    .array(fieldFault)
    .readonly()
    .exactOptional()
    .meta({ description: 'Each field that is not right.' }),
};

export const problemSchema = z
  .object({
    ...problemFields,
    instance: z.string().meta({
      description: 'The request, as the log of the server names it.',
      examples: ['urn:uuid:0b0f8a2e-5f7f-4c3e-9c07-6d0c2d9b0c55'],
    }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 puts it.' });

/** One answer of a route that is a problem. */
function problemAnswer(description: string) {
  return { description, content: { [PROBLEM_TYPE]: { schema: problemSchema } } };
}

const problemAnswers = {
  400: problemAnswer('The request is not as the operation takes it.'),
  401: problemAnswer('The server wants a token and the request has none, or another.'),
  403: problemAnswer('Not allowed.'),
  404: problemAnswer('There is no such thing.'),
  406: problemAnswer('The answer exists in none of the types the request accepts.'),
  409: problemAnswer('The document, workspace or issue is not in the state the request needs.'),
  412: problemAnswer('The condition of the request does not hold.'),
  413: problemAnswer('The body, the document or the file is too large.'),
  415: problemAnswer('The body is of a type the operation does not read.'),
  429: problemAnswer('The issue tracker wants fewer requests; `Retry-After` says when to ask again.'),
  500: problemAnswer('The server failed, or stored data is damaged.'),
  502: problemAnswer(
    'The issue tracker gave an answer that is of no use, or it is unknown whether it did what it was asked to.',
  ),
  503: problemAnswer('A store or the issue tracker is unavailable, or the server is shutting down.'),
  504: problemAnswer('It took too long.'),
} as const;

type ProblemStatus = keyof typeof problemAnswers;

/** The problems any `/v1` route can answer with, and those of one route. */
export function problems<S extends ProblemStatus = never>(...more: S[]) {
  return onlyProblems<S | 400 | 401 | 403 | 500 | 503 | 504>(400, 401, 403, 500, 503, 504, ...more);
}

/** The problems a route outside `/v1` can answer with, which has no token to miss and nothing to read. */
export function onlyProblems<S extends ProblemStatus>(...statuses: S[]) {
  return Object.fromEntries(statuses.map((status) => [status, problemAnswers[status]])) as Pick<
    typeof problemAnswers,
    S
  >;
}

const count = z
  .number()
  .int()
  .meta({ examples: [3] });

export const ingestReport = z
  .object({
    created: count,
    updated: count,
    unchanged: count,
    removed: count,
    failed: count,
    failures: z
      .array(
        z.object({
          source: z.string().meta({ description: 'The file.', examples: ['/srv/handbook/broken.md'] }),
          ...problemFields,
        }),
      )
      .readonly()
      .meta({ description: 'Each file that did not go in, and why.' }),
    bytes: z
      .number()
      .int()
      .meta({ description: 'Of all files that were read.', examples: [48211] }),
    seconds: z.number().meta({ examples: [0.42] }),
    interrupted: z.boolean().meta({
      description:
        'Whether it ended early, because the client left or the server is shutting down. What was done stays.',
      examples: [false],
    }),
  })
  .meta({ id: 'IngestReport', description: 'What an ingest did.' });
