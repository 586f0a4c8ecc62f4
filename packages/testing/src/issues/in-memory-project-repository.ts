import { type IssueNumber, NotFound, NotSupported } from '@markitect/domain';
import type { Project, ProjectColumn, ProjectRepository } from '@markitect/ports';

/** A board with its columns. */
export interface InMemoryBoard extends Project {
  readonly columns: readonly ProjectColumn[];
}

/** Boards for tests, kept in memory; `undefined`: a tracker that has none. */
export class InMemoryProjectRepository implements ProjectRepository {
  readonly #issues: (number: IssueNumber) => boolean;
  #boards: readonly InMemoryBoard[] | undefined;

  /** `hasIssue`: the issues there are. Default: every one. */
  constructor(boards?: readonly InMemoryBoard[], hasIssue: (number: IssueNumber) => boolean = () => true) {
    this.#boards = structuredClone(boards);
    this.#issues = hasIssue;
  }

  async projects(): Promise<readonly Project[]> {
    await Promise.resolve();
    return this.#known()
      .map(({ id, title, isClosed }) => ({ id, title, isClosed }))
      .sort((a, b) => a.id - b.id);
  }

  async columns(project: number): Promise<readonly ProjectColumn[]> {
    await Promise.resolve();
    return structuredClone(this.#board(project).columns);
  }

  async move(project: number, column: number, issue: IssueNumber): Promise<void> {
    await Promise.resolve();
    const board = this.#board(project);
    if (!board.columns.some(({ id }) => id === column)) {
      throw new NotFound('PROJECT_NOT_FOUND', `there is no column ${column}`, {
        details: { project, column },
      });
    }
    if (!this.#issues(issue)) {
      throw new NotFound('ISSUE_NOT_FOUND', `there is no issue #${issue}`, { details: { number: issue } });
    }
    const columns = board.columns.map((each) => {
      const issues = each.issues.filter((number) => number !== issue);
      return { ...each, issues: each.id === column ? [...issues, issue] : issues };
    });
    this.#boards = this.#known().map((each) => (each.id === project ? { ...each, columns } : each));
  }

  #board(project: number): InMemoryBoard {
    const board = this.#known().find(({ id }) => id === project);
    if (board !== undefined) return board;
    throw new NotFound('PROJECT_NOT_FOUND', `there is no board ${project}`, { details: { project } });
  }

  #known(): readonly InMemoryBoard[] {
    if (this.#boards !== undefined) return this.#boards;
    throw new NotSupported('PROJECTS_NOT_SUPPORTED', 'the tracker keeps no boards');
  }
}
