import type { HttpClient, HttpRequest, HttpResponse } from '@markitect/connections';
import type { JsonObject, JsonValue } from '@markitect/domain';

type Handler = (request: HttpRequest) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

export const json = (
  body: JsonValue | undefined,
  status = 200,
  headers: Record<string, string> = {},
): HttpResponse => ({ status, headers: { 'content-type': 'application/json', ...headers }, body });

/** An issue as the server answers it. */
export function answer(number: number, overrides: JsonObject = {}): JsonObject {
  return {
    id: 1000 + number,
    number,
    title: `Issue ${number}`,
    body: '',
    state: 'open',
    labels: [],
    milestone: null,
    assignees: null,
    user: { login: 'ada' },
    comments: 0,
    created_at: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString().replace('.000Z', 'Z'),
    updated_at: '2026-02-01T00:00:00Z',
    closed_at: null,
    due_date: null,
    is_locked: false,
    content_version: 0,
    pull_request: null,
    repository: { owner: 'team', name: 'work' },
    html_url: `https://git.example/team/work/issues/${number}`,
    ...overrides,
  };
}

/**
 * A scripted HttpClient: the first handler that answers does. Behind those of the test stands a list of issues, paged
 * as the server pages, in the order in which they lie here (a test keeps them: the latest first).
 */
export class FakeGitea implements HttpClient {
  readonly requests: HttpRequest[] = [];
  readonly #handlers: Handler[] = [];
  issues: JsonObject[] = [];
  labels: JsonObject[] = [];
  mostItems = 50;

  /** `path` is below the repository, or whole when it begins with `/`. */
  on(method: HttpRequest['method'], path: string, handler: Handler): this {
    const whole = path.startsWith('/') ? path.slice(1) : ['repos/team/work', path].filter(Boolean).join('/');
    this.#handlers.unshift((request) =>
      request.method === method && request.path === whole ? handler(request) : undefined,
    );
    return this;
  }

  /** Requests of a method whose path has this end. */
  sent(method: HttpRequest['method'], end: string): HttpRequest[] {
    return this.requests.filter((request) => request.method === method && request.path.endsWith(end));
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    for (const handler of this.#handlers) {
      // Without a pause where there is no answer: then what handlers change lies between requests sent together.
      const answering = handler(request);
      const response = answering instanceof Promise ? await answering : answering;
      if (response !== undefined) return response;
    }
    const [, , , kind, number] = request.path.split('/');
    if (request.path === 'settings/api') return json({ max_response_items: this.mostItems });
    if (request.path === 'user') return json({ login: 'ada' });
    if (request.method === 'GET' && request.path === 'repos/team/work') return json({});
    if (request.method === 'GET' && kind === 'issues' && number === undefined)
      return this.#page(this.issues, request);
    if (request.method === 'GET' && kind === 'labels') return this.#page(this.labels, request);
    if (request.method === 'GET' && ['milestones', 'assignees'].includes(kind ?? '')) return json([]);
    if (request.method === 'GET' && request.path.split('/').length === 5) {
      const found = this.issues.find((issue) => issue.number === Number(number));
      if (found !== undefined) return json(found);
    }
    return json({ message: 'not found', url: 'https://git.example/api/swagger' }, 404);
  }

  #page(items: readonly JsonObject[], { query = {} }: HttpRequest): HttpResponse {
    const limit = Math.min(Number(query.limit ?? 30), this.mostItems);
    const start = (Number(query.page ?? 1) - 1) * limit;
    return json(items.slice(start, start + limit), 200, { 'x-total-count': String(items.length) });
  }
}
