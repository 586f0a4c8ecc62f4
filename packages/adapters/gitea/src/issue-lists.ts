import {
  compareIssues,
  type Issue,
  type IssueQuery,
  issueQuery,
  type JsonValue,
  meetsQuery,
  type Page,
  pageLimit,
  type PageRequest,
} from '@markitect/domain';
import { decodeCursor, encodeCursor } from '@markitect/ports';
import { readAnswer, settingsAnswer } from './gitea-answers.js';
import { type GiteaApi, hasCode } from './gitea-api.js';
import { type ServerFilters, serverFilters } from './issue-filters.js';
import { IssuePages } from './issue-pages.js';
import { IssueWalk, type WalkPlace, type WalkStep } from './issue-walk.js';
import type { KnownNames } from './known-names.js';

/** What a list is made with. */
export interface ListOptions {
  readonly pageSize: number;
  readonly concurrency: number;
}

type WalkCursor = readonly ['walk', behind: number, total: number, createdAt: string, number: number];
type SortedCursor = readonly ['sorted', value: string | number, number: number];

/** Lists of issues out of pages of the server. */
export class IssueLists {
  readonly #api: GiteaApi;
  readonly #names: KnownNames;
  readonly #options: ListOptions;
  #pageSize: number;
  #settings: Promise<void> | undefined;
  /** Whether the order of creation has been that of the numbers wherever it was seen. */
  #isRegular = true;

  constructor(api: GiteaApi, names: KnownNames, options: ListOptions) {
    this.#api = api;
    this.#names = names;
    this.#options = options;
    this.#pageSize = options.pageSize;
  }

  async list(asked: IssueQuery, page: PageRequest = {}): Promise<Page<Issue>> {
    const query = issueQuery(asked);
    const limit = pageLimit(page);
    const sequence = sequenceOf(query);
    const cursor = page.cursor === undefined ? undefined : decodeCursor(page.cursor, sequence, isCursor);
    const [filters] = await Promise.all([serverFilters(query, this.#names, false), this.#learnPageSize()]);
    if (filters.isEmpty) return { items: [] };
    if (cursor?.[0] === 'sorted' || (cursor === undefined && !this.#canWalk(query))) {
      return this.#sortedPage(query, filters, limit, sequence, cursor);
    }
    const walk = this.#walk(query, filters, limit);
    let place = cursor === undefined ? undefined : placeOf(cursor);
    const found: { issue: Issue; place: WalkPlace }[] = [];
    for (let isEnd = false; !isEnd;) {
      // One more than asked for tells whether this is the last page; where the server filters, its total does.
      const wanted = limit - found.length + (filters.isExact ? 0 : 1);
      const step = await this.#step(walk, place, Math.max(wanted, filters.isExact ? 1 : this.#pageSize));
      if (!step.isRegular) {
        this.#isRegular = false;
        if (cursor === undefined) return this.#sortedPage(query, filters, limit, sequence, undefined);
      }
      const matching = step.entries.filter(({ issue }) => meetsQuery(issue, query));
      found.push(...matching);
      place = step.entries.at(-1)?.place;
      isEnd = step.isEnd;
      if (found.length > limit || (filters.isExact && found.length === limit)) break;
    }
    const items = found.slice(0, limit);
    const last = items.at(-1)?.place;
    const hasMore =
      found.length > limit ||
      (filters.isExact && last !== undefined && last.behind < last.total && items.length === limit);
    return {
      items: items.map(({ issue }) => issue),
      ...(hasMore && last !== undefined ? { nextCursor: encodeCursor(sequence, walkCursor(last)) } : {}),
    };
  }

  async *stream(asked: IssueQuery): AsyncGenerator<Issue, void, undefined> {
    const query = issueQuery(asked);
    const [filters] = await Promise.all([serverFilters(query, this.#names, false), this.#learnPageSize()]);
    if (filters.isEmpty) return;
    if (!this.#canWalk(query)) {
      yield* await this.#sorted(query, filters);
      return;
    }
    const { concurrency } = this.#options;
    const pageSize = this.#pageSize;
    const walk = this.#walk(query, filters, pageSize);
    const given = new Set<number>();
    let next: Promise<WalkStep> | undefined = this.#step(walk, undefined, pageSize);
    while (next !== undefined) {
      const step: WalkStep = await next;
      if (!step.isRegular) {
        this.#isRegular = false;
        for (const issue of await this.#sorted(query, filters)) if (!given.has(issue.number)) yield issue;
        return;
      }
      const place = step.entries.at(-1)?.place;
      next = step.isEnd ? undefined : this.#step(walk, place, pageSize * concurrency);
      // It is awaited when the caller has had these; a failure before that is not unheard.
      next?.catch(() => undefined);
      for (const { issue } of step.entries) {
        if (!meetsQuery(issue, query) || given.has(issue.number)) continue;
        given.add(issue.number);
        yield issue;
      }
    }
  }

  async count(asked: IssueQuery): Promise<number> {
    const query = issueQuery(asked);
    const filters = await serverFilters(query, this.#names, true);
    if (filters.isEmpty) return 0;
    if (filters.isExact) {
      const { issue, total } = await this.#unlessUserUnknown(this.#pages(filters, 1).at(0), {
        issue: undefined,
        total: 0,
      });
      // The server takes names of users in any case of letters; one of the issues tells whether it was the right one.
      if (total === 0) return 0;
      if (issue !== undefined && meetsQuery(issue, query)) return total;
    }
    return (await this.#all(query, filters)).length;
  }

  /**
   * The server counts pages by the most that it gives, whatever it is asked for: that has to be known to ask for a page
   * in the middle. One request, once.
   */
  async #learnPageSize(): Promise<void> {
    this.#settings ??= this.#fetchPageSize().catch((error: unknown) => {
      this.#settings = undefined;
      throw error;
    });
    return this.#settings;
  }

  async #fetchPageSize(): Promise<void> {
    // What is needed for it is no news to whoever lists issues.
    const what = 'list the issues';
    try {
      const { body } = await this.#api.send({ method: 'GET', path: 'settings/api' }, { what });
      const { max_response_items: most } = readAnswer(settingsAnswer, body, what);
      this.#pageSize = Math.min(this.#options.pageSize, most);
    } catch (error) {
      // A proxy may hide it: then the usual number holds.
      if (!hasCode(error, 'TRACKER_NOT_FOUND', 'TRACKER_FORBIDDEN')) throw error;
    }
  }

  #canWalk({ sort = 'number' }: IssueQuery): boolean {
    return this.#isRegular && (sort === 'number' || sort === 'createdAt');
  }

  #walk(query: IssueQuery, filters: ServerFilters, limit: number): IssueWalk {
    const size = filters.isExact ? Math.min(limit, this.#pageSize) : this.#pageSize;
    return new IssueWalk(this.#pages(filters, size), query.order);
  }

  #pages(filters: ServerFilters, size: number): IssuePages {
    return new IssuePages(this.#api, filters.query, { size, concurrency: this.#options.concurrency });
  }

  async #step(walk: IssueWalk, after: WalkPlace | undefined, count: number): Promise<WalkStep> {
    return this.#unlessUserUnknown(walk.step(after, count), { entries: [], isEnd: true, isRegular: true });
  }

  /** Issues are not written by nor assigned to users there are not; the server answers that there is nothing. */
  async #unlessUserUnknown<T>(work: Promise<T>, nothing: T): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!hasCode(error, 'TRACKER_NOT_FOUND')) throw error;
      await this.#api.requireRepository();
      // Here is where the repository is: only its issues may be switched off, or the user unknown.
      if (!/user/i.test(error instanceof Error ? error.message : '')) throw error;
      return nothing;
    }
  }

  /** All issues that meet a query, in its order. Reads all that the server's filters let through. */
  async #sorted(query: IssueQuery, filters: ServerFilters): Promise<Issue[]> {
    return (await this.#all(query, filters)).sort(compareIssues(query));
  }

  async #all(query: IssueQuery, filters: ServerFilters): Promise<Issue[]> {
    const { concurrency } = this.#options;
    await this.#learnPageSize();
    const pageSize = this.#pageSize;
    const walk = new IssueWalk(this.#pages(filters, pageSize), 'desc');
    const all = new Map<number, Issue>();
    let place: WalkPlace | undefined;
    for (let isEnd = false; !isEnd;) {
      const step = await this.#step(walk, place, place === undefined ? pageSize : pageSize * concurrency);
      for (const { issue } of step.entries) if (meetsQuery(issue, query)) all.set(issue.number, issue);
      place = step.entries.at(-1)?.place;
      isEnd = step.isEnd;
    }
    return [...all.values()];
  }

  async #sortedPage(
    query: IssueQuery,
    filters: ServerFilters,
    limit: number,
    sequence: JsonValue,
    cursor: SortedCursor | undefined,
  ): Promise<Page<Issue>> {
    const { sort = 'number' } = query;
    const compare = compareIssues(query);
    const sorted = await this.#sorted(query, filters);
    const rest =
      cursor === undefined
        ? sorted
        : sorted.filter((issue) => compare(issue, marker(issue, sort, cursor)) > 0);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      ...(rest.length > limit && last !== undefined
        ? { nextCursor: encodeCursor(sequence, ['sorted', last[sort], last.number]) }
        : {}),
    };
  }
}

/** What makes a list the list it is: cursors of one are not taken for another. */
function sequenceOf(query: IssueQuery): JsonValue {
  const { sort = 'number', order = 'desc' } = query;
  return ['gitea issues', { ...query, sort, order }];
}

/** An issue that stands where a page ended. */
function marker(like: Issue, sort: NonNullable<IssueQuery['sort']>, [, value, number]: SortedCursor): Issue {
  return sort === 'number' ? { ...like, number } : { ...like, number, [sort]: value };
}

function walkCursor({ behind, total, createdAt, number }: WalkPlace): WalkCursor {
  return ['walk', behind, total, createdAt, number];
}

function placeOf([, behind, total, createdAt, number]: WalkCursor): WalkPlace {
  return { behind, total, createdAt, number };
}

function isCursor(place: readonly JsonValue[]): place is WalkCursor | SortedCursor {
  const [kind, first, second, third, fourth] = place;
  if (kind === 'sorted') {
    return place.length === 3 && ['string', 'number'].includes(typeof first) && Number.isInteger(second);
  }
  return (
    kind === 'walk' &&
    place.length === 5 &&
    [first, second, fourth].every((each) => Number.isInteger(each) && Number(each) >= 0) &&
    Number(first) >= 1 &&
    Number(first) <= Number(second) &&
    typeof third === 'string'
  );
}
