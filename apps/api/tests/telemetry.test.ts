import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SqliteIssueMirror } from '@markitect/adapter-sqlite';
import { Unavailable } from '@markitect/domain';
import { issue } from '@markitect/testing';
import { composeApplication, type RunningServer, serve, startTelemetry } from '../src/index.js';
import { buildServer } from '../src/server/build-server.js';
import { otlpReceiver, type ReceivedSpan } from './otlp-receiver.js';
import { temporaryConfig, temporaryFolder } from './open-api.js';

const WRITES = 200;

let folder: string;
let collector: Awaited<ReturnType<typeof otlpReceiver>>;
let before: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await temporaryFolder();
  collector = await otlpReceiver();
  before = { ...process.env };
  Object.assign(process.env, { LOG_LEVEL: 'silent' });
});
afterEach(async () => {
  for (const name of Object.keys(process.env))
    if (!(name in before)) Reflect.deleteProperty(process.env, name);
  await collector.close();
  await rm(folder, { recursive: true, force: true });
});

function exportTraces() {
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BSP_MAX_QUEUE_SIZE: '50000',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
}

/** A caller's span: its trace id and its span id. */
function caller() {
  return { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
}

async function write(server: RunningServer, path: string, content: string, parent = caller()) {
  const answer = await fetch(`${server.url}/v1/documents/${path}`, {
    method: 'PUT',
    headers: {
      'content-type': 'text/markdown',
      traceparent: `00-${parent.traceId}-${parent.spanId}-01`,
    },
    body: content,
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** The longest way from the test to the rows: 200 writes at once while others read. */
describe('200 concurrent writes while reading', () => {
  it('lose no row, fail nowhere, and every span has the right parent', async () => {
    exportTraces();
    const server = await serve(await temporaryConfig(folder), {});
    const callers = Array.from({ length: WRITES }, caller);
    let writing = true;
    const reads: number[] = [];
    const reader = async () => {
      while (writing) {
        const list = await fetch(`${server.url}/v1/documents?limit=20`);
        const { items } = (await list.json()) as { items: { path: string }[] };
        reads.push(list.status);
        for (const { path } of items.slice(-2)) {
          const found = await fetch(`${server.url}/v1/documents/${path}`);
          await found.arrayBuffer();
          reads.push(found.status);
        }
      }
    };
    const readers = [reader(), reader()];
    const statuses = await Promise.all(
      callers.map((parent, index) => write(server, `many/${index}.md`, `# Document ${index}\n`, parent)),
    );
    writing = false;
    await Promise.all(readers);

    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(new Set(reads)).toEqual(new Set([200]));
    const all = await fetch(`${server.url}/v1/documents?limit=500&prefix=many/`);
    const { items } = (await all.json()) as { items: { title: string }[] };
    expect(new Set(items.map((item) => item.title))).toEqual(
      new Set(callers.map((_caller, index) => `Document ${index}`)),
    );
    await server.close();

    const byId = new Map(collector.spans.map((span) => [span.spanId, span]));
    // The worker of the server begins by itself what it does.
    const isOfWorker = (span: (typeof collector.spans)[number]) =>
      (span.parentSpanId ?? '') === '' && /^Task(?:Queue|ScheduleRepository|Signal)\./.test(span.name);
    for (const span of collector.spans.filter((each) => each.kind !== 2 && !isOfWorker(each))) {
      const parent = byId.get(span.parentSpanId ?? '');
      expect([span.name, parent?.traceId]).toEqual([span.name, span.traceId]);
    }
    for (const [index, { traceId, spanId }] of callers.entries()) {
      const trace = collector.spans.filter((span) => span.traceId === traceId);
      const request = trace.find((span) => span.kind === 2) as ReceivedSpan;
      expect(request).toMatchObject({
        name: 'PUT /v1/documents/*',
        parentSpanId: spanId,
        attributes: {
          'http.request.method': 'PUT',
          'http.route': '/v1/documents/*',
          'http.response.status_code': 201,
          'url.path': `/v1/documents/many/${index}.md`,
        },
      });
      const children = trace.filter((span) => span.parentSpanId === request.spanId).map((span) => span.name);
      expect(children.sort()).toEqual(['AstStore.put', 'DocumentRepository.save', 'MarkdownParser.parse']);
      expect(trace.find((span) => span.name === 'DocumentRepository.save')).toMatchObject({
        kind: 3,
        attributes: { 'markitect.key': `many/${index}.md`, 'db.system.name': 'sqlite' },
      });
    }
  });
});

describe('telemetry', () => {
  it('keeps the request as the parent when the body comes later than the header', async () => {
    exportTraces();
    const server = await serve(await temporaryConfig(folder), {});
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'PUT /v1/documents/slow.md HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/markdown\r\nContent-Length: 4\r\n\r\nab',
    );
    await (await fetch(`${server.url}/healthz`)).arrayBuffer();
    socket.write('cd');
    await once(socket, 'data');
    socket.destroy();
    await server.close();
    const request = collector.spans.find((span) => span.name === 'PUT /v1/documents/*');
    const save = collector.spans.find((span) => span.name === 'DocumentRepository.save');
    expect(save?.parentSpanId).toBe(request?.spanId);
    expect(request?.spanId).toMatch(/^[0-9a-f]{16}$/);
  });

  it('gives no error status to a request the client got wrong, and keeps queries to itself', async () => {
    exportTraces();
    const config = await temporaryConfig(folder);
    const server = await serve(config, {});
    await (await fetch(`${server.url}/v1/documents/none.md?word=private`)).arrayBuffer();
    await (await fetch(`${server.url}/nothing`)).arrayBuffer();
    await server.close();
    const found = collector.spans.find((span) => span.name === 'GET /v1/documents/*');
    expect(found).toMatchObject({ status: 0, attributes: { 'http.response.status_code': 404 } });
    expect(JSON.stringify(found)).not.toContain('private');
    expect(collector.spans.find((span) => span.name === 'GET')).toMatchObject({
      attributes: { 'http.response.status_code': 404 },
    });
  });

  it('marks a request that the server failed with the code of the error', async () => {
    exportTraces();
    const config = await temporaryConfig(folder);
    const running = await startTelemetry(process.env, { serviceName: 't', serviceVersion: '1' });
    const app = await buildServer({
      config,
      telemetry: running,
      application: {
        ...composeApplication(config),
        get documents(): never {
          throw new Unavailable('DATABASE_BUSY', 'busy');
        },
      },
    });
    expect((await app.inject({ url: '/v1/documents' })).statusCode).toBe(503);
    await app.close();
    await running?.shutdown();
    expect(collector.spans).toMatchObject([
      { status: 2, attributes: { 'http.response.status_code': 503, 'error.type': 'DATABASE_BUSY' } },
    ]);
  });

  it('measures requests, ports and pools at /metrics without exporting anything', async () => {
    const server = await serve(await temporaryConfig(folder), {});
    await write(server, 'a.md', '# A\n');
    const answer = await fetch(`${server.url}/metrics`);
    const metrics = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(metrics).toMatch(
      /http_server_request_duration_seconds_count\{[^}]*http_route="\/v1\/documents\/\*"[^}]*\} 1/,
    );
    expect(metrics).toMatch(
      /markitect_port_operation_duration_seconds_count\{[^}]*DocumentRepository\.save[^}]*\} 1/,
    );
    expect(metrics).toMatch(/db_client_connection_count\{[^}]*db_client_connection_state="idle"[^}]*\} \d/);
    expect(metrics).toMatch(/db_client_connection_pending_requests\{[^}]*\} 0/);
    // The unit is not said twice.
    expect(metrics).toMatch(/\nmarkitect_cache_bytes\{[^}]*\} \d/);
    expect(metrics).not.toMatch(/_([a-z]+)_\1\b/);
    await server.close();
    expect(collector.spans).toEqual([]);
  });

  it('counts at /metrics what the mirror answers while the tracker is down, and what its connection does', async () => {
    const gitea = { url: 'http://127.0.0.1:9', owner: 'team', repository: 'app' };
    const config = await temporaryConfig(folder, { gitea });
    const filling = composeApplication(config, { create: true });
    await filling.open();
    const mirror = new SqliteIssueMirror(filling.store, { source: 'gitea:http://127.0.0.1:9/team/app' });
    const progress = { syncedAt: new Date().toISOString() };
    await mirror.apply({ issues: [{ issue: issue(), comments: [], blockers: [] }], progress });
    await filling.close();
    const server = await serve(config, {});
    const old = await fetch(`${server.url}/v1/issues/1/comments`);
    expect([old.status, old.headers.get('warning')]).toEqual([200, expect.stringMatching(/^110 /)]);
    const missing = await fetch(`${server.url}/v1/issues/2/comments`);
    expect(missing.status).toBe(503);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(
      /markitect_issues_stale_reads_total\{[^}]*error_type="HTTP_UNREACHABLE"[^}]*\} 1\n/,
    );
    for (const event of ['retry_after_obeyed', 'retry_after_refused', 'breaker_probes']) {
      expect(metrics).toMatch(new RegExp(`markitect_connection_events_total\\{[^}]*"${event}"[^}]*\\} 0\n`));
    }
    await server.close();
  });

  it('is not started unless a variable asks for it', async () => {
    const about = { serviceName: 'test', serviceVersion: '1' };
    for (const env of [
      {},
      { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
      { OTEL_SDK_DISABLED: 'true', OTEL_TRACES_EXPORTER: 'otlp' },
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
      },
    ]) {
      expect([env, await startTelemetry(env, about)]).toEqual([env, undefined]);
    }
  });

  it('exports metrics as the variables say, beside /metrics', async () => {
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    const running = await startTelemetry(process.env, {
      serviceName: 't',
      serviceVersion: '1',
      prometheus: true,
    });
    running?.telemetry.meter.createCounter('test.count').add(2);
    expect(await running?.scrape?.()).toContain(
      'test_count_total{otel_scope_name="t",otel_scope_version="1"} 2',
    );
    await running?.shutdown();
    await running?.shutdown();
  });

  it('serves without any measurement when it is switched off', async () => {
    process.env['OTEL_SDK_DISABLED'] = 'true';
    const server = await serve(await temporaryConfig(folder), {});
    const answer = await fetch(`${server.url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    await server.close();
  });
});
