import { workspacePhases } from '@markitect/domain';
import { z } from 'zod';
import { problemFields } from './answer-schemas.js';
import { pageOf, snippet } from './document-schemas.js';
import { staleField } from './tracker-answers.js';

/** What the API says of issues. */

const timestamp = z.string().meta({ description: 'RFC 3339, UTC.', examples: ['2026-11-21T08:37:00.000Z'] });
const dueOn = z.string().meta({ description: 'The day it is due.', examples: ['2026-12-01'] });
const user = z.string().meta({ description: 'The name of a user.', examples: ['ada'] });
const markdown = z.string().meta({
  description: 'Markdown.',
  examples: ['Since the last release, after an hour.'],
});
const issueNumber = z
  .number()
  .int()
  .meta({ description: 'The number of an issue.', examples: [42] });
const count = z
  .number()
  .int()
  .meta({ examples: [3] });
const columnName = z.string().meta({ description: 'The name of a column.', examples: ['Doing'] });
const priority = z
  .string()
  .meta({ description: 'The label that says how urgent it is.', examples: ['priority/high'] });

export const label = z
  .object({
    name: z.string().meta({ examples: ['status/doing'] }),
    color: z.string().meta({ description: 'Six hexadecimal digits.', examples: ['1f6feb'] }),
    description: z.string().meta({ examples: ['Somebody works on it'] }),
    exclusive: z.boolean().meta({
      description:
        'An issue has at most one exclusive label of a scope, which is the text before the last `/`.',
      examples: [true],
    }),
  })
  .meta({ id: 'Label', description: 'A label of the tracker.' });

export const milestone = z
  .object({
    title: z.string().meta({ examples: ['2.0'] }),
    description: z.string().meta({ examples: ['The big one'] }),
    state: z.enum(['open', 'closed']).meta({ examples: ['open'] }),
    dueOn: dueOn.exactOptional(),
  })
  .meta({ id: 'Milestone', description: 'A milestone of the tracker.' });

export const issue = z
  .object({
    number: issueNumber,
    title: z.string().meta({ examples: ['Users are logged out'] }),
    body: markdown,
    state: z.enum(['open', 'closed']).meta({ examples: ['open'] }),
    labels: z.array(label).readonly().meta({ description: 'By name.' }),
    milestone: z
      .string()
      .exactOptional()
      .meta({ description: 'The title of its milestone.', examples: ['2.0'] }),
    assignees: z
      .array(user)
      .readonly()
      .meta({ examples: [['ada']] }),
    author: user,
    comments: count.meta({ description: 'How many comments it has.', examples: [3] }),
    createdAt: timestamp,
    updatedAt: timestamp,
    closedAt: timestamp.exactOptional(),
    dueOn: dueOn.exactOptional(),
    isLocked: z.boolean().meta({ description: 'Nobody but its maintainers may comment.', examples: [false] }),
    version: z.string().meta({
      description: 'Changes whenever the issue is edited. In quotes it is the `ETag` of the issue.',
      examples: ['7'],
    }),
    url: z
      .string()
      .exactOptional()
      .meta({
        description: 'Where people look at it, where that is a page.',
        examples: ['https://gitea.example/team/work/issues/42'],
      }),
  })
  .meta({ id: 'Issue', description: 'A piece of work.' });

export const comment = z
  .object({
    id: z
      .number()
      .int()
      .meta({ examples: [118] }),
    author: user,
    body: markdown,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'IssueComment', description: 'What somebody said about an issue.' });

const event = z
  .object({
    id: z
      .number()
      .int()
      .meta({ examples: [119] }),
    type: z.string().meta({
      description: 'In the words of the tracker: `comment`, `close`, `label`, …',
      examples: ['label'],
    }),
    author: user,
    at: timestamp,
    body: markdown.exactOptional().meta({ description: 'What was said, of events that say something.' }),
    details: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What changed.', examples: [{ label: 'bug', added: true }] }),
  })
  .meta({ id: 'IssueEvent', description: 'Something that happened to an issue.' });

const issueWorkspace = z
  .object({
    slug: z.string().meta({ examples: ['42'] }),
    id: z.string().meta({
      description: 'Names this workspace for ever.',
      examples: ['0b0f8a2e-5f7f-4c3e-9c07-6d0c2d9b0c55'],
    }),
    title: z.string().meta({ examples: ['Users are logged out'] }),
    phase: z.enum(workspacePhases).meta({ examples: ['open'] }),
    folder: z
      .string()
      .exactOptional()
      .meta({
        description: 'Where its files are on the server, while it is open.',
        examples: ['/srv/team/.markitect/workspaces/42'],
      }),
    archive: z
      .string()
      .exactOptional()
      .meta({
        description: 'Where its archive is on the server, when it is finished.',
        examples: ['/srv/team/.markitect/archives/42-2026-11-21.tar.gz'],
      }),
    updatedAt: timestamp,
  })
  .meta({ id: 'IssueWorkspace', description: 'The workspace that has the number of an issue as its slug.' });

const conditions = z
  .object({
    blockedBy: z
      .array(issueNumber)
      .readonly()
      .meta({ description: 'The open issues it waits for.', examples: [[7]] }),
    overdue: z
      .boolean()
      .meta({ description: 'It is open, and the day it was due is over, in UTC.', examples: [false] }),
    stale: z.boolean().meta({
      description: 'It is open, and nobody has touched it for as many days as `board.staleAfterDays` says.',
      examples: [false],
    }),
    idleDays: count.meta({ description: 'Whole days since it was last touched.', examples: [3] }),
  })
  .meta({ id: 'IssueConditions', description: 'What is to be known of an issue besides what it says.' });

export const issueDetails = z
  .object({
    issue,
    column: columnName
      .exactOptional()
      .meta({ description: 'Where it stands on the board; absent: nowhere.', examples: ['Doing'] }),
    priority: priority.exactOptional(),
    project: z
      .object({
        id: z
          .number()
          .int()
          .meta({ examples: [1] }),
        title: z.string().meta({ examples: ['Release'] }),
        column: columnName,
      })
      .exactOptional()
      .meta({ description: 'The board of the tracker it is on, where the tracker keeps boards.' }),
    comments: z.array(comment).readonly(),
    blockers: z.array(issue).readonly().meta({ description: 'The issues it waits for.' }),
    blocked: z.array(issue).readonly().meta({ description: 'The issues that wait for it.' }),
    conditions,
    documents: z
      .array(
        z.object({
          path: z.string().meta({ examples: ['guides/session.md'] }),
          title: z.string().meta({ examples: ['Sessions'] }),
        }),
      )
      .readonly()
      .meta({ description: 'Documents that name it in their front matter, or in their text.' }),
    workspace: issueWorkspace.exactOptional(),
    missing: z
      .array(
        z.object({
          part: z.string().meta({ description: 'The name of a field here.', examples: ['project'] }),
          ...problemFields,
        }),
      )
      .readonly()
      .meta({ description: 'Parts that could not be had, and why. They are empty or absent.' }),
    ...staleField,
  })
  .meta({ id: 'IssueDetails', description: 'An issue with everything that is known of it.' });

export const issuePage = pageOf(issue).extend(staleField);
export const eventPage = pageOf(event).extend(staleField);
export const commentList = z.object({ items: z.array(comment).readonly(), ...staleField });
export const labelList = z.object({ items: z.array(label).readonly(), ...staleField });
export const milestoneList = z.object({ items: z.array(milestone).readonly(), ...staleField });

export const moved = z
  .object({
    issue,
    column: columnName.meta({ description: 'Where it stands now.', examples: ['Doing'] }),
    changed: z.boolean().meta({ description: 'False: it stood there already.', examples: [true] }),
  })
  .meta({ id: 'Moved', description: 'What moving an issue did.' });

export const board = z
  .object({
    project: z
      .string()
      .exactOptional()
      .meta({
        description: 'The board that the tracker keeps; absent: it follows the rules of the configuration.',
        examples: ['Release'],
      }),
    columns: z
      .array(
        z.object({
          name: columnName,
          cards: z
            .array(
              z.object({
                issue,
                priority: priority.exactOptional(),
                blockedBy: z
                  .array(issueNumber)
                  .readonly()
                  .exactOptional()
                  .meta({
                    description:
                      'The open issues it waits for; absent: none, or not known. Of a Gitea as of the last synchronisation.',
                    examples: [[7]],
                  }),
              }),
            )
            .readonly(),
          total: count.meta({
            description: 'How many issues stand in it, those that are not among the cards included.',
            examples: [12],
          }),
        }),
      )
      .readonly()
      .meta({ description: 'From left to right.' }),
    ...staleField,
  })
  .meta({ id: 'Board', description: 'The columns of the board and the first cards of each.' });

export const issueHit = z
  .object({
    issue,
    score: z.number().meta({ description: 'Higher is better, within one search.', examples: [4.2] }),
    snippet,
  })
  .meta({ id: 'IssueHit', description: 'An issue that answers a search.' });
