import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Application } from '../composition/application.js';

/** The part of the application that requests reach. */
export type ServedApplication = Pick<
  Application,
  | 'documents'
  | 'ingest'
  | 'workspaces'
  | 'issues'
  | 'issueSync'
  | 'search'
  | 'research'
  | 'tasks'
  | 'people'
  | 'cache'
  | 'cutover'
  | 'database'
  | 'placesOf'
  | 'pending'
  | 'connections'
>;

/** A Fastify instance whose routes take their types from zod schemas. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
