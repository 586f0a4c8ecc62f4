import { finished } from 'node:stream';
import type { Telemetry } from '@markitect/telemetry';
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
  METRIC_HTTP_SERVER_REQUEST_DURATION,
} from '@opentelemetry/semantic-conventions';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The bounds the semantic conventions advise, in seconds. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * One SERVER span and one duration record for every request, as the OpenTelemetry semantic conventions describe
 * them. The span continues the caller's trace (`traceparent`); what the handler does becomes its child. Queries are
 * not recorded: a search says what its author is looking for.
 */
export function traceRequests(app: FastifyInstance, { tracer, meter }: Telemetry): void {
  const duration = meter.createHistogram(METRIC_HTTP_SERVER_REQUEST_DURATION, {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    advice: { explicitBucketBoundaries: durationBounds },
  });

  app.addHook('onRequest', (request, reply, done) => {
    const start = performance.now();
    const common = commonAttributes(request);
    const route = request.routeOptions.url;
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = tracer.startSpan(
      route === undefined ? request.method : `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes: { ...common, ...spanAttributes(request) } },
      parent,
    );
    const active = trace.setSpan(parent, span);
    // Not the hook `onResponse`: it never comes when the client leaves before the answer.
    finished(reply.raw, (error) => {
      const status = reply.raw.statusCode;
      const isLeft = error !== undefined && error !== null && !reply.raw.writableFinished;
      const errorType = isLeft
        ? 'client_disconnected'
        : status >= 500
          ? (request.failure ?? String(status))
          : undefined;
      const outcome: Attributes = {
        ...(isLeft ? {} : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
        ...(errorType === undefined ? {} : { [ATTR_ERROR_TYPE]: errorType }),
      };
      span.setAttributes(outcome);
      if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      duration.record((performance.now() - start) / 1000, { ...common, ...outcome }, active);
      span.end();
    });
    // What follows, the handler included, runs inside `done`; Fastify itself carries it across the reading of a body.
    context.with(active, done);
  });
}

/** Those of few different values, for the span and the measurement. */
function commonAttributes(request: FastifyRequest): Attributes {
  const route = request.routeOptions.url;
  return {
    [ATTR_HTTP_REQUEST_METHOD]: request.method,
    [ATTR_URL_SCHEME]: request.protocol,
    [ATTR_NETWORK_PROTOCOL_VERSION]: request.raw.httpVersion,
    ...(route === undefined ? {} : { [ATTR_HTTP_ROUTE]: route }),
  };
}

function spanAttributes(request: FastifyRequest): Attributes {
  const agent = request.headers['user-agent'];
  const port = request.socket.localPort;
  return {
    [ATTR_URL_PATH]: request.url.split('?', 1)[0] ?? '',
    [ATTR_SERVER_ADDRESS]: request.hostname,
    ...(port === undefined ? {} : { [ATTR_SERVER_PORT]: port }),
    ...(agent === undefined ? {} : { [ATTR_USER_AGENT_ORIGINAL]: agent }),
  };
}
