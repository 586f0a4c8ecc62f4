import type { Operation, Port } from '@markitect/ports';
import { type Attributes, context, type Histogram, SpanKind, ValueType } from '@opentelemetry/api';
import {
  ATTR_CODE_FUNCTION_NAME,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
} from '@opentelemetry/semantic-conventions';
import { Observation } from './observation.js';
import { observedIterable } from './observed-iterable.js';
import type { Telemetry } from './telemetry.js';

/** What to say of an implementation besides its operations. */
export interface TracedOptions {
  /**
   * On every span and measurement, so of few different values. With `db.system.name` the spans are of kind CLIENT
   * and say `db.operation.name` too; else they are INTERNAL.
   */
  readonly attributes?: Attributes;
}

/**
 * The histogram of all ports, in seconds. Not `db.client.operation.duration`: that one belongs to calls of a database,
 * is what a driver's own instrumentation records, and would be counted twice; and a parser or a folder is no database.
 * So one name for every port, told apart by `markitect.port` and `code.function.name`.
 */
export const OPERATION_DURATION = 'markitect.port.operation.duration';

/**
 * The bounds the conventions advise for database calls, with two finer ones: a coalesced point read takes some tens
 * of microseconds, and all of them would lie in the first bucket.
 */
const durationBounds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

const ATTR_PORT = 'markitect.port';
/** On spans only: as many values as there are documents would be as many time series. */
const ATTR_KEY = 'markitect.key';

type Call = (...args: unknown[]) => unknown;

/**
 * A port's implementation with one span and one duration record for every call of an operation in the port's table.
 * The span is named `Port.operation`, carries `code.function.name`, `markitect.key` where the table knows a key, and
 * `error.type` (the error's code) after a failure; its status is ERROR only when the implementation failed, not when
 * it answered NotFound, Conflict, Invalid, Forbidden or NotSupported. Arguments and results are never recorded.
 *
 * The implementation runs inside the span, so calls it makes on other traced ports are children. A span over an async
 * iterable lasts until the iteration ends, fails or is left; one that is never iterated leaves no span. Results,
 * errors (thrown at once, too), `this` and all other members are those of the implementation; calls it makes on itself
 * are not seen. Without telemetry it is the implementation itself, so tracing costs nothing when it is off; with it
 * a call costs a few microseconds.
 */
export function traced<P extends object>(
  port: Port<P>,
  implementation: P,
  telemetry?: Telemetry,
  options: TracedOptions = {},
): P {
  if (telemetry === undefined) return implementation;
  const histogram = telemetry.meter.createHistogram(OPERATION_DURATION, {
    description: 'Duration of the calls of a port.',
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: durationBounds },
  });
  const operations = new Map<string | symbol, Operation>(Object.entries<Operation>(port.operations));
  const functions = new Map<string | symbol, { readonly original: Call; readonly wrapped: Call }>();

  return new Proxy(implementation, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      const original = value as Call;
      const known = functions.get(member);
      if (known?.original === original) return known.wrapped;
      const operation = operations.get(member);
      // A class keeps private fields: its methods need the implementation as `this`, not this proxy.
      const bound: Call = (...args) => original.apply(target, args);
      const wrapped =
        operation === undefined || typeof member === 'symbol'
          ? bound
          : observed(bound, observer(port.name, member, operation, telemetry, histogram, options));
      functions.set(member, { original, wrapped });
      return wrapped;
    },
  });
}

/** What starts the observation of one operation. */
function observer(
  port: string,
  name: string,
  operation: Operation,
  telemetry: Telemetry,
  histogram: Histogram,
  options: TracedOptions,
): (args: readonly unknown[]) => Observation {
  const functionName = `${port}.${name}`;
  const isDatabase = options.attributes?.[ATTR_DB_SYSTEM_NAME] !== undefined;
  const kind = isDatabase ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const attributes: Attributes = {
    ...options.attributes,
    ...(isDatabase ? { [ATTR_DB_OPERATION_NAME]: name } : {}),
    [ATTR_PORT]: port,
    [ATTR_CODE_FUNCTION_NAME]: functionName,
  };
  return (args) => {
    const span = telemetry.tracer.startSpan(functionName, { kind, attributes }, context.active());
    if (operation.key !== undefined && span.isRecording()) {
      const key = keyOf(operation, args);
      if (key !== undefined) span.setAttribute(ATTR_KEY, key);
    }
    return new Observation(span, histogram, attributes);
  };
}

/** Bad arguments are the implementation's to refuse: finding the key must not be what fails. */
function keyOf(operation: Operation, args: readonly unknown[]): string | undefined {
  try {
    return operation.key?.(...(args as never[]));
  } catch {
    return undefined;
  }
}

function observed(call: Call, observe: (args: readonly unknown[]) => Observation): Call {
  return (...args) => {
    const observation = observe(args);
    let result: unknown;
    try {
      result = observation.run(() => call(...args));
      if (isAsyncIterable(result)) return observedIterable(result, observation);
    } catch (error) {
      observation.fail(error);
      throw error;
    }
    if (isPromise(result)) {
      return result.then(
        (value: unknown) => {
          observation.end();
          return value;
        },
        (error: unknown) => {
          observation.fail(error);
          throw error;
        },
      );
    }
    observation.end();
    return result;
  };
}

/** By its shape: promises of other libraries and realms are promises too. */
function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
