import {
  diffWorkspace,
  type WorkspaceDiff,
  type WorkspaceFile,
  type WorkspaceManifest,
  type WorkspaceState,
  workspaceState,
} from '@markitect/domain';

/** A workspace as it is now. Of one that is over nothing differs. */
export interface WorkspaceStatus extends WorkspaceManifest, WorkspaceDiff {
  readonly state: WorkspaceState;
}

/** The status of a workspace with these files on disk. */
export function statusOf(manifest: WorkspaceManifest, scan: readonly WorkspaceFile[]): WorkspaceStatus {
  const over = manifest.end !== undefined;
  const diff = over ? { changed: [], missing: [], unknown: [] } : diffWorkspace(manifest.baseline, scan);
  return { ...manifest, ...diff, state: workspaceState(manifest, scan) };
}

/** The files with one of them as it is now, at its place. */
export function withFile(files: readonly WorkspaceFile[], file: WorkspaceFile): readonly WorkspaceFile[] {
  return sortByPath([...files.filter(({ path }) => path !== file.path), file]);
}

/** By code point, as a store lists them. */
export function sortByPath<T extends WorkspaceFile>(files: T[]): T[] {
  return files.sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
}
