import { issueSorts, parseInstant } from '@markitect/domain';
import { z } from 'zod';
import { pageQuery, wholeNumber } from './request-schemas.js';

/** What requests about issues may say. */

const LARGEST = 2 ** 31 - 1;
const state = z.enum(['open', 'closed']);
const day = z.iso.date().meta({ description: 'The day it is due.', examples: ['2026-12-01'] });
const names = (description: string, ...examples: string[]) =>
  z
    .array(z.string().min(1))
    .exactOptional()
    .meta({ description, examples: [examples] });

const numberInPath = (description: string) =>
  z.preprocess(wholeNumber, z.number().int().min(1).max(LARGEST)).meta({ description, examples: [42] });

export const issueParams = z.object({ number: numberInPath('The number of the issue.') });
export const blockerParams = issueParams.extend({
  by: numberInPath('The number of the issue it waits for.'),
});

const named = (what: string, example: string) =>
  z.object({
    '*': z
      .string()
      .min(1)
      .meta({ description: `${what} Its slashes may stand as they are.`, examples: [example] }),
  });
export const labelParams = named('The name of the label.', 'status/doing');
export const milestoneParams = named('The title of the milestone.', '2.0');

/** The parameter of every read that may be answered from the copy of a tracker. */
export const maxAgeQuery = {
  maxAge: z
    .preprocess(wholeNumber, z.number().int().min(0).max(LARGEST))
    .exactOptional()
    .meta({
      description:
        'How old the answer may be while the tracker does not answer, in seconds; `0`: it must be what the tracker says now. Default: the setting `gitea.staleMaxAgeMs`.',
      examples: [3600],
    }),
};

export const readQuery = z.strictObject(maxAgeQuery);
export const timelineQuery = z.strictObject({ ...pageQuery, ...maxAgeQuery });

const labelsQuery = (description: string, example: string) =>
  z
    .union([z.array(z.string().min(1)), z.string().min(1)])
    .exactOptional()
    .meta({ description: `${description} Repeat it for several.`, examples: [example] });

function isInstant(text: string): boolean {
  try {
    parseInstant(text, 'time');
    return true;
  } catch {
    return false;
  }
}

const time = z
  .string()
  .refine(isInstant, 'must be a day or time there is, e.g. 2026-11-21 or 2026-11-21T08:00:00Z')
  .exactOptional();

const filterQuery = {
  state: state.exactOptional().meta({ description: 'Default: both.', examples: ['open'] }),
  label: labelsQuery('Only issues with this label, with all of several.', 'bug'),
  anyLabel: labelsQuery('Only issues with at least one of these labels.', 'priority/high'),
  notLabel: labelsQuery('Only issues without this label.', 'wontfix'),
  assignee: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Only issues assigned to this user; `none`: to nobody.', examples: ['ada'] }),
  author: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Only issues that this user wrote.', examples: ['ada'] }),
  milestone: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Only issues of the milestone of this title; `none`: of none.', examples: ['2.0'] }),
  text: z
    .string()
    .exactOptional()
    .meta({
      description:
        'Only issues with all these words, or parts of words, in title or body; case does not matter.',
      examples: ['logged out'],
    }),
  updatedSince: time.meta({
    description:
      'Only issues changed at this time or later. A day begins, and a time without a zone is, in UTC.',
    examples: ['2026-11-21T08:00:00Z'],
  }),
  updatedBefore: time.meta({
    description:
      'Only issues last changed before this time. A day begins, and a time without a zone is, in UTC.',
    examples: ['2026-11-21T08:00:00Z'],
  }),
};

export const issuesQuery = z.strictObject({
  ...pageQuery,
  ...filterQuery,
  sort: z
    .enum(issueSorts)
    .exactOptional()
    .meta({
      description: 'Default `number`. Those that are equal are ordered by number.',
      examples: ['updatedAt'],
    }),
  order: z
    .enum(['asc', 'desc'])
    .exactOptional()
    .meta({ description: 'Default `desc`.', examples: ['asc'] }),
  ...maxAgeQuery,
});

export const boardQuery = z.strictObject({
  ...filterQuery,
  cards: z
    .preprocess(wholeNumber, z.number().int().min(1).max(500))
    .exactOptional()
    .meta({ description: 'The most cards of each column, 1 to 500; default 20.', examples: [20] }),
  ...maxAgeQuery,
});

export const issueHeaders = z.object({
  'if-match': z
    .string()
    .exactOptional()
    .meta({
      description: 'Do nothing and answer 412 unless the issue still has one of these tags; `*`: any.',
      examples: ['"7"'],
    }),
});

export const issueReadHeaders = z.object({
  'if-none-match': z
    .string()
    .exactOptional()
    .meta({
      description: 'Answer 304 if the issue still has one of these tags.',
      examples: ['"7~0f3a9c1b2d4e5f60"'],
    }),
});

/** Of commands that need nothing said; `refuseForeignPage` has to see that no page of another site sends them. */
export const noBody = z
  .strictObject({})
  .nullish()
  .meta({ description: 'Nothing, or an empty object.', examples: [{}] });

const title = z
  .string()
  .min(1)
  .meta({ examples: ['Users are logged out'] });
const body = z
  .string()
  .meta({ description: 'Markdown.', examples: ['Since the last release, after an hour.'] });
const milestoneTitle = z
  .string()
  .min(1)
  .meta({ description: 'The title of a milestone the tracker has.', examples: ['2.0'] });

export const draftBody = z
  .strictObject({
    title,
    body: body.exactOptional(),
    labels: names('Names of labels the tracker has.', 'bug', 'status/todo'),
    milestone: milestoneTitle.exactOptional(),
    assignees: names('Names of users.', 'ada'),
    dueOn: day.exactOptional(),
  })
  .meta({ description: 'An issue to add.' });

export const changeBody = z
  .strictObject({
    title: title.exactOptional(),
    body: body.exactOptional(),
    state: state.exactOptional().meta({ examples: ['closed'] }),
    labels: names('All labels it is to have.', 'bug', 'status/doing'),
    addLabels: names('Labels it is to have besides.', 'bug'),
    removeLabels: names('Labels it is not to have.', 'status/todo'),
    milestone: milestoneTitle
      .nullable()
      .exactOptional()
      .meta({ description: 'The title of a milestone the tracker has; `null`: none.', examples: ['2.0'] }),
    assignees: names('All users it is to be assigned to.', 'ada'),
    assign: names('Users it is to be assigned to besides.', 'ada'),
    unassign: names('Users it is not to be assigned to.', 'ben'),
    dueOn: day
      .nullable()
      .exactOptional()
      .meta({ description: 'The day it is due; `null`: none.', examples: ['2026-12-01'] }),
  })
  .meta({ description: 'What is to be different. What is left out stays.' });

export const commentBody = z
  .strictObject({
    body: z
      .string()
      .min(1)
      .meta({ description: 'Markdown.', examples: ['Seen it, too.'] }),
  })
  .meta({ description: 'What to say.' });

export const moveBody = z
  .strictObject({
    column: z
      .string()
      .min(1)
      .meta({ description: 'The name of a column, whatever the case.', examples: ['Doing'] }),
  })
  .meta({ description: 'Where to.' });

export const labelBody = z
  .strictObject({
    color: z
      .string()
      .regex(/^[0-9a-f]{6}$/i, 'must be six hexadecimal digits, e.g. 00aabb')
      .meta({ description: 'Six hexadecimal digits.', examples: ['1f6feb'] }),
    description: z
      .string()
      .exactOptional()
      .meta({ description: 'Default: none.', examples: ['Somebody works on it'] }),
    exclusive: z
      .boolean()
      .exactOptional()
      .meta({
        description:
          'Whether an issue has at most one label of its scope, which is the text before the last `/`. Default false.',
        examples: [true],
      }),
  })
  .meta({ description: 'A label, whole: what is left out is as its default.' });

export const milestoneBody = z
  .strictObject({
    description: z
      .string()
      .exactOptional()
      .meta({ description: 'Default: none.', examples: ['The big one'] }),
    state: state.exactOptional().meta({ description: 'Default `open`.', examples: ['open'] }),
    dueOn: day.exactOptional(),
  })
  .meta({ description: 'A milestone, whole: what is left out is as its default.' });

export const syncBody = z
  .strictObject({
    full: z
      .boolean()
      .exactOptional()
      .meta({
        description: 'Look at every issue, whatever was done before. Default false.',
        examples: [false],
      }),
  })
  .meta({ description: 'How to synchronise.' });
