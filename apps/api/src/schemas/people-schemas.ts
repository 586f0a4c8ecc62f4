import {
  type JsonObject,
  MAX_CONVERSATION_TITLE_LENGTH,
  MAX_EVENTS,
  MAX_MESSAGES,
  MAX_RECORD_KEY_LENGTH,
  parseInstant,
} from '@markitect/domain';
import { z } from 'zod';
import { pageQuery } from './request-schemas.js';

/** What the API says of people, and what requests may say. */

const object = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be a JSON object',
);
/** Goes through as it is, whatever its fields are called. What a description needs to know is said here. */
const jsonObject = (description: string, example: object) =>
  object.meta({ type: 'object', additionalProperties: true, description, examples: [example] });

const instant = (description: string) =>
  z.string().meta({ description: `${description} RFC 3339, UTC.`, examples: ['2026-11-21T08:37:00.000Z'] });
const name = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .max(MAX_RECORD_KEY_LENGTH)
    .meta({ description, examples: [example] });
const count = (description: string) =>
  z
    .number()
    .int()
    .meta({ description, examples: [3] });
const givenInstant = (field: string, description: string) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return parseInstant(text, field);
      } catch {
        context.addIssue('must be a day or time there is, e.g. 2026-11-21 or 2026-11-21T08:00:00Z');
        return z.NEVER;
      }
    })
    .exactOptional()
    .meta({ description, examples: ['2026-11-21T08:00:00Z'] });

const profile = { email: 'ada@example.org', theme: 'dark' };

export const record = z
  .object({
    key: z.string().meta({ description: 'What it is kept under.', examples: ['ada'] }),
    value: jsonObject('What is kept.', profile),
    version: count('1 when it is new; each change adds one.'),
    createdAt: instant('When it was first stored.'),
    updatedAt: instant('When it was last stored.'),
  })
  .meta({ id: 'Record', description: 'A JSON object that is kept under a key.' });

export const recordsQuery = z.strictObject({
  ...pageQuery,
  prefix: z
    .string()
    .max(MAX_RECORD_KEY_LENGTH)
    .exactOptional()
    .meta({ description: 'Only those whose keys begin with this text.', examples: ['team/'] }),
});

export const recordParams = z.object({
  key: name('The key, percent-encoded: a `/` is `%2F`.', 'ada'),
});

const condition = (description: string, example: string) =>
  z
    .string()
    .exactOptional()
    .meta({ description, examples: [example] });
const tag = '"3-mi5x9f1c"';

export const recordReadHeaders = z.object({
  'if-none-match': condition('Answer 304 if it still has one of these tags.', tag),
});

export const recordWriteHeaders = z.object({
  'if-match': condition('Write only if it has one of these tags; `*`: if it exists.', tag),
  'if-none-match': condition('`*`: write only if there is none.', '*'),
});

export const recordChangeHeaders = recordWriteHeaders.pick({ 'if-match': true });

export const recordValue = jsonObject('The object to keep, at most 1 MiB, nested at most 100 deep.', profile);

export const recordPatch = jsonObject(
  'A JSON merge patch (RFC 7396): fields that are to be different; `null` removes one.',
  { theme: 'light', email: null },
);

export const conversation = z
  .object({
    id: z.string().meta({ examples: ['c-42'] }),
    userId: z.string().meta({ examples: ['ada'] }),
    title: z
      .string()
      .exactOptional()
      .meta({ examples: ['Deploying on Fridays'] }),
    metadata: jsonObject('Whatever else is known of it.', { channel: 'web' }),
    messages: count('How many messages it has.'),
    createdAt: instant('When it was begun.'),
    updatedAt: instant('When the last of its messages was said.'),
  })
  .meta({ id: 'Conversation', description: 'What a user and a system say to each other.' });

export const message = z
  .object({
    id: z.string().meta({ description: 'Unique within its conversation.', examples: ['m-1'] }),
    position: count('From 1, without gaps.'),
    role: z.string().meta({ description: 'Who says it.', examples: ['user'] }),
    content: z.string().meta({ examples: ['May I deploy today?'] }),
    metadata: jsonObject('Whatever else is known of it.', { tokens: 5 }),
    at: instant('When it was said.'),
  })
  .meta({ id: 'Message', description: 'Something said in a conversation.' });

export const conversationsQuery = z.strictObject({
  ...pageQuery,
  userId: name('Only those of this user.', 'ada').exactOptional(),
});

export const messagesQuery = z.strictObject(pageQuery);

export const conversationParams = z.object({
  id: name('The id of the conversation, percent-encoded.', 'c-42'),
});

export const conversationBody = z
  .strictObject({
    id: name('Default: a new UUID.', 'c-42').exactOptional(),
    userId: name('Whose it is.', 'ada'),
    title: z
      .string()
      .max(MAX_CONVERSATION_TITLE_LENGTH)
      .exactOptional()
      .meta({ examples: ['Deploying on Fridays'] }),
    metadata: jsonObject('Default: none.', { channel: 'web' }).exactOptional(),
    createdAt: givenInstant('createdAt', 'When it was begun. Default: now.'),
  })
  .meta({ description: 'A conversation to begin.' });

export const messagesBody = z
  .strictObject({
    messages: z
      .array(
        z.strictObject({
          id: name('Default: a new UUID. One that is there already is left out.', 'm-1').exactOptional(),
          role: name('Who says it.', 'user'),
          content: z.string().meta({ examples: ['May I deploy today?'] }),
          metadata: jsonObject('Default: none.', { tokens: 5 }).exactOptional(),
          at: givenInstant('at', 'When it was said. Default: now.'),
        }),
      )
      .min(1)
      .max(MAX_MESSAGES),
  })
  .meta({ description: 'What was said, in its order: all of it is stored or nothing.' });

export const analyticsEvent = z
  .object({
    id: z.string().meta({ examples: ['e-7'] }),
    type: z.string().meta({ examples: ['login'] }),
    userId: z
      .string()
      .exactOptional()
      .meta({ examples: ['ada'] }),
    at: instant('When it happened.'),
    properties: jsonObject('Whatever else is known of it.', { client: 'cli' }),
  })
  .meta({ id: 'AnalyticsEvent', description: 'Something that happened, kept to be counted.' });

const eventFilter = {
  type: name('Only those of this type.', 'login').exactOptional(),
  userId: name('Only those of this user.', 'ada').exactOptional(),
  since: givenInstant('since', 'Only those at this time or later. A day begins in UTC.'),
  until: givenInstant('until', 'Only those before this time.'),
};

export const eventsQuery = z.strictObject({ ...pageQuery, ...eventFilter });
export const countQuery = z.strictObject(eventFilter);

export const eventsBody = z
  .strictObject({
    events: z
      .array(
        z.strictObject({
          id: name('Default: a new UUID. With one of yours you may report again.', 'e-7').exactOptional(),
          type: name('What kind of thing happened.', 'login'),
          userId: name('To whom.', 'ada').exactOptional(),
          at: givenInstant('at', 'When. Default: now.'),
          properties: jsonObject('Default: none.', { client: 'cli' }).exactOptional(),
        }),
      )
      .min(1)
      .max(MAX_EVENTS),
  })
  .meta({ description: 'Events to keep, in one commit: all of them or none.' });

export const appendReport = z
  .object({
    appended: count('How many were new.'),
    known: count('How many were left out: their ids were known, or came twice.'),
  })
  .meta({ id: 'AppendReport', description: 'What became of events that were reported.' });

export const countAnswer = z
  .object({ count: count('How many there are.') })
  .meta({ id: 'Count', description: 'A number of things.' });
