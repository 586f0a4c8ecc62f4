import {
  Corrupt,
  type ErrorCodeOf,
  type ErrorOptions,
  Invalid,
  isMarkitectError,
  type JsonObject,
  type MarkitectError,
  Unexpected,
} from '@markitect/domain';
import type { EncodedTree, ParsedMarkdown, SelectedNode } from '@markitect/ports';
import { tooComplex } from './markdown-faults.js';

/** What a worker can be asked to do. */
export type ParseTask =
  | { readonly kind: 'parse'; readonly content: string }
  | {
      readonly kind: 'select';
      readonly tree: EncodedTree;
      readonly selector: string;
      readonly limit: number;
    }
  | { readonly kind: 'json'; readonly tree: EncodedTree };

/** What each task answers with. */
export interface TaskResults {
  readonly parse: ParsedMarkdown;
  readonly select: readonly SelectedNode[];
  readonly json: Uint8Array;
}

/** An error as plain data: the classes of errors, and with them their codes, do not survive the way between threads. */
export interface TaskFault {
  readonly code: MarkitectError['code'];
  readonly message: string;
  readonly details: JsonObject;
}

/** What comes back from a worker. */
export type TaskOutcome<T> = { readonly value: T } | { readonly fault: TaskFault };

/** The fault to send for anything thrown in a worker. */
export function faultOf(error: unknown): TaskFault {
  const { code, message, details } = isMarkitectError(error) ? error : translateWorkerError(error);
  return { code, message, details };
}

/** The error that a fault was made of. */
export function errorOf({ code, message, details }: TaskFault): MarkitectError {
  const options: ErrorOptions = { details };
  if (isInvalid(code)) return new Invalid(code, message, options);
  return code === 'AST_CORRUPT'
    ? new Corrupt(code, message, options)
    : new Unexpected('UNEXPECTED', message, options);
}

const invalidCodes = ['FRONT_MATTER_INVALID', 'MARKDOWN_TOO_COMPLEX', 'SELECTOR_INVALID'] as const;

function isInvalid(code: string): code is ErrorCodeOf<'Invalid'> {
  return invalidCodes.some((known) => known === code);
}

/** The one translation of what threads, the pool and the libraries throw. */
export function translateWorkerError(error: unknown): MarkitectError {
  if (isMarkitectError(error)) return error;
  // By its fields: the pool hands on errors of other threads, whose classes are others.
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return tooComplex('memory', 'it needs more memory than there is');
  const reason = typeof message === 'string' ? message : String(error);
  return new Unexpected('UNEXPECTED', `the Markdown parser failed: ${reason}`, { cause: error });
}
