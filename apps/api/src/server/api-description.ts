import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z, type ZodType } from 'zod';
import { guardMethods } from './method-guard.js';
import { VERSION } from './version.js';

type Transform = typeof jsonSchemaTransform;

const description = `Markdown documents, issues with their board, both searchable, and working folders.

Document paths contain \`/\`: they stand as they are at the end of an address (\`/v1/documents/guides/start.md\`), other special characters percent-encoded. What belongs to a document beside its text lies beside \`/v1/documents\`: \`/v1/links/…\`, \`/v1/ast/…\`, \`/v1/nodes?path=…\`.

Issues are those of the Gitea repository in the configuration, else of the tracker in the store. While Gitea does not answer, reads are answered from the copy that \`POST /v1/issues/sync\` makes: such an answer has a field \`stale\` and the headers \`Age\` and \`Warning: 110\`, and \`maxAge\` says how old it may be.

Pages: pass \`nextCursor\` back as \`cursor\`. Errors are \`application/problem+json\` (RFC 9457) with a \`code\` and a \`remedy\`.`;

/** What the page may load and do: its own files, nothing of others. It sets styles on its elements, and draws from data. */
const pagePolicy = {
  'default-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Describes the routes registered after it, at `/openapi.json` and, to browse, at `/docs`. Works without a network. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'MarkiTect API',
        version: VERSION,
        description,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'documents', description: 'Reading, writing and taking in documents.' },
        { name: 'knowledge', description: 'Search, links and syntax trees.' },
        {
          name: 'issues',
          description:
            'Issues, their comments, labels, milestones and board; the copy of a tracker elsewhere.',
        },
        { name: 'workspaces', description: 'Working folders: started, saved, compared, archived.' },
        { name: 'research', description: 'Questions put to documents, issues and the web.' },
        { name: 'tasks', description: 'Work done outside of requests, and when it is done again.' },
        {
          name: 'people',
          description: 'What other systems keep: profiles of users, configuration, conversations, events.',
        },
        {
          name: 'cutover',
          description: 'For operators: moving components off their legacy stores, and back.',
        },
        {
          name: 'operation',
          description: 'For operators: health and measurements. Outside `/v1` no token is needed.',
        },
      ],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'The token the server was started with; none if it was started without one.',
          },
        },
      },
      security: [{ token: [] }, {}],
    },
    transform: (input) => withExamples(input, transformContents(input)),
    transformObject: (input) => tidied(jsonSchemaTransformObject(input)),
  });
  await app.register(async (routes) => {
    const addGuards = guardMethods(routes);
    routes.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    await addBrowser(routes);
    addGuards();
  });
}

async function addBrowser(routes: FastifyInstance): Promise<void> {
  await routes.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: pagePolicy,
    uiConfig: { deepLinking: true, displayRequestDuration: true, tryItOutEnabled: true },
    theme: { title: 'MarkiTect API', css: [{ filename: 'theme.css', content: '.topbar { display: none }' }] },
  });
}

/** Puts back the examples of parameters that are converted from text, which zod leaves out. */
function withExamples(
  { schema }: Parameters<Transform>[0],
  result: ReturnType<Transform>,
): ReturnType<Transform> {
  for (const part of ['querystring', 'params'] as const) {
    const given = (schema as Partial<Record<typeof part, unknown>> | undefined)?.[part];
    if (!(given instanceof z.ZodObject)) continue;
    const { properties = {} } = result.schema[part] as {
      properties?: Record<string, { examples?: unknown }>;
    };
    for (const [name, property] of Object.entries(properties)) {
      const { examples } = (given.shape[name] as ZodType | undefined)?.meta() ?? {};
      if (examples !== undefined) property.examples ??= examples;
    }
  }
  return result;
}

/** The type provider's transform, which knows bodies of one type only, for bodies with a schema for each type. */
const transformContents: Transform = (input) => {
  // Routes of plugins may have no schema, whatever the type says.
  const { body } = (input.schema as { readonly body?: unknown } | undefined) ?? {};
  if (!hasContents(body)) return jsonSchemaTransform(input);
  const convert = (schema: unknown) =>
    jsonSchemaTransform({ ...input, schema: { ...input.schema, body: schema } });
  const result = convert(undefined);
  const contents = Object.entries(body.content).map(([type, { schema }]) => [
    type,
    { schema: convert(schema).schema.body },
  ]);
  return {
    ...result,
    schema: { ...result.schema, body: { content: Object.fromEntries(contents) as unknown } },
  };
};

/**
 * Names Fastify's `*` as what it is, a path, and leaves out the second copy the type provider makes of each schema,
 * `…Input` for requests: ours are for answers.
 */
function tidied<T extends object>(description: T): T {
  const text = JSON.stringify(description)
    .replaceAll('{*}', '{path}')
    .replaceAll('"name":"*"', '"name":"path"');
  return JSON.parse(text, (key: string, value: unknown): unknown => {
    if (key !== 'schemas') return value;
    const schemas = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(schemas.filter(([name]) => !name.endsWith('Input')));
  }) as T;
}

function hasContents(body: unknown): body is { content: Record<string, { schema: ZodType }> } {
  return typeof body === 'object' && body !== null && 'content' in body;
}
