import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openapiDocument } from '../src/index.js';
import { openApi, type OpenApi } from './open-api.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    name: string;
    in: string;
    description?: string;
    schema: object;
    example?: unknown;
  }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, { description?: string }> };
}

const wanted = [
  'GET /v1/analytics/count',
  'GET /v1/analytics/events',
  'POST /v1/analytics/events',
  'GET /v1/configuration',
  'DELETE /v1/configuration/{key}',
  'GET /v1/configuration/{key}',
  'PATCH /v1/configuration/{key}',
  'PUT /v1/configuration/{key}',
  'GET /v1/conversations',
  'POST /v1/conversations',
  'DELETE /v1/conversations/{id}',
  'GET /v1/conversations/{id}',
  'GET /v1/conversations/{id}/messages',
  'POST /v1/conversations/{id}/messages',
  'GET /v1/users',
  'DELETE /v1/users/{key}',
  'GET /v1/users/{key}',
  'PATCH /v1/users/{key}',
  'PUT /v1/users/{key}',
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /v1/ast/{path}',
  'GET /v1/board',
  'DELETE /v1/cache',
  'GET /v1/cache',
  'GET /v1/database/advice',
  'GET /v1/database/status',
  'POST /v1/database/check',
  'DELETE /v1/cache/entries/{key}',
  'GET /v1/cache/entries/{key}',
  'POST /v1/cache/invalidate',
  'GET /v1/connections',
  'GET /v1/cutover',
  'GET /v1/cutover/events',
  'GET /v1/cutover/log',
  'GET /v1/cutover/repairs/{id}',
  'GET /v1/cutover/{component}',
  'POST /v1/cutover/{component}/backfill',
  'POST /v1/cutover/{component}/cancel',
  'POST /v1/cutover/{component}/complete',
  'POST /v1/cutover/{component}/diff',
  'PATCH /v1/cutover/{component}/limits',
  'GET /v1/cutover/{component}/mismatches',
  'GET /v1/cutover/{component}/repairs',
  'POST /v1/cutover/{component}/repairs/retry',
  'POST /v1/cutover/{component}/reverse',
  'POST /v1/cutover/{component}/start',
  'POST /v1/cutover/{component}/switch-reads',
  'POST /v1/cutover/{component}/switch-writes',
  'GET /v1/documents',
  'DELETE /v1/documents/{path}',
  'GET /v1/documents/{path}',
  'PUT /v1/documents/{path}',
  'POST /v1/documents/ingest',
  'GET /v1/issues',
  'POST /v1/issues',
  'GET /v1/issues/sync',
  'POST /v1/issues/sync',
  'GET /v1/issues/{number}',
  'PATCH /v1/issues/{number}',
  'GET /v1/issues/{number}/comments',
  'POST /v1/issues/{number}/comments',
  'GET /v1/issues/{number}/timeline',
  'POST /v1/issues/{number}/close',
  'POST /v1/issues/{number}/move',
  'POST /v1/issues/{number}/reopen',
  'DELETE /v1/issues/{number}/blockers/{by}',
  'PUT /v1/issues/{number}/blockers/{by}',
  'GET /v1/research',
  'POST /v1/research',
  'DELETE /v1/research/{id}',
  'GET /v1/research/{id}',
  'POST /v1/research/{id}/cancel',
  'GET /v1/research/{id}/events',
  'GET /v1/research/{id}/export',
  'POST /v1/research/{id}/rerun',
  'GET /v1/research/{id}/results',
  'PUT /v1/research/{id}/results/{result}/analysis',
  'POST /v1/research/{id}/save',
  'GET /v1/labels',
  'PUT /v1/labels/{path}',
  'GET /v1/links/{path}',
  'GET /v1/milestones',
  'PUT /v1/milestones/{path}',
  'GET /v1/nodes',
  'GET /v1/search',
  'GET /v1/tasks',
  'POST /v1/tasks',
  'GET /v1/tasks/{id}',
  'POST /v1/tasks/{id}/cancel',
  'POST /v1/tasks/{id}/retry',
  'POST /v1/tasks/bulk',
  'GET /v1/tasks/types',
  'GET /v1/tasks/stats',
  'POST /v1/tasks/redrive',
  'POST /v1/tasks/prune',
  'POST /v1/tasks/types/{type}/pause',
  'POST /v1/tasks/types/{type}/resume',
  'GET /v1/tasks/limits',
  'PUT /v1/tasks/limits/{key}',
  'DELETE /v1/tasks/limits/{key}',
  'GET /v1/tasks/schedules',
  'GET /v1/tasks/schedules/{name}',
  'PUT /v1/tasks/schedules/{name}',
  'DELETE /v1/tasks/schedules/{name}',
  'GET /v1/workspaces',
  'GET /v1/workspaces/{slug}',
  'POST /v1/workspaces',
  'POST /v1/workspaces/{slug}/abandon',
  'POST /v1/workspaces/{slug}/finish',
  'POST /v1/workspaces/{slug}/restore',
  'POST /v1/workspaces/{slug}/save',
  'PUT /v1/workspaces/{slug}/files/{path}',
];

let api: OpenApi;
let description: Description;
beforeAll(async () => {
  api = await openApi();
  description = (await api.app.inject({ url: '/openapi.json' })).json<Description>();
});
afterAll(() => api.close());

const operations = () =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

describe('/openapi.json', () => {
  it('describes every route and no other', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(
      operations()
        .map(({ path, method }) => `${method} ${path}`)
        .sort(),
    ).toEqual([...wanted].sort());
  });

  it('gives every operation a name of its own, a summary, a tag and its problems', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(wanted.length);
    for (const { operation } of operations()) {
      expect(operation.summary).not.toBe('');
      expect(operation.tags).toHaveLength(1);
      const failures = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(failures.length).toBeGreaterThan(0);
      for (const [, failure] of failures) {
        expect(failure.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        });
      }
    }
  });

  it('names only answers that an operation can give', () => {
    const failuresOf = (path: string, method: string) =>
      Object.keys(description.paths[path]?.[method]?.responses ?? {}).filter((status) => status >= '400');
    expect(failuresOf('/healthz', 'get')).toEqual(['403']);
    for (const path of ['/readyz', '/metrics'])
      expect(failuresOf(path, 'get')).toEqual(['403', '500', '503']);
    expect(failuresOf('/v1/search', 'get')).toEqual(['400', '401', '403', '500', '503', '504']);
    expect(failuresOf('/v1/board', 'get')).toEqual([
      ...['400', '401', '403', '404', '429', '500', '502', '503', '504'],
    ]);
    expect(failuresOf('/v1/issues/{number}', 'patch')).toEqual([
      ...['400', '401', '403', '404', '409', '412', '413', '415', '429', '500', '502', '503', '504'],
    ]);
    expect(failuresOf('/v1/documents/{path}', 'get')).toEqual([
      '400',
      '401',
      '403',
      '404',
      '406',
      '412',
      '500',
      '503',
      '504',
    ]);
  });

  it('describes every parameter, and the path in every path', () => {
    for (const { path, operation } of operations()) {
      const parameters = operation.parameters ?? [];
      for (const parameter of parameters) {
        expect(parameter.description).toBeTruthy();
        expect(parameter.example).toBeDefined();
        expect(Object.keys(parameter.schema).length).toBeGreaterThan(0);
      }
      const inPath = parameters
        .filter((parameter) => parameter.in === 'path')
        .map((parameter) => parameter.name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  it('names the types of bodies', () => {
    expect(
      Object.keys(description.paths['/v1/documents/{path}']?.['put']?.requestBody?.content ?? {}),
    ).toEqual(['text/markdown', 'application/json']);
  });

  it('refers only to schemas that are there, and keeps none that nothing refers to', () => {
    const text = JSON.stringify(description);
    const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]));
    expect([...used].sort()).toEqual(Object.keys(description.components.schemas).sort());
    for (const schema of Object.values(description.components.schemas))
      expect(schema.description).toBeTruthy();
  });

  it('is what openapiDocument() gives without a database', async () => {
    expect(JSON.parse(JSON.stringify(await openapiDocument()))).toEqual(description);
  });
});

describe('/docs', () => {
  it('may load nothing from elsewhere and stand in no frame', async () => {
    for (const url of ['/docs', '/docs/', '/docs/static/swagger-initializer.js']) {
      const policy = String((await api.app.inject({ url })).headers['content-security-policy']);
      expect(policy).toContain("default-src 'self';");
      expect(policy).toContain("frame-ancestors 'none';");
      expect(policy).not.toMatch(/https?:|unsafe-eval|script-src/);
    }
  });

  it('can be browsed without a network', async () => {
    const page = await api.app.inject({ url: '/docs/' });
    expect(page.statusCode).toBe(200);
    const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).not.toMatch(/^(?:https?:)?\/\//);
      expect(
        (await api.app.inject({ url: new URL(link, 'http://localhost/docs/').pathname })).statusCode,
      ).toBe(200);
    }
    expect((await api.app.inject({ url: '/docs' })).statusCode).toBeLessThan(400);
    expect((await api.app.inject({ url: '/docs/static/none.js' })).statusCode).toBe(404);
  });
});
