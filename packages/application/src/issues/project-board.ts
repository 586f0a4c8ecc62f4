import { isMarkitectError, type IssueNumber } from '@markitect/domain';
import type { Project, ProjectColumn, ProjectRepository } from '@markitect/ports';

/** Where an issue is on a board that the tracker keeps. */
export interface CardProject {
  readonly id: number;
  readonly title: string;
  /** The column in which it stands. */
  readonly column: string;
}

/** A board that the tracker keeps, with its columns. */
export interface OpenProject {
  readonly project: Project;
  readonly columns: readonly ProjectColumn[];
}

/**
 * The board in use: the first of the tracker that is not closed; `undefined` when it keeps none that a program can
 * reach. Throws what the port throws otherwise.
 */
export async function openProject(projects: ProjectRepository | undefined): Promise<OpenProject | undefined> {
  try {
    const project = (await projects?.projects())?.find(({ isClosed }) => !isClosed);
    if (projects === undefined || project === undefined) return undefined;
    return { project, columns: await projects.columns(project.id) };
  } catch (error) {
    if (isMarkitectError(error) && error.code === 'PROJECTS_NOT_SUPPORTED') return undefined;
    throw error;
  }
}

/** Where an issue is on the board in use; `undefined`: on none. */
export async function cardProject(
  projects: ProjectRepository | undefined,
  number: IssueNumber,
): Promise<CardProject | undefined> {
  const open = await openProject(projects);
  const column = open?.columns.find(({ issues }) => issues.includes(number));
  if (open === undefined || column === undefined) return undefined;
  return { id: open.project.id, title: open.project.title, column: column.title };
}
