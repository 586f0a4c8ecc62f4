import type { RecordService } from '@markitect/application';
import { z } from 'zod';
import { isNotModified } from '../http/entity-tags.js';
import { onRecord, recordTag, tagRecord } from '../http/record-tags.js';
import { MERGE_PATCH_TYPE } from '../http/strict-bodies.js';
import { problems } from '../schemas/answer-schemas.js';
import { pageOf } from '../schemas/document-schemas.js';
import {
  record,
  recordChangeHeaders,
  recordParams,
  recordPatch,
  recordReadHeaders,
  recordsQuery,
  recordValue,
  recordWriteHeaders,
} from '../schemas/people-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['people'];

/** How the records of one kind are spoken of. */
interface RecordNames {
  /** The address below `/v1`. */
  readonly path: string;
  /** Ends the ids of operations: `getUser`. */
  readonly id: { readonly one: string; readonly many: string };
  /** Of summaries: `the profile of a user`. */
  readonly one: string;
  readonly many: string;
}

/** The profiles of users, and the configuration of a system. */
export function peopleRecordRoutes(app: ApiServer, { people }: ServedApplication): void {
  recordRoutes(app, () => people.users, {
    path: '/users',
    id: { one: 'User', many: 'Users' },
    one: 'the profile of a user',
    many: 'the profiles of users',
  });
  recordRoutes(app, () => people.configuration, {
    path: '/configuration',
    id: { one: 'Configuration', many: 'Configurations' },
    one: 'a part of the configuration',
    many: 'the parts of the configuration',
  });
}

function recordRoutes(
  app: ApiServer,
  records: () => RecordService,
  { path, id, one, many }: RecordNames,
): void {
  const answer = (description: string) => ({
    description,
    content: { 'application/json': { schema: record } },
  });

  app.get(
    path,
    {
      schema: {
        tags,
        operationId: `list${id.many}`,
        summary: `List ${many} by key, a page at a time`,
        querystring: recordsQuery,
        response: {
          200: { description: 'A page.', content: { 'application/json': { schema: pageOf(record) } } },
          ...problems(),
        },
      },
    },
    ({ query }) => records().list(query),
  );

  app.get(
    `${path}/:key`,
    {
      schema: {
        tags,
        operationId: `get${id.one}`,
        summary: `Read ${one}`,
        params: recordParams,
        headers: recordReadHeaders,
        response: {
          200: answer('It, with its `ETag`.'),
          304: z.undefined().meta({ description: 'It still has a tag that `If-None-Match` names.' }),
          ...problems(404),
        },
      },
    },
    async ({ params, headers }, reply) => {
      const found = await records().get(params.key);
      tagRecord(reply, found);
      if (isNotModified(headers['if-none-match'], recordTag(found))) return reply.code(304).send();
      return reply.send(found);
    },
  );

  app.put(
    `${path}/:key`,
    {
      schema: {
        tags,
        operationId: `put${id.one}`,
        summary: `Write ${one}, whole`,
        description:
          'The body is the object itself; it takes the place of the one before. To change what you have read without losing what others wrote meanwhile, send its `ETag` as `If-Match`; to create only, send `If-None-Match: *`.',
        params: recordParams,
        headers: recordWriteHeaders,
        body: recordValue,
        response: {
          200: answer('Replaced; with the new `ETag`.'),
          201: answer('Created; with its `ETag` and `Location`.'),
          ...problems(409, 412, 413, 415),
        },
      },
    },
    async ({ params: { key }, headers, body }, reply) => {
      const saved = await onRecord(records(), key, headers, (expected) =>
        records().save(key, body, expected),
      );
      tagRecord(reply, saved);
      if (saved.version > 1) return reply.send(saved);
      return reply
        .code(201)
        .header('location', `/v1${path}/${encodeURIComponent(key)}`)
        .send(saved);
    },
  );

  app.patch(
    `${path}/:key`,
    {
      schema: {
        tags,
        operationId: `patch${id.one}`,
        summary: `Change fields of ${one}`,
        description:
          'Patches of different fields do not lose each other. `application/json` is read as a merge patch, too.',
        params: recordParams,
        headers: recordChangeHeaders,
        body: {
          content: {
            [MERGE_PATCH_TYPE]: { schema: recordPatch },
            'application/json': { schema: recordPatch },
          },
        },
        response: {
          200: answer('It as it is now, with its new `ETag`.'),
          ...problems(404, 409, 412, 413, 415),
        },
      },
    },
    async ({ params: { key }, headers, body }, reply) => {
      const patch = recordPatch.parse(body);
      const changed = await onRecord(records(), key, headers, (expected) =>
        records().patch(key, patch, expected),
      );
      tagRecord(reply, changed);
      return reply.send(changed);
    },
  );

  app.delete(
    `${path}/:key`,
    {
      schema: {
        tags,
        operationId: `remove${id.one}`,
        summary: `Remove ${one}`,
        params: recordParams,
        headers: recordChangeHeaders,
        response: { 204: z.undefined().meta({ description: 'Removed.' }), ...problems(404, 409, 412) },
      },
    },
    async ({ params: { key }, headers }, reply) => {
      await onRecord(records(), key, headers, (expected) => records().remove(key, expected));
      return reply.code(204).send();
    },
  );
}
