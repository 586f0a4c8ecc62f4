import type { WorkspaceSlug } from '@markitect/domain';
import type { Archiver, FileStore, UnitOfWork, WorkspaceLock, WorkspaceRepository } from '@markitect/ports';

/** The roots that workspaces need: below these names a unit of work must know the stores of {@link WorkspacePorts}. */
export const workspaceRoots = ['workspaces', 'baselines', 'archives', 'templates'] as const;
export type WorkspaceRoot = (typeof workspaceRoots)[number];

/** What workspaces need from outside. */
export interface WorkspacePorts {
  /** The manifests, as those outside of a unit of work see them. */
  readonly workspaces: WorkspaceRepository;
  readonly unitOfWork: UnitOfWork;
  readonly lock: WorkspaceLock;
  readonly archiver: Archiver;
  /**
   * `workspaces`: a folder for each open workspace; `baselines`: contents of saved files, by checksum; `archives`: of
   * finished workspaces; `templates`: a folder for each template.
   */
  readonly files: Readonly<Record<WorkspaceRoot, FileStore>>;
}

export interface WorkspaceServiceOptions {
  /** The absolute path of the folder of a workspace, for people and their editors. */
  readonly folderOf: (slug: WorkspaceSlug) => string;
  /** What others are told who holds the lock of a workspace, before the command. Default `markitect workspace`. */
  readonly owner?: string;
  /** The most bytes a file of a workspace may have. Default 256 MiB. */
  readonly maxFileBytes?: number;
  readonly now?: () => Date;
  /** Makes the id of a new workspace. Default a random UUID. */
  readonly newId?: () => string;
}
