import {
  columnNamed,
  editForMove,
  type Issue,
  type IssueComment,
  type IssueDraft,
  type IssueEvent,
  type IssueNumber,
  issueQuery,
  type IssueQuery,
  type Label,
  type Milestone,
  type Page,
  type PageRequest,
  parseIssueNumber,
} from '@markitect/domain';
import { allowStale, type StaleAllowed, withinLimits } from '@markitect/ports';
import type { Board, BoardRequest, Moved } from './board.js';
import { boardReader, type BoardReader } from './board-reader.js';
import { changeIssue, issueChanged, type IssueChange } from './change-issue.js';
import { issueDetails, type IssueDetails, requireIssue } from './issue-details.js';
import type { IssuePorts, IssueServiceOptions, ReadOptions } from './issue-ports.js';
import { addMissingLabels } from './missing-labels.js';
import { openProject } from './project-board.js';
import { type WorkspaceSeed, workspaceSeed } from './workspace-seed.js';

/** The number of an issue, as people write it: `42`, `#42`. */
export type IssueReference = IssueNumber | string;

/**
 * Issues and their board. Reads answer, when the tracker is down, with what was last known, and say so with
 * {@link StaleAllowed.stale}: how old it is and why. Every operation throws Invalid `REQUEST_INVALID` for a bad number
 * or query, NotFound `ISSUE_NOT_FOUND` where it names an issue that is not there, and what `IssueRepository` throws.
 */
export class IssueService {
  readonly #ports: IssuePorts;
  readonly #options: Required<Omit<IssueServiceOptions, 'showDeadlineMs'>> &
    Pick<IssueServiceOptions, 'showDeadlineMs'>;
  readonly #boards: BoardReader;

  constructor(ports: IssuePorts, options: IssueServiceOptions) {
    this.#ports = ports;
    this.#options = { staleMaxAgeMs: Number.POSITIVE_INFINITY, now: () => new Date(), ...options };
    this.#boards = ports.boards ?? boardReader(ports, this.#options.rules);
  }

  /** One page of the issues that meet a query. Throws Invalid `CURSOR_INVALID`. */
  list(query: IssueQuery, page: PageRequest = {}, read?: ReadOptions): Promise<StaleAllowed<Page<Issue>>> {
    return this.#read(read, () => this.#ports.issues.list(issueQuery(query), page));
  }

  /** How many issues meet a query. */
  count(query: IssueQuery, read?: ReadOptions): Promise<StaleAllowed<number>> {
    return this.#read(read, () => this.#ports.issues.count(issueQuery(query)));
  }

  /** All issues that meet a query, as the tracker has them now, fetched as they are asked for. */
  async *stream(query: IssueQuery): AsyncGenerator<Issue, void, undefined> {
    yield* this.#ports.issues.stream(issueQuery(query));
  }

  get(reference: IssueReference, read?: ReadOptions): Promise<StaleAllowed<Issue>> {
    return this.#read(read, () => requireIssue(this.#ports, parseIssueNumber(reference)));
  }

  /**
   * An issue with everything that is known of it, fetched at the same time: its column, comments, what it waits for,
   * documents and workspace. Costs about eight requests, all within `showDeadlineMs` unless the caller says otherwise.
   * Parts that cannot be had are named in `missing`; of an answer that is old, the board that the tracker keeps is not.
   */
  async show(reference: IssueReference, read: ReadOptions = {}): Promise<StaleAllowed<IssueDetails>> {
    const { showDeadlineMs } = this.#options;
    const answer = await this.#read(
      showDeadlineMs === undefined ? read : { deadlineMs: showDeadlineMs, ...read },
      () => issueDetails(this.#ports, this.#options, parseIssueNumber(reference)),
    );
    if (answer.stale === undefined) return answer;
    const missing = answer.value.missing.filter(({ part }) => part !== 'project');
    return { ...answer, value: { ...answer.value, missing } };
  }

  /**
   * The name of the user as whom the tracker is asked, as it says itself; `undefined`: it knows none. Throws what the
   * tracker throws.
   */
  async user(): Promise<string | undefined> {
    return this.#ports.user?.();
  }

  /** What happened to an issue, the first first. Throws Invalid `CURSOR_INVALID`. */
  timeline(
    reference: IssueReference,
    page: PageRequest = {},
    read?: ReadOptions,
  ): Promise<StaleAllowed<Page<IssueEvent>>> {
    return this.#read(read, () => this.#ports.issues.timeline(parseIssueNumber(reference), page));
  }

  /** Adds an issue. Labels and the milestone must be there: `ISSUE_LABEL_UNKNOWN`, `ISSUE_MILESTONE_UNKNOWN`. */
  async create(draft: IssueDraft): Promise<Issue> {
    return this.#ports.issues.create(draft);
  }

  /**
   * Changes an issue and answers what it is then. With `version` exactly what was seen is changed: Conflict
   * `ISSUE_CHANGED` when somebody else was faster. Without it a change of single labels or assignees is repeated on
   * what the other has made of the issue, three times at most.
   */
  async edit(reference: IssueReference, change: IssueChange, version?: string): Promise<Issue> {
    return changeIssue(this.#ports.issues, parseIssueNumber(reference), change, version);
  }

  /** Throws Conflict `ISSUE_BLOCKED` while an issue that it waits for is open. */
  async close(reference: IssueReference, version?: string): Promise<Issue> {
    return this.#ports.issues.edit(parseIssueNumber(reference), { state: 'closed' }, version);
  }

  async reopen(reference: IssueReference, version?: string): Promise<Issue> {
    return this.#ports.issues.edit(parseIssueNumber(reference), { state: 'open' }, version);
  }

  /** What was said about an issue, the first first. */
  comments(reference: IssueReference, read?: ReadOptions): Promise<StaleAllowed<readonly IssueComment[]>> {
    return this.#read(read, () => this.#ports.issues.comments(parseIssueNumber(reference)));
  }

  /** Throws Forbidden `ISSUE_LOCKED`. */
  async comment(reference: IssueReference, body: string): Promise<IssueComment> {
    return this.#ports.issues.comment(parseIssueNumber(reference), body);
  }

  /** Makes an issue wait for another. Does nothing when it does. */
  async block(reference: IssueReference, by: IssueReference): Promise<void> {
    await this.#ports.issues.block(parseIssueNumber(reference), parseIssueNumber(by, 'by'));
  }

  /** Makes an issue wait for another no longer. Does nothing when it does not. */
  async unblock(reference: IssueReference, by: IssueReference): Promise<void> {
    await this.#ports.issues.unblock(parseIssueNumber(reference), parseIssueNumber(by, 'by'));
  }

  /** The labels of the tracker, by name. */
  labels(read?: ReadOptions): Promise<StaleAllowed<readonly Label[]>> {
    return this.#read(read, () => this.#ports.issues.labels());
  }

  /** Adds a label, or changes the one of its name. */
  async saveLabel(label: Label): Promise<Label> {
    return this.#ports.issues.saveLabel(label);
  }

  /** The milestones of the tracker, by title. */
  milestones(read?: ReadOptions): Promise<StaleAllowed<readonly Milestone[]>> {
    return this.#read(read, () => this.#ports.issues.milestones());
  }

  /** Adds a milestone, or changes the one of its title. */
  async saveMilestone(milestone: Milestone): Promise<Milestone> {
    return this.#ports.issues.saveMilestone(milestone);
  }

  /** The columns and the first cards of each: of the board that the tracker keeps, else by the rules. */
  board(request: BoardRequest = {}, read?: ReadOptions): Promise<StaleAllowed<Board>> {
    return this.#read(read, () => this.#boards.read(request));
  }

  /**
   * Puts an issue into a column, named whatever the case, by changing what the column is made of; labels that the
   * tracker does not have yet are added to it. Does nothing when it stands there. Throws NotFound
   * `BOARD_COLUMN_NOT_FOUND`, Conflict `ISSUE_BLOCKED`, `ISSUE_CHANGED` as {@link edit} does.
   */
  async move(reference: IssueReference, column: string, version?: string): Promise<Moved> {
    const number = parseIssueNumber(reference);
    const { issues, projects } = this.#ports;
    const { rules } = this.#options;
    const kept = await openProject(projects);
    if (kept !== undefined && projects !== undefined) {
      const columns = kept.columns.map((each) => ({ ...each, name: each.title }));
      const target = columnNamed(column, columns);
      const issue = await requireIssue(this.#ports, number);
      if (version !== undefined && version !== issue.version) throw issueChanged(issue);
      const changed = !target.issues.includes(number);
      if (changed) await projects.move(kept.project.id, target.id, number);
      return { issue, column: target.name, changed };
    }
    const target = columnNamed(column, rules.columns);
    const before = await requireIssue(this.#ports, number);
    const issue = await changeIssue(
      issues,
      number,
      async (found) => {
        const edit = editForMove(found, target.name, rules);
        await addMissingLabels(issues, found, edit.labels ?? []);
        return edit;
      },
      version,
      before,
    );
    return { issue, column: target.name, changed: issue.version !== before.version };
  }

  /** What a workspace for an issue starts with, for `WorkspaceService.start`. */
  workspaceSeed(reference: IssueReference, read?: ReadOptions): Promise<StaleAllowed<WorkspaceSeed>> {
    return this.#read(read, async () =>
      workspaceSeed(await requireIssue(this.#ports, parseIssueNumber(reference))),
    );
  }

  /** Arguments that are refused become a rejected promise, too. */
  async #read<T>(
    { maxAgeMs, ...limits }: ReadOptions = {},
    work: () => Promise<T>,
  ): Promise<StaleAllowed<T>> {
    return allowStale(
      () => withinLimits(limits, async () => work()),
      maxAgeMs ?? this.#options.staleMaxAgeMs,
    );
  }
}
