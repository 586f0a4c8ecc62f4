import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Invalid, NotFound, Unavailable } from '@markitect/domain';
import { definePort } from '@markitect/ports';
import { OPERATION_DURATION, type Telemetry, traced } from '../src/index.js';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { AsyncContext } from './async-context.js';

interface Shelf {
  get(key: string): Promise<string | undefined>;
  put(key: string, content: string): Promise<void>;
  all(): AsyncIterable<string>;
}

const shelfPort = definePort<Shelf>('Shelf', {
  get: { kind: 'read', idempotent: true, key: (key) => key },
  put: { kind: 'write', idempotent: true, key: (key) => key.toUpperCase() },
  all: { kind: 'read', idempotent: true },
});

/** Keeps private state, so that a wrong `this` shows. */
class MemoryShelf implements Shelf {
  readonly #items = new Map<string, string>();
  left = false;
  failure: unknown;

  async get(key: string): Promise<string | undefined> {
    await sleep(0);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- vendors do throw other things
    if (this.failure !== undefined) throw this.failure;
    return this.#items.get(key);
  }

  put(key: string, content: string): Promise<void> {
    if (content === '') throw new Invalid('REQUEST_INVALID', 'no content');
    this.#items.set(key, content);
    return Promise.resolve();
  }

  async *all(): AsyncGenerator<string> {
    try {
      for (const key of this.#items.keys()) {
        await this.get(key);
        yield key;
      }
    } finally {
      this.left = true;
    }
  }

  /** Not of the port. */
  count(): number {
    return this.#items.size;
  }
}

const spans = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
let reader: PeriodicExportingMetricReader;
let telemetry: Telemetry;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncContext());
});

beforeEach(() => {
  spans.reset();
  metrics.reset();
  reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 });
  telemetry = {
    tracer: tracerProvider.getTracer('test'),
    meter: new MeterProvider({ readers: [reader] }).getMeter('test'),
  };
});

afterAll(() => {
  context.disable();
});

const named = (name: string): ReadableSpan => {
  const found = spans.getFinishedSpans().filter((span) => span.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** The points of the histogram: attributes and how many calls. */
async function durations() {
  await reader.forceFlush();
  const metric = metrics
    .getMetrics()
    .at(-1)
    ?.scopeMetrics.flatMap((scope) => scope.metrics)
    .find((candidate) => candidate.descriptor.name === OPERATION_DURATION);
  return {
    unit: metric?.descriptor.unit,
    points: (metric?.dataPoints ?? []).map((point) => ({
      attributes: point.attributes,
      value: point.value as { count: number; sum: number; buckets: { boundaries: number[] } },
    })),
  };
}

describe('without telemetry', () => {
  it('is the implementation itself', () => {
    const shelf = new MemoryShelf();
    expect(traced(shelfPort, shelf)).toBe(shelf);
  });
});

describe('a traced port', () => {
  it('gives each call one span and one duration, and changes nothing else', async () => {
    const shelf = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry);
    await shelf.put('a', 'the content of a');
    expect(await shelf.get('a')).toBe('the content of a');

    const span = named('Shelf.put');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'markitect.port': 'Shelf',
      'code.function.name': 'Shelf.put',
      'markitect.key': 'A',
    });
    const { unit, points } = await durations();
    expect(unit).toBe('s');
    expect(points.map((point) => [point.attributes, point.value.count])).toEqual([
      [{ 'markitect.port': 'Shelf', 'code.function.name': 'Shelf.put' }, 1],
      [{ 'markitect.port': 'Shelf', 'code.function.name': 'Shelf.get' }, 1],
    ]);
    expect(points[0]?.value.buckets.boundaries.slice(0, 4)).toEqual([0.0001, 0.0005, 0.001, 0.005]);
  });

  it('measures in seconds', async () => {
    const slow: Shelf = { ...emptyShelf(), get: () => sleep(50, 'x') };
    await traced(shelfPort, slow, telemetry).get('a');
    const { points } = await durations();
    expect(points[0]?.value.sum).toBeGreaterThan(0.045);
    expect(points[0]?.value.sum).toBeLessThan(20);
  });

  it('never records content, neither arguments nor results', async () => {
    const shelf = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry);
    await shelf.put('a', 'SECRET');
    await shelf.get('a');
    const recorded = JSON.stringify([
      spans.getFinishedSpans().map((span) => [span.name, span.attributes, span.events, span.status]),
      await durations(),
    ]);
    expect(recorded).not.toContain('SECRET');
  });

  it('is a client of the database it is said to be', async () => {
    const shelf = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry, {
      attributes: { 'db.system.name': 'sqlite' },
    });
    await shelf.get('a');
    const span = named('Shelf.get');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.attributes).toMatchObject({ 'db.system.name': 'sqlite', 'db.operation.name': 'get' });
    expect((await durations()).points[0]?.attributes).toMatchObject({ 'db.system.name': 'sqlite' });
  });

  it('keeps `this`, other members and the identity of functions', () => {
    const shelf = tracedMemoryShelf();
    expect(shelf.count()).toBe(0);
    expect(shelf.left).toBe(false);
    shelf.left = true;
    expect(shelf.left).toBe(true);
    expect(shelf.get).toBe(shelf.get);
    expect(shelf).toBeInstanceOf(MemoryShelf);
    const { count } = shelf;
    expect(count()).toBe(0);
    expect(spans.getFinishedSpans()).toEqual([]);
  });
});

describe('a failed call', () => {
  it('that the implementation answered is marked with the code, not as an error', async () => {
    const implementation = new MemoryShelf();
    implementation.failure = new NotFound('DOCUMENT_NOT_FOUND', 'there is none');
    const shelf = traced<Shelf>(shelfPort, implementation, telemetry);
    await expect(shelf.get('a')).rejects.toBe(implementation.failure);
    expect(named('Shelf.get').status).toEqual({ code: SpanStatusCode.UNSET });
    expect(named('Shelf.get').attributes).toMatchObject({ 'error.type': 'DOCUMENT_NOT_FOUND' });
    expect((await durations()).points[0]?.attributes).toMatchObject({ 'error.type': 'DOCUMENT_NOT_FOUND' });
  });

  it('of the implementation itself is an error with our message', async () => {
    const implementation = new MemoryShelf();
    implementation.failure = new Unavailable('DATABASE_BUSY', 'the database is busy');
    const shelf = traced<Shelf>(shelfPort, implementation, telemetry);
    await expect(shelf.get('a')).rejects.toBe(implementation.failure);
    expect(named('Shelf.get').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'the database is busy',
    });
  });

  it('that nothing translated is an error whose message stays private', async () => {
    const implementation = new MemoryShelf();
    implementation.failure = new RangeError('near "my private text"');
    await expect(traced<Shelf>(shelfPort, implementation, telemetry).get('a')).rejects.toBe(
      implementation.failure,
    );
    expect(named('Shelf.get').status).toEqual({ code: SpanStatusCode.ERROR });
    expect(named('Shelf.get').attributes).toMatchObject({ 'error.type': 'RangeError' });
    expect(named('Shelf.get').events).toEqual([]);
    spans.reset();
    implementation.failure = 'a thrown text';
    await expect(traced<Shelf>(shelfPort, implementation, telemetry).get('a')).rejects.toBe('a thrown text');
    expect(named('Shelf.get').attributes).toMatchObject({ 'error.type': '_OTHER' });
  });

  it('may throw at once', async () => {
    const shelf = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry);
    expect(() => shelf.put('a', '')).toThrow('no content');
    expect(named('Shelf.put').attributes).toMatchObject({ 'error.type': 'REQUEST_INVALID' });
    expect((await durations()).points).toHaveLength(1);
  });

  it('is not caused by a key that cannot be told', async () => {
    const shelf = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry);
    await shelf.put(JSON.parse('null') as string, 'x');
    expect(named('Shelf.put').attributes).not.toHaveProperty('markitect.key');
  });
});

describe('a sequence', () => {
  async function shelfOf(...keys: string[]) {
    const implementation = new MemoryShelf();
    for (const key of keys) await implementation.put(key, 'x');
    return { implementation, shelf: traced<Shelf>(shelfPort, implementation, telemetry) };
  }

  it('has one span that ends when it is exhausted', async () => {
    const { shelf } = await shelfOf('a', 'b');
    const keys = [];
    for await (const key of shelf.all()) {
      keys.push(key);
      expect(spans.getFinishedSpans()).toEqual([]);
    }
    expect(keys).toEqual(['a', 'b']);
    expect(named('Shelf.all').attributes).not.toHaveProperty('error.type');
    expect((await durations()).points[0]?.value.count).toBe(1);
  });

  it('ends its span when it is left early, and lets the implementation clean up', async () => {
    const { implementation, shelf } = await shelfOf('a', 'b');
    for await (const key of shelf.all()) {
      expect(key).toBe('a');
      break;
    }
    expect(implementation.left).toBe(true);
    named('Shelf.all');
  });

  it('is counted once, however often its end is asked for', async () => {
    const { shelf } = await shelfOf('a');
    const iterator = shelf.all()[Symbol.asyncIterator]();
    while ((await iterator.next()).done !== true);
    await iterator.next();
    await iterator.return?.();
    await expect(iterator.throw?.(new Error('too late'))).rejects.toThrow('too late');
    expect(named('Shelf.all').attributes).not.toHaveProperty('error.type');
    expect((await durations()).points.map((point) => point.value.count)).toEqual([1]);
  });

  it('ends its span when it fails or is made to', async () => {
    const { implementation, shelf } = await shelfOf('a');
    implementation.failure = new Unavailable('FILE_SYSTEM_FAILED', 'the disk is full');
    await expect(shelf.all()[Symbol.asyncIterator]().next()).rejects.toBe(implementation.failure);
    expect(named('Shelf.all').attributes).toMatchObject({ 'error.type': 'FILE_SYSTEM_FAILED' });
    spans.reset();
    implementation.failure = undefined;
    const iterator = shelf.all()[Symbol.asyncIterator]();
    await iterator.next();
    await expect(iterator.throw?.(new TypeError('stop'))).rejects.toThrow('stop');
    expect(named('Shelf.all').attributes).toMatchObject({ 'error.type': 'TypeError' });
    expect(implementation.left).toBe(true);
  });

  it('may come from an iterator that cannot be returned to or thrown at', async () => {
    const bare: Shelf = {
      ...emptyShelf(),
      all: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: 'x' }) }),
      }),
    };
    const shelf = traced(shelfPort, bare, telemetry);
    for await (const key of shelf.all()) {
      expect(key).toBe('x');
      break;
    }
    named('Shelf.all');
    await expect(shelf.all()[Symbol.asyncIterator]().throw?.(new Error('no'))).rejects.toThrow('no');
  });
});

describe('nested calls', () => {
  it('are children of the call they are made in, under 200 calls at the same time', async () => {
    const inner = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry);
    const outerPort = definePort<Shelf>('Outer', shelfPort.operations);
    const outer = traced<Shelf>(
      outerPort,
      {
        get: async (key) => {
          await sleep(Number(key) % 7);
          await inner.put(key, 'x');
          await sleep(Number(key) % 3);
          return inner.get(key);
        },
        put: (key, content) => inner.put(key, content),
        async *all() {
          for (const key of ['1', '2', '3']) {
            await inner.get(key);
            yield key;
          }
        },
      },
      telemetry,
    );
    const tracer = telemetry.tracer;
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        tracer.startActiveSpan(`request ${index}`, async (request) => {
          if (index % 10 === 0) {
            const keys = outer.all()[Symbol.asyncIterator]();
            while ((await keys.next()).done !== true) await sleep(1);
          } else await outer.get(String(index));
          request.end();
        }),
      ),
    );
    const all = spans.getFinishedSpans();
    const byId = new Map(all.map((span) => [span.spanContext().spanId, span]));
    const parentOf = (span: ReadableSpan) => byId.get(span.parentSpanContext?.spanId ?? '');
    let nested = 0;
    for (const span of all) {
      if (span.name.startsWith('request')) continue;
      const parent = parentOf(span);
      expect(parent?.spanContext().traceId).toBe(span.spanContext().traceId);
      if (span.name.startsWith('Outer.')) {
        const index = Number(parent?.name.replace('request ', ''));
        expect(span.name).toBe(index % 10 === 0 ? 'Outer.all' : 'Outer.get');
        if (span.name === 'Outer.get') expect(span.attributes['markitect.key']).toBe(String(index));
      } else {
        nested += 1;
        if (parent?.name === 'Outer.get') {
          expect(span.attributes['markitect.key']).toBe(parent.attributes['markitect.key']);
        } else expect(parent?.name).toBe('Outer.all');
      }
    }
    expect(nested).toBe(180 * 2 + 20 * 3);
    expect(all).toHaveLength(200 + 200 + nested);
  });

  it('see the span as the active one', async () => {
    let active: string | undefined;
    const shelf = traced<Shelf>(
      shelfPort,
      {
        ...emptyShelf(),
        get: () => {
          active = trace.getActiveSpan()?.spanContext().spanId;
          return Promise.resolve(undefined);
        },
      },
      telemetry,
    );
    await shelf.get('a');
    expect(active).toBe(named('Shelf.get').spanContext().spanId);
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});

/** With the members that are not of the port. */
function tracedMemoryShelf(): MemoryShelf {
  const shelf = traced<Shelf>(shelfPort, new MemoryShelf(), telemetry);
  if (!(shelf instanceof MemoryShelf)) throw new Error('it is another class now');
  return shelf;
}

function emptyShelf(): Shelf {
  return {
    get: () => Promise.resolve(undefined),
    put: () => Promise.resolve(),
    all: () => new MemoryShelf().all(),
  };
}
