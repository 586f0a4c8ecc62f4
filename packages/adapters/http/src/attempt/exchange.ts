import type { HttpRequest, HttpResponse, RepeatGuard } from '@markitect/connections';
import type { AttemptFailure } from './attempt-failure.js';

/**
 * One request on its way to one answer, over as many attempts as it takes, and for as many callers as share it. Its
 * class keeps axios from copying it.
 */
export class Exchange {
  readonly method: HttpRequest['method'];
  /** Path and query as sent. */
  readonly line: string;
  /** The path as the caller gave it, for messages. */
  readonly path: string;
  /** Names and values by turns. */
  readonly headers: readonly string[];
  readonly body: string | undefined;
  readonly expect: HttpRequest['expect'];
  readonly repeat: 'idempotent' | 'never' | RepeatGuard;
  readonly mayHedge: boolean;
  /** When the last of its callers stops waiting, on the monotonic clock. */
  deadlineAt = 0;
  attempts = 0;
  /** The pause before the next attempt, and the one the next jitter starts from. */
  delayMs = 0;
  /** An attempt is on its way to the server now. */
  isSent = false;
  /** An attempt may have been carried out, and nobody knows. */
  isUncertain = false;
  /** The server was left while it had not answered: it may still be at it, so that what a guard sees is not the end. */
  mayBeUnderWay = false;
  failure: AttemptFailure | undefined;
  /** What is worth one more attempt had it. */
  hadItsOnce = false;
  /** What the guard found to be the answer. */
  found: HttpResponse | undefined;
  guardFailed = false;
  readonly #onCancel = new Set<() => void>();
  #controller: AbortController | undefined;
  #isCancelled = false;

  constructor(request: HttpRequest, line: string, headers: readonly string[], mayHedge: boolean) {
    this.method = request.method;
    this.line = line;
    this.path = request.path;
    this.expect = request.expect;
    this.body = request.json === undefined ? undefined : JSON.stringify(request.json);
    this.repeat =
      request.repeat ?? (request.method === 'POST' || request.method === 'PATCH' ? 'never' : 'idempotent');
    this.headers = headers;
    this.mayHedge = mayHedge;
  }

  get isRead(): boolean {
    return this.method === 'GET' || this.method === 'HEAD';
  }

  /** Whether what was asked may have been done although nobody got its answer. */
  get outcome(): 'unknown' | 'not-carried-out' {
    return this.isSent || this.isUncertain ? 'unknown' : 'not-carried-out';
  }

  /** A real signal, made only for those who need one: it costs more than the rest of an exchange. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isCancelled) this.#controller.abort();
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#isCancelled;
  }

  /** Nobody waits any more. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    for (const each of this.#onCancel) each();
    this.#controller?.abort();
  }

  /** With {@link aborted} the part of a signal that axios and axios-retry use. */
  addEventListener(_type: 'abort', listener: () => void): void {
    this.#onCancel.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#onCancel.delete(listener);
  }
}
