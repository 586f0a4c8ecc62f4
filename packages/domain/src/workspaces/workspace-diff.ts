import type { WorkspaceFile } from './workspace-manifest.js';

/** In what the files of a workspace differ from its baseline: paths, each list in the order of its files. */
export interface WorkspaceDiff {
  /** In both, with other contents. */
  readonly changed: readonly string[];
  /** In the baseline, and not on disk. */
  readonly missing: readonly string[];
  /** On disk, and not in the baseline. */
  readonly unknown: readonly string[];
}

/** Compares the files found on disk with a baseline, by checksum. */
export function diffWorkspace(
  baseline: readonly WorkspaceFile[],
  scan: readonly WorkspaceFile[],
): WorkspaceDiff {
  const known = new Map(baseline.map((file) => [file.path, file.checksum]));
  const found = new Set(scan.map((file) => file.path));
  const paths = (files: readonly WorkspaceFile[]) => files.map((file) => file.path);
  return {
    changed: paths(scan.filter(({ path, checksum }) => known.has(path) && known.get(path) !== checksum)),
    missing: paths(baseline.filter(({ path }) => !found.has(path))),
    unknown: paths(scan.filter(({ path }) => !known.has(path))),
  };
}

/** Whether anything differs. */
export function differs(diff: WorkspaceDiff): boolean {
  return diff.changed.length + diff.missing.length + diff.unknown.length > 0;
}
