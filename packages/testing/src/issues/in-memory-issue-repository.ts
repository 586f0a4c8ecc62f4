import {
  checkedComment,
  checkedLabel,
  checkedMilestone,
  compareIssues,
  Conflict,
  editedIssue,
  Forbidden,
  type Issue,
  type IssueComment,
  type IssueDraft,
  type IssueEdit,
  type IssueEvent,
  type IssueNumber,
  type IssueQuery,
  issueQuery,
  type JsonObject,
  type JsonValue,
  type Label,
  meetsQuery,
  type Milestone,
  newIssue,
  NotSupported,
  type Page,
  pageLimit,
  type PageRequest,
  type TrackerNames,
  waitsForItself,
} from '@markitect/domain';
import {
  decodeCursor,
  encodeCursor,
  type IssueBlockers,
  type IssueHit,
  type IssueIndex,
  type IssueRepository,
  type IssueSearch,
} from '@markitect/ports';
import { searchDocument } from '../documents/in-memory-search.js';
import { IssueBook, type IssueRecord } from './issue-book.js';

/** How an {@link InMemoryIssueRepository} behaves. */
export interface InMemoryIssueOptions {
  /** The author of what is written. */
  readonly user: string;
  /** Who may be assigned. Default: anybody. */
  readonly users?: readonly string[];
  /** Whether it may be changed. Default true. */
  readonly writable?: boolean;
  /** The clock. Default: that of the machine. */
  readonly now?: () => Date;
  /** What others see and change too. Default: nothing yet, and its own. */
  readonly book?: IssueBook;
}

/** A tracker for tests that keeps everything in memory and the whole contract; its full texts can be searched too. */
export class InMemoryIssueRepository implements IssueRepository, IssueIndex, IssueBlockers {
  readonly book: IssueBook;
  readonly #options: InMemoryIssueOptions;
  readonly #names: TrackerNames;

  constructor(options: InMemoryIssueOptions) {
    this.#options = options;
    this.book = options.book ?? new IssueBook();
    const { users } = options;
    this.#names = {
      label: (name) => this.book.labels.get(name),
      hasMilestone: (title) => this.book.milestones.has(title),
      hasUser: (name) => users?.includes(name) ?? true,
    };
  }

  async get(number: IssueNumber): Promise<Issue | undefined> {
    return Promise.resolve(structuredClone(this.book.records.get(number)?.issue));
  }

  async getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]> {
    return Promise.all(numbers.map((number) => this.get(number)));
  }

  async list(query: IssueQuery, page: PageRequest = {}): Promise<Page<Issue>> {
    await Promise.resolve();
    const asked = issueQuery(query);
    const { sort = 'number', order = 'desc' } = asked;
    const compare = compareIssues(asked);
    const sequence = ['issues', { ...asked, sort, order } as JsonObject];
    const place = placeAfter(page, sequence);
    const after = place && this.#marker(place);
    const found = this.#matching(asked).filter((each) => after === undefined || compare(each, after) > 0);
    return pageOf(found.sort(compare), page, sequence, (last) => [last[sort], last.number]);
  }

  stream(query: IssueQuery): AsyncIterable<Issue> {
    return streamPages((page) => this.list(query, page));
  }

  async count(query: IssueQuery): Promise<number> {
    await Promise.resolve();
    return this.#matching(issueQuery(query)).length;
  }

  async create(draft: IssueDraft): Promise<Issue> {
    await this.#write();
    const at = this.#now();
    const { user } = this.#options;
    const made = newIssue(draft, 1, this.#names, { author: user, at, version: '1' });
    const issue = { ...made, number: this.book.nextNumber() };
    this.book.records.set(issue.number, { issue, comments: [], events: [], blockers: [] });
    return structuredClone(issue);
  }

  async edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue> {
    await this.#write();
    const { issue, blockers } = this.book.record(number);
    if (version !== undefined && version !== issue.version) {
      throw new Conflict('ISSUE_CHANGED', `issue #${number} was changed in the meantime`, {
        details: { number, version: issue.version },
      });
    }
    const { user } = this.#options;
    const stamp = { author: user, at: this.#now(), version: String(Number(issue.version) + 1) };
    const changed = editedIssue(issue, edit, this.#names, stamp);
    const open = blockers.filter((blocker) => this.book.records.get(blocker)?.issue.state === 'open');
    if (changed.issue.state === 'closed' && issue.state === 'open' && open.length > 0) {
      throw new Conflict(
        'ISSUE_BLOCKED',
        `issue #${number} waits for ${open.map((each) => `#${each}`).join(', ')}`,
        {
          details: { number, blockers: open },
        },
      );
    }
    this.book.change(number, { issue: changed.issue }, changed.events);
    return structuredClone(changed.issue);
  }

  async comments(number: IssueNumber): Promise<readonly IssueComment[]> {
    await Promise.resolve();
    return structuredClone(this.book.record(number).comments);
  }

  async comment(number: IssueNumber, text: string): Promise<IssueComment> {
    await this.#write();
    const { issue, comments } = this.book.record(number);
    const body = checkedComment(text);
    if (issue.isLocked)
      throw new Forbidden('ISSUE_LOCKED', `issue #${number} is locked`, { details: { number } });
    const { user: author } = this.#options;
    const at = this.#now();
    const comment = { id: this.book.nextId(), author, body, createdAt: at, updatedAt: at };
    const event = { id: comment.id, type: 'comment', author, at, body, details: {} };
    this.book.change(number, {
      issue: { ...issue, comments: issue.comments + 1, updatedAt: at },
      comments: [...comments, comment],
      events: [...this.book.record(number).events, event],
    });
    return structuredClone(comment);
  }

  async blockers(number: IssueNumber): Promise<readonly Issue[]> {
    await Promise.resolve();
    const { blockers } = this.book.record(number);
    return this.#all().filter((issue) => blockers.includes(issue.number));
  }

  async blocked(number: IssueNumber): Promise<readonly Issue[]> {
    await Promise.resolve();
    this.book.record(number);
    return this.#all().filter((issue) => this.book.record(issue.number).blockers.includes(number));
  }

  async openBlockers(
    numbers: readonly IssueNumber[],
  ): Promise<ReadonlyMap<IssueNumber, readonly IssueNumber[]>> {
    const found = new Map<IssueNumber, readonly IssueNumber[]>();
    for (const number of numbers) {
      if (!this.book.records.has(number)) continue;
      const open = (await this.blockers(number)).filter(({ state }) => state === 'open');
      if (open.length > 0)
        found.set(
          number,
          open.map((blocker) => blocker.number),
        );
    }
    return found;
  }

  async block(number: IssueNumber, by: IssueNumber): Promise<void> {
    await this.#write();
    const { blockers } = this.book.record(number);
    const other = this.book.record(by);
    if (number === by || other.blockers.includes(number)) {
      throw waitsForItself(number, by);
    }
    if (!blockers.includes(by)) this.#depend(number, by, [...blockers, by], 'add_dependency');
  }

  async unblock(number: IssueNumber, by: IssueNumber): Promise<void> {
    await this.#write();
    const { blockers } = this.book.record(number);
    this.book.record(by);
    const left = blockers.filter((blocker) => blocker !== by);
    if (left.length < blockers.length) this.#depend(number, by, left, 'remove_dependency');
  }

  async timeline(number: IssueNumber, page: PageRequest = {}): Promise<Page<IssueEvent>> {
    await Promise.resolve();
    const sequence = ['timeline', number];
    const [after] = placeAfter(page, sequence) ?? [0];
    const { events } = this.book.record(number);
    const rest = events.filter(({ id }) => id > Number(after)).sort((a, b) => a.id - b.id);
    return pageOf(rest, page, sequence, ({ id }) => [id, id]);
  }

  async labels(): Promise<readonly Label[]> {
    return Promise.resolve([...this.book.labels.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async saveLabel(label: Label): Promise<Label> {
    await this.#write();
    const saved = checkedLabel(label);
    this.book.labels.set(saved.name, saved);
    for (const { issue } of this.book.records.values()) {
      const labels = issue.labels.map((each) => (each.name === saved.name ? saved : each));
      this.book.change(issue.number, { issue: { ...issue, labels } });
    }
    return structuredClone(saved);
  }

  async milestones(): Promise<readonly Milestone[]> {
    return Promise.resolve([...this.book.milestones.values()].sort((a, b) => (a.title < b.title ? -1 : 1)));
  }

  async saveMilestone(milestone: Milestone): Promise<Milestone> {
    await this.#write();
    const saved = checkedMilestone(milestone);
    this.book.milestones.set(saved.title, saved);
    return structuredClone(saved);
  }

  async search(search: IssueSearch): Promise<Page<IssueHit>> {
    await Promise.resolve();
    const sequence = ['search', JSON.stringify(search.terms), search.match ?? 'all', search.state ?? null];
    const place = placeAfter(search, sequence);
    const hits = [...this.book.records.values()].flatMap((record) => {
      const found = answers(record, search);
      return found === undefined ? [] : [{ issue: record.issue, ...found }];
    });
    const compare = (a: IssueHit, score: number, number: number) =>
      score - a.score || a.issue.number - number;
    const rest = hits
      .filter((hit) => place === undefined || compare(hit, Number(place[0]), place[1]) > 0)
      .sort((a, b) => compare(a, b.score, b.issue.number));
    return pageOf(rest, search, sequence, ({ score, issue }) => [score, issue.number]);
  }

  #matching(query: IssueQuery): Issue[] {
    return this.#all().filter((issue) => meetsQuery(issue, query));
  }

  /** Copies of all issues, by number. */
  #all(): Issue[] {
    return [...this.book.records.values()]
      .map(({ issue }) => structuredClone(issue))
      .sort((a, b) => a.number - b.number);
  }

  #depend(number: IssueNumber, by: IssueNumber, blockers: readonly IssueNumber[], type: string): void {
    const at = this.#now();
    const event = { type, author: this.#options.user, at };
    const { issue } = this.book.record(number);
    const told = [{ ...event, details: { blocker: by } }];
    this.book.change(number, { issue: { ...issue, updatedAt: at }, blockers }, told);
    this.book.change(by, {}, [{ ...event, details: { blocked: number } }]);
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    if (this.#options.writable !== false) return;
    throw new NotSupported('ISSUES_READ_ONLY', 'these issues are a mirror, which is only read');
  }

  #now(): string {
    return (this.#options.now?.() ?? new Date()).toISOString();
  }

  /** An issue that stands where a page ended. */
  #marker([value, number]: Place): Issue {
    const time = String(value);
    const shared = { title: '', body: '', state: 'open', labels: [], assignees: [], author: '' } as const;
    const rest = { isLocked: false, version: '', comments: Number(value), createdAt: time, updatedAt: time };
    return { ...shared, ...rest, number };
  }
}

/** The items of pages that are fetched as they are asked for. */
export async function* streamPages(
  fetch: (page: PageRequest) => Promise<Page<Issue>>,
): AsyncGenerator<Issue, void, undefined> {
  let page = await fetch({});
  yield* page.items;
  while (page.nextCursor !== undefined) {
    page = await fetch({ cursor: page.nextCursor });
    yield* page.items;
  }
}

type Place = readonly [value: string | number, number: number];

function placeAfter(page: PageRequest, sequence: JsonValue): Place | undefined {
  return page.cursor === undefined ? undefined : decodeCursor<Place>(page.cursor, sequence, isPlace);
}

function isPlace(place: readonly JsonValue[]): place is Place {
  const [value, number] = place;
  return place.length === 2 && ['string', 'number'].includes(typeof value) && typeof number === 'number';
}

function pageOf<T>(
  rest: readonly T[],
  page: PageRequest,
  sequence: JsonValue,
  placeOf: (last: T) => Place,
): Page<T> {
  const limit = pageLimit(page);
  const items = structuredClone<T[]>(rest.slice(0, limit));
  const last = items.at(-1);
  return rest.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, placeOf(last)) };
}

function answers({ issue, comments }: IssueRecord, { terms, match, state }: IssueSearch) {
  if (state !== undefined && issue.state !== state) return undefined;
  const text = [issue.body, ...comments.map(({ body }) => body)].join('\n');
  return searchDocument({ title: issue.title, headings: [], text }, terms, match);
}
