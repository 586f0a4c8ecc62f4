import type { Page, PageRequest, WorkspaceManifest, WorkspaceSlug } from '@markitect/domain';
import type { WorkspaceQuery, WorkspaceRepository } from '@markitect/ports';
import { streamPages } from '../engine/stream-pages.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { knownChecksums, listWorkspaces, readWorkspace, saveWorkspace } from './workspace-rows.js';

/**
 * The manifests of workspaces in a SQLite database. Errors as the port says, and Conflict `TRANSACTION_NESTED` for a
 * `save` inside a unit of work; the connection must be open.
 */
export class SqliteWorkspaceRepository implements WorkspaceRepository {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async get(slug: WorkspaceSlug): Promise<WorkspaceManifest | undefined> {
    return readWorkspace(this.#connection.readers(), slug);
  }

  async list(query: WorkspaceQuery): Promise<Page<WorkspaceManifest>> {
    return listWorkspaces(this.#connection.readers(), query);
  }

  stream(query: Omit<WorkspaceQuery, keyof PageRequest>): AsyncIterable<WorkspaceManifest> {
    return streamPages((page) => this.list({ ...query, ...page }), true);
  }

  async save(manifest: WorkspaceManifest, expectedRevision: number): Promise<WorkspaceManifest> {
    this.#connection.refuseInsideUnitOfWork('WorkspaceRepository.save');
    const writer = await this.#connection.writer();
    return writer.transaction((transaction) => saveWorkspace(transaction, manifest, expectedRevision));
  }

  async knownChecksums(checksums: readonly string[]): Promise<ReadonlySet<string>> {
    return knownChecksums(this.#connection.readers(), checksums);
  }
}
