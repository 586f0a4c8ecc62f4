import { createHash } from 'node:crypto';
import {
  Conflict,
  diffWorkspace,
  type Precondition,
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

/**
 * Names one state of one workspace as its status tells it. Files change without a command: the revision alone would
 * not tell.
 */
export function workspaceTag({ revision, state, changed, missing, unknown }: WorkspaceStatus): string {
  const seen = JSON.stringify([state, changed, missing, unknown]);
  return `${revision}-${createHash('sha256').update(seen).digest('hex').slice(0, 16)}`;
}

/** What somebody who saw a workspace expects it to be still: any, or one of the states of {@link workspaceTag}. */
export type WorkspacePrecondition = Exclude<Precondition, 'absent'>;

/** Throws Conflict `WORKSPACE_CHANGED`, naming the present tag, unless the workspace is as expected. */
export function requireWorkspaceTag(
  status: WorkspaceStatus,
  expected: WorkspacePrecondition | undefined,
): void {
  if (expected === undefined || expected === 'present') return;
  const current = workspaceTag(status);
  if (expected.tags.includes(current)) return;
  const wish = expected.tags.join(' or ') || 'a weak tag, which names no exact state';
  throw new Conflict(
    'WORKSPACE_CHANGED',
    `workspace ${status.slug} is at ${current}; the request expected it at ${wish}`,
    { details: { slug: status.slug, current } },
  );
}

/** The files with one of them as it is now, at its place. */
export function withFile(files: readonly WorkspaceFile[], file: WorkspaceFile): readonly WorkspaceFile[] {
  return sortByPath([...files.filter(({ path }) => path !== file.path), file]);
}

/** By code point, as a store lists them. */
export function sortByPath<T extends WorkspaceFile>(files: T[]): T[] {
  return files.sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
}
