import { z } from 'zod';
import { problems } from '../schemas/answer-schemas.js';
import { pageOf } from '../schemas/document-schemas.js';
import {
  conversation,
  conversationBody,
  conversationParams,
  conversationsQuery,
  message,
  messagesBody,
  messagesQuery,
} from '../schemas/people-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['people'];

const answer = (description: string) => ({
  description,
  content: { 'application/json': { schema: conversation } },
});

/** Conversations and what is said in them. */
export function peopleConversationRoutes(app: ApiServer, { people }: ServedApplication): void {
  app.get(
    '/conversations',
    {
      schema: {
        tags,
        operationId: 'listConversations',
        summary: 'List conversations by id, a page at a time',
        querystring: conversationsQuery,
        response: {
          200: { description: 'A page.', content: { 'application/json': { schema: pageOf(conversation) } } },
          ...problems(),
        },
      },
    },
    ({ query }) => people.conversations.list(query),
  );

  app.post(
    '/conversations',
    {
      schema: {
        tags,
        operationId: 'createConversation',
        summary: 'Begin a conversation',
        body: conversationBody,
        response: { 201: answer('Begun; with its `Location`.'), ...problems(409, 413, 415) },
      },
    },
    async ({ body }, reply) => {
      const begun = await people.conversations.create(body);
      return reply
        .code(201)
        .header('location', `/v1/conversations/${encodeURIComponent(begun.id)}`)
        .send(begun);
    },
  );

  app.get(
    '/conversations/:id',
    {
      schema: {
        tags,
        operationId: 'getConversation',
        summary: 'What is known of a conversation',
        params: conversationParams,
        response: { 200: answer('It, without its messages.'), ...problems(404) },
      },
    },
    ({ params }) => people.conversations.get(params.id),
  );

  app.delete(
    '/conversations/:id',
    {
      schema: {
        tags,
        operationId: 'removeConversation',
        summary: 'Remove a conversation with its messages',
        params: conversationParams,
        response: { 204: z.undefined().meta({ description: 'Removed.' }), ...problems(404) },
      },
    },
    async ({ params }, reply) => {
      await people.conversations.remove(params.id);
      return reply.code(204).send();
    },
  );

  app.get(
    '/conversations/:id/messages',
    {
      schema: {
        tags,
        operationId: 'listMessages',
        summary: 'What is said in a conversation, the first first, a page at a time',
        params: conversationParams,
        querystring: messagesQuery,
        response: {
          200: { description: 'A page.', content: { 'application/json': { schema: pageOf(message) } } },
          ...problems(404),
        },
      },
    },
    ({ params, query }) => people.conversations.messages(params.id, query),
  );

  app.post(
    '/conversations/:id/messages',
    {
      schema: {
        tags,
        operationId: 'appendMessages',
        summary: 'Say something in a conversation',
        description:
          'Messages whose id is there already are left out: with ids of your own you may send the same again.',
        params: conversationParams,
        body: messagesBody,
        response: { 200: answer('The conversation as it is now.'), ...problems(404, 413, 415) },
      },
    },
    ({ params, body }) => people.conversations.say(params.id, body.messages),
  );
}
