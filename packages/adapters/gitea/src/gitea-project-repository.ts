import type { HttpClient } from '@markitect/connections';
import { type IssueNumber, NotFound, NotSupported } from '@markitect/domain';
import type { Project, ProjectColumn, ProjectRepository } from '@markitect/ports';
import type { z } from 'zod';
import { boundedMap } from './bounded-map.js';
import { columnAnswer, dependencyAnswer, projectAnswer } from './gitea-answers.js';
import { GiteaApi, hasCode } from './gitea-api.js';
import type { GiteaOptions } from './gitea-options.js';
import { giteaVersion } from './gitea-version.js';
import { IssueReads } from './issue-reads.js';
import { limitedClient } from './limited-client.js';

/** The first version of Gitea with routes for boards. */
const FIRST_WITH_PROJECTS = 28;

/**
 * The boards of a repository of a Gitea server from version 28 on; of older ones, and of Forgejo, every operation
 * throws NotSupported `PROJECTS_NOT_SUPPORTED`. The version is
 * asked for once in the life of this object: one that stays across an upgrade of the server has to be made anew. Pull requests on a board are left out.
 *
 * Costs, in requests: `projects` 1; `columns` 1, and 1 for each column and 50 issues in it; `move` 4.
 */
export class GiteaProjectRepository implements ProjectRepository {
  readonly #client: HttpClient;
  readonly #api: GiteaApi;
  readonly #reads: IssueReads;
  readonly #concurrency: number;
  #support: Promise<void> | undefined;

  constructor(client: HttpClient, options: GiteaOptions) {
    this.#client = limitedClient(client);
    this.#api = new GiteaApi(client, options);
    this.#reads = new IssueReads(this.#api);
    this.#concurrency = options.concurrency ?? 4;
  }

  async projects(): Promise<readonly Project[]> {
    await this.#requireSupport();
    const what = 'list the boards';
    const projects = await this.#api.all(
      this.#api.path('projects'),
      projectAnswer,
      { what },
      { state: 'all' },
    );
    return projects
      .map(({ id, title, state, is_closed: isClosed }) => ({
        id,
        title,
        isClosed: isClosed ?? state === 'closed',
      }))
      .sort((a, b) => a.id - b.id);
  }

  async columns(project: number): Promise<readonly ProjectColumn[]> {
    await this.#requireSupport();
    const columns = await this.#columns(project);
    return boundedMap(columns, this.#concurrency, async ({ id, title }) => {
      const what = `list the issues in column ${id} of board ${project}`;
      const path = this.#api.path('projects', project, 'columns', id, 'issues');
      const issues = await this.#api.all(path, dependencyAnswer, { what });
      return {
        id,
        title,
        issues: issues.filter((issue) => issue.pull_request == null).map(({ number }) => number),
      };
    });
  }

  async move(project: number, column: number, issue: IssueNumber): Promise<void> {
    await this.#requireSupport();
    const [columns, answer] = await Promise.all([this.#columns(project), this.#reads.require(issue)]);
    if (!columns.some(({ id }) => id === column)) throw notFound(project, column);
    // The server wants the number that an issue has among all of its issues, not the one in the repository. This route
    // puts an issue on the board that is not there yet, and moves one that is.
    const path = this.#api.path('projects', project, 'columns', column, 'issues', answer.id);
    await this.#api.send(
      { method: 'POST', path, expect: 'none', repeat: 'idempotent' },
      { what: `move issue #${issue} to column ${column} of board ${project}`, issue },
    );
  }

  /** The columns of a board, from left to right, without their issues. */
  async #columns(project: number): Promise<z.infer<typeof columnAnswer>[]> {
    try {
      const path = this.#api.path('projects', project, 'columns');
      const columns = await this.#api.all(path, columnAnswer, {
        what: `list the columns of board ${project}`,
      });
      return columns.sort((a, b) => (a.sorting ?? 0) - (b.sorting ?? 0) || a.id - b.id);
    } catch (error) {
      if (!hasCode(error, 'TRACKER_NOT_FOUND')) throw error;
      await this.#api.requireRepository();
      throw notFound(project);
    }
  }

  async #requireSupport(): Promise<void> {
    this.#support ??= this.#checkSupport();
    const support = this.#support;
    try {
      await support;
    } catch (error) {
      // That nobody answered says nothing of the server.
      if (this.#support === support && !hasCode(error, 'PROJECTS_NOT_SUPPORTED')) this.#support = undefined;
      throw error;
    }
  }

  async #checkSupport(): Promise<void> {
    const { product, major, text } = await giteaVersion(this.#client);
    if (product === 'gitea' && major >= FIRST_WITH_PROJECTS) return;
    throw new NotSupported(
      'PROJECTS_NOT_SUPPORTED',
      `the server (${product} ${text}) has no boards that a program can reach; Gitea has them from version 28 on`,
      { details: { version: text } },
    );
  }
}

function notFound(project: number, column?: number): NotFound {
  return new NotFound(
    'PROJECT_NOT_FOUND',
    column === undefined ? `there is no board ${project}` : `board ${project} has no column ${column}`,
    { details: { project, ...(column === undefined ? {} : { column }) } },
  );
}
