import { type ErrorKind, isMarkitectError } from '@markitect/domain';
import {
  type Attributes,
  context,
  type Context,
  type Histogram,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';

/**
 * Kinds that answer the caller: no such document, not in that state, not allowed. The implementation has worked, so
 * the span keeps the status UNSET, as HTTP servers do it for 4xx. All other errors set the status ERROR. `error.type`
 * is recorded either way, so that dashboards can count both.
 */
const answers: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'NotFound',
  'Conflict',
  'Invalid',
  'Forbidden',
  'NotSupported',
]);

/** One call while it runs: its span and its clock. Ends once; later ends are without effect. */
export class Observation {
  readonly #span: Span;
  readonly #context: Context;
  readonly #histogram: Histogram;
  readonly #attributes: Attributes;
  readonly #start = performance.now();
  #ended = false;

  /** `attributes`: those of the measurement, which must have few different values. */
  constructor(span: Span, histogram: Histogram, attributes: Attributes) {
    this.#span = span;
    this.#context = trace.setSpan(context.active(), span);
    this.#histogram = histogram;
    this.#attributes = attributes;
  }

  /** Runs a function inside the span, so that what it calls becomes the span's child. */
  run<T>(work: () => T): T {
    return context.with(this.#context, work);
  }

  /** The call has succeeded. */
  end(): void {
    this.#finish(this.#attributes);
  }

  /** The call has failed. */
  fail(error: unknown): void {
    const type = errorType(error);
    if (!this.#ended) {
      this.#span.setAttribute(ATTR_ERROR_TYPE, type);
      // Only our own messages are recorded: a vendor's may quote the text it choked on. For the same reason no
      // exception event is written.
      if (!isMarkitectError(error)) this.#span.setStatus({ code: SpanStatusCode.ERROR });
      else if (!answers.has(error.kind)) {
        this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      }
    }
    this.#finish({ ...this.#attributes, [ATTR_ERROR_TYPE]: type });
  }

  #finish(attributes: Attributes): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#histogram.record((performance.now() - this.#start) / 1000, attributes, this.#context);
    this.#span.end();
  }
}

/** The code of our errors, the class of others, `_OTHER` (the conventions' word) for thrown values of no class. */
function errorType(error: unknown): string {
  if (isMarkitectError(error)) return error.code;
  const isError = typeof error === 'object' && error !== null && 'name' in error;
  return isError && typeof error.name === 'string' ? error.name : '_OTHER';
}
