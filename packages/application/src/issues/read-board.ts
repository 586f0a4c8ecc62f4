import {
  type BoardRules,
  columnOf,
  Invalid,
  isMarkitectError,
  type Issue,
  issueQuery,
  type IssueQuery,
  MAX_PAGE_LIMIT,
  meetsQuery,
  priorityOf,
} from '@markitect/domain';
import type { IssueBlockers, IssueRepository, ProjectRepository } from '@markitect/ports';
import type { Board, BoardCard, BoardColumn, BoardRequest } from './board.js';
import type { IssuePorts } from './issue-ports.js';
import { openProject, type OpenProject } from './project-board.js';

const DEFAULT_CARDS = 20;

/**
 * The board as it is. Reads all open issues that meet the filter; of the closed ones only the cards shown, where one
 * column takes them all. A board that the tracker keeps costs the cards shown, with a filter all of its cards.
 * Throws Invalid `REQUEST_INVALID` and what the ports throw.
 */
export async function readBoard(
  { issues, projects, blockers }: Pick<IssuePorts, 'issues' | 'projects' | 'blockers'>,
  rules: BoardRules,
  request: BoardRequest,
): Promise<Board> {
  const cards = request.cards ?? DEFAULT_CARDS;
  if (!Number.isInteger(cards) || cards < 1 || cards > MAX_PAGE_LIMIT) {
    throw new Invalid('REQUEST_INVALID', `cards must be a whole number from 1 to ${MAX_PAGE_LIMIT}`, {
      details: { field: 'cards', minimum: 1, maximum: MAX_PAGE_LIMIT },
    });
  }
  const filter = issueQuery(request.filter ?? {});
  const project = await openProjectOrNone(projects);
  const columns =
    project === undefined
      ? await ruledColumns(issues, rules, filter, cards)
      : await keptColumns(issues, rules, project, filter, cards);
  return {
    ...(project === undefined ? {} : { project: project.project.title }),
    columns: await marked(columns, blockers),
  };
}

/** The columns with what their cards wait for. One question for all of them. */
async function marked(
  columns: readonly BoardColumn[],
  blockers: IssueBlockers | undefined,
): Promise<readonly BoardColumn[]> {
  const open = columns.flatMap(({ cards }) => cards.filter(({ issue }) => issue.state === 'open'));
  const waiting = await blockers?.openBlockers(open.map(({ issue }) => issue.number));
  if (waiting === undefined || waiting.size === 0) return columns;
  return columns.map((column) => ({
    ...column,
    cards: column.cards.map((card) => {
      const blockedBy = card.issue.state === 'open' ? waiting.get(card.issue.number) : undefined;
      return blockedBy === undefined ? card : { ...card, blockedBy };
    }),
  }));
}

/** While the tracker is down, what is known of its issues is shown by the rules. */
async function openProjectOrNone(projects: ProjectRepository | undefined): Promise<OpenProject | undefined> {
  try {
    return await openProject(projects);
  } catch (error) {
    if (isMarkitectError(error) && ['Unavailable', 'Timeout', 'RateLimited'].includes(error.kind))
      return undefined;
    throw error;
  }
}

/** The columns of a board that the tracker keeps. */
function keptColumns(
  issues: IssueRepository,
  rules: BoardRules,
  { columns }: OpenProject,
  filter: IssueQuery,
  cards: number,
): Promise<BoardColumn[]> {
  const isFiltered = Object.keys(filter).length > 0;
  return Promise.all(
    columns.map(async ({ title, issues: numbers }) => {
      const found = await issues.getMany(isFiltered ? numbers : numbers.slice(0, cards));
      const meant = found.filter((issue) => issue !== undefined).filter((issue) => meetsQuery(issue, filter));
      return {
        name: title,
        cards: meant.slice(0, cards).map((issue) => cardOf(issue, rules)),
        total: isFiltered ? meant.length : numbers.length,
      };
    }),
  );
}

/** The columns as the rules make them. */
async function ruledColumns(
  issues: IssueRepository,
  rules: BoardRules,
  filter: IssueQuery,
  cards: number,
): Promise<BoardColumn[]> {
  const stacks = new Map(rules.columns.map(({ name }) => [name, new Stack(rules, cards)]));
  const stackAll = async (state: 'open' | 'closed') => {
    if (filter.state !== undefined && filter.state !== state) return;
    for await (const issue of issues.stream({ ...filter, state })) {
      stacks.get(columnOf(issue, rules)?.name ?? '')?.add(issue);
    }
  };
  const closed = closedColumn(rules);
  const latest: IssueQuery = { ...filter, state: 'closed', sort: 'updatedAt', order: 'desc' };
  const [, done] = await Promise.all([
    stackAll('open'),
    closed === undefined || filter.state === 'open'
      ? undefined
      : Promise.all([issues.list(latest, { limit: cards }), issues.count(latest)]),
    closed === undefined && rules.columns.some(({ condition }) => condition.state !== 'open')
      ? stackAll('closed')
      : undefined,
  ]);
  return [...stacks].map(([name, stack]) => {
    if (name !== closed || done === undefined) return { name, cards: stack.cards(), total: stack.total };
    const [{ items }, total] = done;
    return { name, cards: items.map((issue) => cardOf(issue, rules)), total };
  });
}

/** The column in which every closed issue stands, and no open one; `undefined`: there is no such column. */
function closedColumn({ columns }: BoardRules): string | undefined {
  const [first, second] = columns.filter(({ condition }) => condition.state === 'closed');
  if (first === undefined || second !== undefined || Object.keys(first.condition).length > 1)
    return undefined;
  return first.name;
}

function cardOf(issue: Issue, rules: BoardRules): BoardCard {
  const priority = priorityOf(issue, rules);
  return { issue, ...(priority === undefined ? {} : { priority }) };
}

/** The first cards of a column, without keeping all there are. */
class Stack {
  total = 0;
  readonly #rules: BoardRules;
  readonly #limit: number;
  #cards: BoardCard[] = [];

  constructor(rules: BoardRules, limit: number) {
    this.#rules = rules;
    this.#limit = limit;
  }

  add(issue: Issue): void {
    this.total += 1;
    this.#cards.push(cardOf(issue, this.#rules));
    if (this.#cards.length > 4 * this.#limit + 64) this.cards();
  }

  cards(): readonly BoardCard[] {
    this.#cards.sort(
      (a, b) =>
        this.#rank(a) - this.#rank(b) ||
        Date.parse(b.issue.updatedAt) - Date.parse(a.issue.updatedAt) ||
        b.issue.number - a.issue.number,
    );
    this.#cards = this.#cards.slice(0, this.#limit);
    return this.#cards;
  }

  /** Closed issues are no longer urgent. */
  #rank({ issue, priority }: BoardCard): number {
    const { priorities } = this.#rules;
    return priority === undefined || issue.state === 'closed'
      ? priorities.length
      : priorities.indexOf(priority);
  }
}
