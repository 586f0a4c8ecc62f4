import { MAX_PAGE_LIMIT, type Page, type PageRequest } from '@markitect/domain';
import { type IssueRepository, issueRepositoryPort, type Operation, type Port } from '@markitect/ports';
import { streamPages } from '../issues/in-memory-issue-repository.js';

/** One call of an operation of a port. */
export interface PortCall<P> {
  /** The port and the operation, e.g. `DocumentRepository.save`. */
  readonly name: string;
  readonly kind: Operation['kind'];
  /** Makes the call on an implementation. */
  on(implementation: P): Promise<unknown>;
}

/** A port of which every call is handed to `answer`. Only for ports without sequences. */
export function callsThrough<P extends object>(
  port: Port<P>,
  answer: (call: PortCall<P>) => Promise<unknown>,
): P {
  const operations = new Map(Object.entries<Operation>(port.operations));
  return new Proxy({} as P, {
    get(_, name) {
      const operation = typeof name === 'string' ? operations.get(name) : undefined;
      if (operation === undefined) return undefined;
      return (...args: unknown[]) =>
        answer({
          name: `${port.name}.${String(name)}`,
          kind: operation.kind,
          on(implementation) {
            const method = Reflect.get(implementation, name) as (...args: unknown[]) => Promise<unknown>;
            return method.apply(implementation, args);
          },
        });
    },
  });
}

/** As {@link callsThrough}, for issues: their sequence is made of the calls of `list`, each of them by itself. */
export function issueCallsThrough(
  answer: (call: PortCall<IssueRepository>) => Promise<unknown>,
): IssueRepository {
  const issues = callsThrough(issueRepositoryPort, answer);
  const stream: IssueRepository['stream'] = (query) => streamPages((page) => issues.list(query, page));
  return new Proxy(issues, {
    get: (target, name) => (name === 'stream' ? stream : (Reflect.get(target, name) as unknown)),
  });
}

/** The items of pages that are fetched as they are asked for. */
export async function* streamOf<T>(fetch: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T, void> {
  let page = await fetch({ limit: MAX_PAGE_LIMIT });
  yield* page.items;
  while (page.nextCursor !== undefined) {
    page = await fetch({ limit: MAX_PAGE_LIMIT, cursor: page.nextCursor });
    yield* page.items;
  }
}

/** A port whose `stream` gives, page by page, what its `list` does. */
interface Streaming<Query, T> {
  list(query: Query & PageRequest): Promise<Page<T>>;
  stream(query: Query): AsyncIterable<T>;
}

/** As {@link callsThrough}, for ports with a sequence: it is made of the calls of `list`, each of them by itself. */
export function streamingCallsThrough<P extends Streaming<Query, T>, Query, T>(
  port: Port<P>,
  answer: (call: PortCall<P>) => Promise<unknown>,
): P {
  const calls = callsThrough(port, answer);
  const stream = (query: Query): AsyncIterable<T> => streamOf((page) => calls.list({ ...query, ...page }));
  return new Proxy(calls, {
    get: (target, name) => (name === 'stream' ? stream : (Reflect.get(target, name) as unknown)),
  });
}
