import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FairLease, type HttpClient, type HttpRequest, type HttpResponse } from '@markitect/connections';
import { Invalid, Timeout } from '@markitect/domain';
import { fileSystemError } from '../file-system-error.js';
import { readReport, toResponse } from './curl-answer.js';
import { curlConfig, type CurlOption, headerLines, REPORT, requestUrl } from './curl-config.js';
import { CurlFailure, curlFailure, toMarkitectError } from './curl-errors.js';
import { runCurl } from './curl-process.js';

/** How to reach one HTTP server by `curl`. Only the address has no default. */
export interface CurlHttpOptions {
  /** `http:` or `https:`, with the path all requests are below, without user, query and fragment. */
  readonly baseUrl: string;
  /** Sent as `Authorization: token …`. Never an argument, which every user of the machine could read. */
  readonly token?: string;
  /** The most milliseconds from a call to its answer. Default 30,000. */
  readonly deadlineMs?: number;
  /** The most milliseconds for the connection, TLS included. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Processes at the same time. Default 8. */
  readonly processes?: number;
  /** The largest answer taken, in bytes, its head included. Default 33554432 (32 MiB). */
  readonly maxResponseBytes?: number;
  /** The program. Default `curl`, of version 7.75 or later. */
  readonly command?: string;
}

/** A longer line is not read from a configuration by some versions. */
const MAX_LINE_BYTES = 64 * 1024;
/** How much longer than it may take a process is given to say that it took too long. */
const GRACE_MS = 1000;

/**
 * HTTP as shell scripts speak it: one process of `curl`, and one connection, for each request. Nothing is repeated,
 * shared or hedged, and no breaker opens. Errors as those of any HttpClient; a `curl` that cannot be started is
 * `HTTP_UNREACHABLE`. Cost: 10 to 20 ms of processor time for each request.
 */
export class CurlHttpClient implements HttpClient {
  readonly #base: URL;
  readonly #options: Required<Omit<CurlHttpOptions, 'baseUrl' | 'token' | 'processes'>>;
  readonly #token: string | undefined;
  readonly #slots: FairLease<number>;

  /** Throws Invalid `CONFIG_INVALID` naming the option that is wrong, never its value. */
  constructor({ baseUrl, token, processes = 8, ...options }: CurlHttpOptions) {
    this.#base = baseOf(baseUrl);
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw invalid('token', 'must be visible ASCII');
    if (!Number.isInteger(processes) || processes < 1)
      throw invalid('processes', 'must be a whole number from 1');
    this.#token = token;
    this.#options = {
      deadlineMs: 30_000,
      connectTimeoutMs: 5000,
      maxResponseBytes: 33_554_432,
      command: 'curl',
      ...options,
    };
    this.#slots = new FairLease(Array.from({ length: processes }, (_, index) => index));
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const { method, path, repeat, signal } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    const isIdempotent = repeat === undefined && (isRead || method === 'PUT' || method === 'DELETE');
    const subject = {
      request: `${method} ${path}`,
      isRead,
      isRepeatable: isIdempotent || repeat === 'idempotent',
    };
    const startedAt = performance.now();
    const deadlineMs = request.deadlineMs ?? this.#options.deadlineMs;
    try {
      const slot = await this.#slot(request, deadlineMs);
      try {
        return await this.#send(request, deadlineMs - (performance.now() - startedAt));
      } finally {
        this.#slots.release(slot);
      }
    } catch (error) {
      if (!(error instanceof CurlFailure)) throw error;
      const wasAnswered = error.details.status !== undefined;
      if (error.mayBeDone && typeof repeat === 'object') {
        const answer = await this.#askWhetherDone(repeat, signal);
        if (answer !== undefined) return answer;
        // Believed when the server has answered; else it may still be at it.
        if (wasAnswered) throw toMarkitectError(error, { ...subject, isRepeatable: true });
      }
      throw toMarkitectError(error, subject);
    }
  }

  async #slot({ method, path, signal }: HttpRequest, deadlineMs: number): Promise<number> {
    const free = this.#slots.tryAcquire();
    if (free !== undefined) return free;
    const limit = AbortSignal.timeout(Math.max(1, Math.ceil(deadlineMs)));
    try {
      return await this.#slots.acquire({
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
    } catch (error) {
      throw new Timeout('DEADLINE_EXCEEDED', `${method} ${path}: was not sent in time`, {
        cause: error,
        details: { deadlineMs, outcome: 'not carried out' },
      });
    }
  }

  async #askWhetherDone(
    guard: Exclude<HttpRequest['repeat'], string | undefined>,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse | undefined> {
    const limit = AbortSignal.timeout(this.#options.deadlineMs);
    try {
      return await guard.carriedOut(signal === undefined ? limit : AbortSignal.any([limit, signal]));
    } catch {
      return undefined;
    }
  }

  async #send(request: HttpRequest, limitMs: number): Promise<HttpResponse> {
    if (limitMs < 1) throw new CurlFailure('DEADLINE_EXCEEDED', 'was not sent in time', false);
    const body = request.json === undefined ? undefined : JSON.stringify(request.json);
    const isLong = body !== undefined && Buffer.byteLength(body) > MAX_LINE_BYTES;
    const folder = isLong ? await inFolder(body) : undefined;
    try {
      return await this.#run(request, folder === undefined ? body : `@${join(folder, 'body')}`, limitMs);
    } finally {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  }

  async #run(request: HttpRequest, body: string | undefined, limitMs: number): Promise<HttpResponse> {
    const { command, maxResponseBytes } = this.#options;
    const config = curlConfig(this.#config(request, body, limitMs));
    const run = {
      command,
      config,
      maxBytes: maxResponseBytes,
      limitMs: limitMs + GRACE_MS,
      signal: request.signal,
    };
    const result = await runCurl(run).catch((error: unknown) => {
      throw new CurlFailure('HTTP_UNREACHABLE', `${command} cannot be started: ${String(error)}`, false);
    });
    const report = readReport(result.report);
    if (result.endedBy === 'signal') throw new CurlFailure('DEADLINE_EXCEEDED', 'was cancelled', true);
    if (result.endedBy === 'time') throw curlFailure(28, true, report.message);
    if (result.endedBy === 'size') throw curlFailure(63, true, report.message);
    if (result.exitCode !== 0) throw curlFailure(result.exitCode, report.wasSent, report.message);
    return toResponse(result.output, report, request.expect);
  }

  #config(request: HttpRequest, body: string | undefined, limitMs: number): readonly CurlOption[] {
    const headers = [
      ...headerLines(request.headers),
      ...(this.#token === undefined ? [] : [`Authorization: token ${this.#token}`]),
      ...(body === undefined ? [] : ['Content-Type: application/json']),
      // No question before the body.
      'Expect:',
      'User-Agent: markitect-legacy',
    ];
    return [
      ['url', requestUrl(this.#base, request)],
      ...(request.method === 'HEAD' ? ([['head', true]] as const) : ([['request', request.method]] as const)),
      ...headers.map((header) => ['header', header] as const),
      ...(body === undefined ? [] : ([['data-binary', body]] as const)),
      ...(request.method === 'HEAD' ? [] : ([['include', true]] as const)),
      ['write-out', `%{stderr}${REPORT}`],
      ['connect-timeout', seconds(Math.min(this.#options.connectTimeoutMs, limitMs))],
      ['max-time', seconds(limitMs)],
      ['max-filesize', String(this.#options.maxResponseBytes)],
      ['proto', '=http,https'],
      ['noproxy', '*'],
      ['http1.1', true],
      ['globoff', true],
      ['path-as-is', true],
      ['silent', true],
      ['show-error', true],
    ];
  }
}

/** A body that is too long for a line, in a file that only this user can read. Answers its folder. */
async function inFolder(body: string): Promise<string> {
  const path = join(tmpdir(), 'markitect-curl-');
  try {
    const folder = await mkdtemp(path);
    await writeFile(join(folder, 'body'), body, { mode: 0o600 });
    return folder;
  } catch (error) {
    throw fileSystemError(error, path, 'write');
  }
}

function seconds(ms: number): string {
  return (Math.max(1, Math.ceil(ms)) / 1000).toFixed(3);
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('baseUrl', 'must be an http or https URL without user, query and fragment');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function invalid(field: string, rule: string): Invalid {
  return new Invalid('CONFIG_INVALID', `the option ${field} of curl ${rule}`, { details: { field } });
}
