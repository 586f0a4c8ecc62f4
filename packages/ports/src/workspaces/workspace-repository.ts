import type { Page, PageRequest, WorkspaceManifest, WorkspacePhase, WorkspaceSlug } from '@markitect/domain';
import { definePort } from '../port.js';

/** Which workspaces to list. They come by slug, in the order of its characters. */
export interface WorkspaceQuery extends PageRequest {
  /** Only those in this phase. */
  readonly phase?: WorkspacePhase;
}

/**
 * The manifests of workspaces, one for each slug: the truth about them. Errors of all operations: Unavailable
 * `DATABASE_BUSY`, `DATABASE_UNAVAILABLE`; Corrupt `DATABASE_CORRUPT`, `WORKSPACE_MANIFEST_CORRUPT`.
 */
export interface WorkspaceRepository {
  /** The manifest of a workspace, or `undefined`. */
  get(slug: WorkspaceSlug): Promise<WorkspaceManifest | undefined>;

  /** One page of manifests. Cost does not grow with the depth of the page. Throws Invalid `CURSOR_INVALID`. */
  list(query: WorkspaceQuery): Promise<Page<WorkspaceManifest>>;

  /** All manifests of a query, by slug, fetched as they are asked for. */
  stream(query: Omit<WorkspaceQuery, keyof PageRequest>): AsyncIterable<WorkspaceManifest>;

  /**
   * Stores a manifest in place of the one at its slug, and answers what is stored: the revision is one more than
   * `expectedRevision`, whatever the given one says. Throws Conflict `WORKSPACE_CHANGED`, and stores nothing, unless
   * the stored revision is `expectedRevision`; 0 stands for a slug without a manifest.
   */
  save(manifest: WorkspaceManifest, expectedRevision: number): Promise<WorkspaceManifest>;

  /** Of these checksums, those that the baseline of some open workspace has. */
  knownChecksums(checksums: readonly string[]): Promise<ReadonlySet<string>>;
}

export const workspaceRepositoryPort = definePort<WorkspaceRepository>('WorkspaceRepository', {
  get: { kind: 'read', idempotent: true, key: (slug) => slug },
  list: { kind: 'read', idempotent: true },
  stream: { kind: 'read', idempotent: true },
  save: { kind: 'write', idempotent: false, key: (manifest) => manifest.slug },
  knownChecksums: { kind: 'read', idempotent: true },
});
