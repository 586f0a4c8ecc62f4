import type { HttpClient } from '@markitect/connections';
import {
  checkedLabel,
  checkedMilestone,
  Forbidden,
  Invalid,
  type Issue,
  type IssueComment,
  type IssueDraft,
  type IssueEdit,
  type IssueEvent,
  type IssueNumber,
  type IssueQuery,
  type JsonObject,
  type Label,
  type Milestone,
  type Page,
  type PageRequest,
  waitsForItself,
} from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import { boundedMap } from './bounded-map.js';
import { labelAnswer, milestoneAnswer, type MilestoneAnswer, readAnswer } from './gitea-answers.js';
import { GiteaApi, hasCode, PAGE_SIZE } from './gitea-api.js';
import type { GiteaOptions } from './gitea-options.js';
import { IssueAdditions } from './issue-additions.js';
import { IssueEdits } from './issue-edits.js';
import { IssueLists } from './issue-lists.js';
import { toDate, toLabel, toMilestone } from './issue-mapping.js';
import { IssueReads } from './issue-reads.js';
import { KnownNames } from './known-names.js';
import { TrackerUser } from './tracker-user.js';

/**
 * The issues of a repository of a Gitea server (1.26 or later; see the README for others). Pull requests are none.
 *
 * Costs, in requests: `get` 1; `getMany` 1 for each; `list` sorted by number or time of creation: 1 for each 50
 * issues, and a small one for each page after the first; with conditions the server does not know (labels any or
 * none, without milestone or assignee, text) as many as it takes to find enough; sorted otherwise: all issues that
 * the server's filters let through, for each page. `count` 1 or 2, with such conditions all. `stream` as `list`, the
 * next pages while the last ones are used. `create` and `comment` 1, `edit` 2 to 5.
 *
 * An edit with a version is compared with the issue just before and claims it by writing the body, changed or not:
 * of edits of one version at the same time exactly one is carried out. It leaves a revision of the body in the history
 * of the issue. What the server does in several requests (a guarded title, labels, a due date in another zone) may
 * fail between them: the error says in `details.stored` and `details.notStored` what came of it. The same edit made
 * again completes it.
 */
export class GiteaIssueRepository implements IssueRepository {
  readonly #api: GiteaApi;
  readonly #concurrency: number;
  readonly #names: KnownNames;
  readonly #user: TrackerUser;
  readonly #reads: IssueReads;
  readonly #lists: IssueLists;
  readonly #edits: IssueEdits;
  readonly #additions: IssueAdditions;

  constructor(client: HttpClient, options: GiteaOptions) {
    const pageSize = Math.min(options.pageSize ?? PAGE_SIZE, PAGE_SIZE);
    this.#concurrency = options.concurrency ?? 4;
    this.#api = new GiteaApi(client, options);
    this.#names = new KnownNames(this.#api);
    this.#reads = new IssueReads(this.#api);
    this.#lists = new IssueLists(this.#api, this.#names, { pageSize, concurrency: this.#concurrency });
    this.#edits = new IssueEdits(this.#api, this.#reads, this.#names);
    this.#user = new TrackerUser(this.#api);
    this.#additions = new IssueAdditions(this.#api, this.#reads, this.#names, this.#user, this.#edits);
  }

  /**
   * The name of the user of the token; `undefined` when the token may not ask for it. Asked for once. Throws Forbidden
   * `TRACKER_UNAUTHORIZED` without a token, and the errors of the client.
   */
  async user(): Promise<string | undefined> {
    return this.#user.login();
  }

  async get(number: IssueNumber): Promise<Issue | undefined> {
    return this.#reads.get(number);
  }

  async getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]> {
    const different = [...new Set(numbers)];
    const issues = await boundedMap(different, this.#concurrency, (number) => this.#reads.get(number));
    const byNumber = new Map(different.map((number, index) => [number, issues[index]]));
    return numbers.map((number) => byNumber.get(number));
  }

  async list(query: IssueQuery, page?: PageRequest): Promise<Page<Issue>> {
    const found = await this.#lists.list(query, page);
    this.#reads.know(found.items.map(({ number }) => number));
    return found;
  }

  async *stream(query: IssueQuery): AsyncGenerator<Issue, void, undefined> {
    for await (const issue of this.#lists.stream(query)) {
      this.#reads.know([issue.number]);
      yield issue;
    }
  }

  async count(query: IssueQuery): Promise<number> {
    return this.#lists.count(query);
  }

  async create(draft: IssueDraft): Promise<Issue> {
    return this.#additions.create(draft);
  }

  async edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue> {
    return this.#edits.edit(number, edit, version);
  }

  async comments(number: IssueNumber): Promise<readonly IssueComment[]> {
    return this.#reads.comments(number);
  }

  async comment(number: IssueNumber, body: string): Promise<IssueComment> {
    return this.#additions.comment(number, body);
  }

  async blockers(number: IssueNumber): Promise<readonly Issue[]> {
    return (await this.#reads.dependencies(number, 'dependencies')).issues;
  }

  async blocked(number: IssueNumber): Promise<readonly Issue[]> {
    return (await this.#reads.dependencies(number, 'blocks')).issues;
  }

  async block(number: IssueNumber, by: IssueNumber): Promise<void> {
    const [, blocker] = await Promise.all([this.#reads.require(number), this.#reads.require(by)]);
    const [mine, its] = await Promise.all([this.blockers(number), this.blockers(by)]);
    if (number === by || its.some((issue) => issue.number === number)) {
      throw waitsForItself(number, by);
    }
    if (mine.some((issue) => issue.number === by)) return;
    await this.#depend('POST', number, by, blocker.repository ?? undefined);
  }

  async unblock(number: IssueNumber, by: IssueNumber): Promise<void> {
    const [, blocker] = await Promise.all([this.#reads.require(number), this.#reads.require(by)]);
    const mine = await this.blockers(number);
    if (!mine.some((issue) => issue.number === by)) return;
    await this.#depend('DELETE', number, by, blocker.repository ?? undefined);
  }

  async timeline(number: IssueNumber, page?: PageRequest): Promise<Page<IssueEvent>> {
    return this.#reads.timeline(number, page);
  }

  async labels(): Promise<readonly Label[]> {
    return this.#names.labels();
  }

  async saveLabel(label: Label): Promise<Label> {
    const { name, color, description, exclusive } = checkedLabel(label);
    const what = `save the label "${name}"`;
    const known = await this.#names.label(name, true);
    const json = { name, color: `#${color}`, description, exclusive };
    const path =
      known?.isShared === true
        ? `orgs/${encodeURIComponent(this.#api.owner)}/labels`
        : this.#api.path('labels');
    const { body } = await this.#api.send(
      known === undefined
        ? {
            method: 'POST',
            path,
            json,
            repeat: {
              carriedOut: async () => {
                const made = await this.#names.label(name, true);
                return made === undefined
                  ? undefined
                  : { status: 201, headers: {}, body: made.answer as JsonObject };
              },
            },
          }
        : {
            method: 'PATCH',
            path: `${path}/${known.answer.id}`,
            json: { ...json, is_archived: known.answer.is_archived ?? false },
            repeat: 'idempotent',
          },
      { what },
    );
    this.#names.forget();
    return toLabel(readAnswer(labelAnswer, body, what));
  }

  async milestones(): Promise<readonly Milestone[]> {
    return this.#names.milestones();
  }

  async saveMilestone(milestone: Milestone): Promise<Milestone> {
    const checked = checkedMilestone(milestone);
    const known = await this.#names.milestone(checked.title, true);
    let answer =
      known === undefined ? await this.#addMilestone(checked) : await this.#setMilestone(known.id, checked);
    // In a zone of its own the server takes the end of the day for another day; when it changes one, it does not.
    if (toMilestone(answer).dueOn !== checked.dueOn) answer = await this.#setMilestone(answer.id, checked);
    this.#names.forget();
    return toMilestone(answer);
  }

  async #addMilestone({ title, description, state, dueOn }: Milestone): Promise<MilestoneAnswer> {
    const what = `add the milestone "${title}"`;
    const { body } = await this.#api.send(
      {
        method: 'POST',
        path: this.#api.path('milestones'),
        json: { title, description, state, ...(dueOn === undefined ? {} : { due_on: `${dueOn}T23:59:59Z` }) },
        repeat: {
          carriedOut: async () => {
            const made = await this.#names.milestone(title, true);
            return made === undefined ? undefined : { status: 201, headers: {}, body: made as JsonObject };
          },
        },
      },
      { what },
    );
    return readAnswer(milestoneAnswer, body, what);
  }

  async #setMilestone(id: number, { title, description, state, dueOn }: Milestone): Promise<MilestoneAnswer> {
    const what = `change the milestone "${title}"`;
    const { body } = await this.#api.send(
      {
        method: 'PATCH',
        path: this.#api.path('milestones', id),
        json: { title, description, state, ...(dueOn === undefined ? {} : { due_on: `${dueOn}T12:00:00Z` }) },
        repeat: 'idempotent',
      },
      { what },
    );
    const answer = readAnswer(milestoneAnswer, body, what);
    const stored = answer.due_on == null ? undefined : toDate(answer.due_on);
    if (stored === dueOn) return answer;
    throw new Invalid('REQUEST_INVALID', `the server does not keep ${dueOn ?? 'no day'} as a due date`, {
      details: { field: 'dueOn' },
    });
  }

  /** The server compares the names of the repository letter by letter: as it writes them itself. */
  async #depend(
    method: 'POST' | 'DELETE',
    number: IssueNumber,
    by: IssueNumber,
    repository: { readonly owner: string; readonly name: string } = {
      owner: this.#api.owner,
      name: this.#api.repository,
    },
  ): Promise<void> {
    const isWanted = method === 'POST';
    const isSo = async (): Promise<boolean> =>
      (await this.blockers(number)).some((issue) => issue.number === by) === isWanted;
    try {
      await this.#api.send(
        {
          method,
          path: this.#api.path('issues', number, 'dependencies'),
          json: { owner: repository.owner, repo: repository.name, index: by },
          expect: 'none',
          repeat: {
            carriedOut: async () =>
              (await isSo()) ? { status: 201, headers: {}, body: undefined } : undefined,
          },
        },
        { what: `make issue #${number} wait for #${by}`, issue: number },
      );
    } catch (error) {
      // The server fails when somebody else has done it in the meantime.
      if (hasCode(error, 'HTTP_SERVER_FAILED') && (await isSo())) return;
      if (!hasCode(error, 'ISSUE_NOT_FOUND')) throw error;
      await Promise.all([this.#reads.require(number), this.#reads.require(by)]);
      throw new Forbidden(
        'TRACKER_FORBIDDEN',
        `issue #${number} cannot be made to wait: dependencies are switched off, or the user may not change them`,
        { details: { number, by } },
      );
    }
  }
}
