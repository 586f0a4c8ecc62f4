import { isMarkitectError } from '@markitect/domain';
import type { FastifyError } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  type ZodFastifySchemaValidationError,
} from 'fastify-type-provider-zod';
import { type FieldFault, problem, type Problem, problemOf } from './problem.js';

/** The problem behind whatever a request ended in: our errors, the faults Fastify finds, anything else. */
export function requestProblem(error: unknown): Problem {
  if (isMarkitectError(error) || !isFastifyError(error)) return problemOf(error);
  if (hasZodFastifySchemaValidationErrors(error))
    return validationProblem(error.validation, error.validationContext);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('PAYLOAD_TOO_LARGE', 'the body is larger than this server accepts');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('MEDIA_TYPE_UNSUPPORTED', 'the body has no Content-Type this operation reads');
    case 'FST_ERR_BAD_URL':
      return problem('REQUEST_INVALID', 'the address is not properly percent-encoded UTF-8', {
        errors: [{ field: 'url', detail: 'not properly percent-encoded UTF-8' }],
      });
    default:
      return isClientFault(error)
        ? problem('REQUEST_INVALID', sentence(error.message), {
            errors: [{ field: 'body', detail: sentence(error.message) }],
          })
        : problemOf(error);
  }
}

/** Fastify gives 4xx to what the client did; malformed JSON is a SyntaxError with that status. */
function isClientFault(error: FastifyError): boolean {
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('code' in error || 'statusCode' in error);
}

function validationProblem(
  faults: readonly ZodFastifySchemaValidationError[],
  context: FastifyError['validationContext'] = 'body',
): Problem {
  const part = partNames[context] ?? context;
  const errors = faults.map(({ instancePath, message = 'not valid' }): FieldFault => ({
    field: [part, ...instancePath.split('/').filter((step) => step !== '')].join('.'),
    detail: sentence(message),
  }));
  const detail = errors.map((fault) => `${fault.field}: ${fault.detail}`).join('; ');
  return problem('REQUEST_INVALID', detail, { errors });
}

/** What people call what Fastify calls otherwise. */
const partNames: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
