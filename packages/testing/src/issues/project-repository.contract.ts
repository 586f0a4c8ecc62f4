import { describe, expect, it } from '@jest/globals';
import type { IssueNumber } from '@markitect/domain';
import type { ProjectRepository } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';
import { CONTRACT_TIMEOUT_MS } from './repository-contract/contract-section.js';

/** Boards that are open: one with the columns `Left`, `Middle` and `Right`; the issues stand in the first. */
export interface OpenedProjects {
  readonly repository: ProjectRepository;
  readonly project: number;
  /** At least two, in the order in which they stand. */
  readonly issues: readonly IssueNumber[];
  close(): Promise<void>;
}

/** What every ProjectRepository of a tracker with boards promises. `open` gives new boards for each test. */
export function describeProjectRepositoryContract(name: string, open: () => Promise<OpenedProjects>): void {
  const test = (title: string, body: (opened: OpenedProjects) => Promise<void>) =>
    it(
      title,
      async () => {
        const opened = await open();
        try {
          await body(opened);
        } finally {
          await opened.close();
        }
      },
      CONTRACT_TIMEOUT_MS,
    );

  describe(`${name} keeps the ProjectRepository contract`, () => {
    test('knows its boards and their columns from left to right', async ({ repository, project, issues }) => {
      const projects = await repository.projects();
      expect(projects.map(({ id }) => id)).toContain(project);
      const columns = await repository.columns(project);
      expect(columns.map((column) => [column.title, column.issues])).toEqual([
        ['Left', issues],
        ['Middle', []],
        ['Right', []],
      ]);
      expect(new Set(columns.map(({ id }) => id)).size).toBe(3);
    });

    test('moves an issue, out of the column where it stood', async ({ repository, project, issues }) => {
      const [first = 0, ...others] = issues;
      const [, middle, right] = await repository.columns(project);
      await repository.move(project, middle?.id ?? 0, first);
      await repository.move(project, right?.id ?? 0, first);
      await repository.move(project, right?.id ?? 0, first);
      const columns = await repository.columns(project);
      expect(columns.map((column) => column.issues)).toEqual([others, [], [first]]);
    });

    test('misses boards, columns and issues that are not there', async ({ repository, project, issues }) => {
      const [left] = await repository.columns(project);
      const [first = 0] = issues;
      for (const [operation, code] of [
        [() => repository.columns(project + 1000), 'PROJECT_NOT_FOUND'],
        [() => repository.move(project + 1000, left?.id ?? 0, first), 'PROJECT_NOT_FOUND'],
        [() => repository.move(project, 1_000_000, first), 'PROJECT_NOT_FOUND'],
        [() => repository.move(project, left?.id ?? 0, first + 1_000_000), 'ISSUE_NOT_FOUND'],
      ] as const) {
        expect((await markitectFailure(operation)).code).toBe(code);
      }
      expect((await repository.columns(project))[0]?.issues).toEqual(issues);
    });
  });
}
