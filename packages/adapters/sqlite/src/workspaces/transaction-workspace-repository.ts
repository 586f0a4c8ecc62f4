import type { Page, PageRequest, WorkspaceManifest, WorkspaceSlug } from '@markitect/domain';
import type { WorkspaceQuery, WorkspaceRepository } from '@markitect/ports';
import type { SqlExecutor } from '../engine/sql-executor.js';
import { streamPages } from '../engine/stream-pages.js';
import { knownChecksums, listWorkspaces, readWorkspace, saveWorkspace } from './workspace-rows.js';

/** The workspaces as a transaction sees and changes them. For one call at a time. */
export class TransactionWorkspaceRepository implements WorkspaceRepository {
  readonly #executor: SqlExecutor;

  constructor(executor: SqlExecutor) {
    this.#executor = executor;
  }

  get(slug: WorkspaceSlug): Promise<WorkspaceManifest | undefined> {
    return readWorkspace(this.#executor, slug);
  }

  list(query: WorkspaceQuery): Promise<Page<WorkspaceManifest>> {
    return listWorkspaces(this.#executor, query);
  }

  /** Page by page, through `list`: each is an operation of the transaction by itself. */
  stream(query: Omit<WorkspaceQuery, keyof PageRequest>): AsyncIterable<WorkspaceManifest> {
    return streamPages((page) => this.list({ ...query, ...page }), false);
  }

  save(manifest: WorkspaceManifest, expectedRevision: number): Promise<WorkspaceManifest> {
    return saveWorkspace(this.#executor, manifest, expectedRevision);
  }

  knownChecksums(checksums: readonly string[]): Promise<ReadonlySet<string>> {
    return knownChecksums(this.#executor, checksums);
  }
}
