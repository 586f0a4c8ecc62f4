import type { HttpResponse } from '@markitect/connections';
import {
  Conflict,
  Corrupt,
  Forbidden,
  Invalid,
  NotFound,
  type JsonObject,
  type MarkitectError,
} from '@markitect/domain';

/** What a request was about, as far as it decides what a refusal means. */
export interface RequestSubject {
  /** What was to be done, for the message: `edit issue #7`. */
  readonly what: string;
  /** The issue it named. */
  readonly issue?: number;
}

/** The fields a message of the server may name, by the words it uses, and what they are called here. */
const fields: readonly (readonly [RegExp, string])[] = [
  [/\btitle\b/i, 'title'],
  [/\bbody\b|\bcontent\b/i, 'body'],
  [/\bcolou?r\b/i, 'color'],
  [/due_?(date|on)|deadline/i, 'dueOn'],
  [/milestone/i, 'milestone'],
  [/\bstate\b/i, 'state'],
  [/\bsince\b|parsing time/i, 'updatedSince'],
  [/\bname\b/i, 'name'],
  [/label/i, 'labels'],
];

/**
 * The one translation of the server's refusals. A 404 of a request that names an issue means the issue: that the
 * repository is there has to be made sure of before.
 */
export function giteaFailure(response: HttpResponse, { what, issue }: RequestSubject): MarkitectError {
  const { status } = response;
  const said = messageOf(response);
  const because = said === '' ? '' : `: ${said}`;
  const details: JsonObject = { status, ...(issue === undefined ? {} : { number: issue }) };
  if (status >= 300 && status < 400) {
    return new NotFound(
      'TRACKER_NOT_FOUND',
      `the server refers to another address for ${what}: the repository was renamed or moved`,
      { details },
    );
  }
  switch (status) {
    case 401:
      return new Forbidden('TRACKER_UNAUTHORIZED', `the server asks for a valid token to ${what}${because}`, {
        details,
      });
    case 403:
      return new Forbidden(
        'TRACKER_FORBIDDEN',
        `the user of the token may not ${what}${because === '' ? '' : because}`,
        { details },
      );
    case 404:
      return issue === undefined
        ? new NotFound('TRACKER_NOT_FOUND', `the server has nothing to ${what}${because}`, { details })
        : new NotFound('ISSUE_NOT_FOUND', `there is no issue #${issue}`, { details: { number: issue } });
    case 409:
      return issue === undefined
        ? new Invalid('REQUEST_INVALID', `the server cannot ${what}${because}`, { details })
        : new Conflict('ISSUE_CHANGED', `issue #${issue} was changed in the meantime`, {
            details: { number: issue },
          });
    case 412:
      return issue === undefined || /state/i.test(said)
        ? invalid(what, said, details)
        : new Conflict('ISSUE_BLOCKED', `issue #${issue} waits for an open one and cannot be closed`, {
            details: { number: issue },
          });
    case 423:
      return new Forbidden('TRACKER_ARCHIVED', `cannot ${what}: the repository is archived`, { details });
    case 400:
    case 413:
    case 422:
      return /assignee|does not have access|user does not exist/i.test(said)
        ? new Invalid('ISSUE_ASSIGNEE_UNKNOWN', `cannot ${what}${because}`, {
            details: { ...details, field: 'assignees' },
          })
        : invalid(what, status === 413 && said === '' ? 'it is too large' : said, details);
    default:
      return new Corrupt(
        'HTTP_RESPONSE_INVALID',
        `the server answered ${what} with status ${status}${because}: is the address that of its API?`,
        { details },
      );
  }
}

function invalid(what: string, said: string, details: JsonObject): Invalid {
  const field = fields.find(([pattern]) => pattern.test(said))?.[1];
  return new Invalid('REQUEST_INVALID', `cannot ${what}${said === '' ? '' : `: ${said}`}`, {
    details: { ...details, ...(field === undefined ? {} : { field }) },
  });
}

/** What the server says, on one line and not endless. Bodies may be absent, text, or JSON of another form. */
function messageOf({ body }: HttpResponse): string {
  const message =
    typeof body === 'object' && body !== null && 'message' in body ? (body.message as unknown) : body;
  if (typeof message !== 'string') return '';
  // eslint-disable-next-line no-control-regex -- they are what is to go
  const line = message.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/**
 * The same error with a longer message and more details, for a write of several requests that failed in the middle.
 */
export function withDetails<E extends MarkitectError>(error: E, message: string, details: JsonObject): E {
  const descriptors = Object.getOwnPropertyDescriptors(error);
  return Object.create(Object.getPrototypeOf(error) as object, {
    ...descriptors,
    message: { value: message, configurable: true, writable: true, enumerable: false },
    details: {
      value: { ...error.details, ...details },
      configurable: true,
      writable: true,
      enumerable: true,
    },
  }) as E;
}
