import type { ContentHash } from '@markitect/domain';
import type { SqliteConnection } from '../sqlite.connection.js';
import { pendingStaged } from '../unit-of-work/outbox.js';
import { type BackupOptions, type BackupReport, backUp } from './backup.js';
import { ownStatements } from './exercise/own-statements.js';
import { advise, type AdviceOptions, type StoreAdvice } from './plan-advice.js';
import { previewRevert, type RevertPreview } from './revert-preview.js';
import { readSchema, type SchemaTable } from './schema.js';
import { checkStore, documentHashes, type StoreCheck } from './store-checks.js';
import { readStatus, type StoreStatus } from './store-status.js';

/**
 * What operators do with a SQLite database. The connection must be open, and need not be migrated: an earlier schema
 * can be looked at, checked and backed up as it is.
 */
export class SqliteAdministration {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Sizes, migrations, tables and settings. Takes as long as reading the file. Throws as a read does. */
  status(): Promise<StoreStatus> {
    return readStatus(this.#connection);
  }

  /** The tables as they really are, by name. Throws as a read does. */
  schema(): Promise<readonly SchemaTable[]> {
    return readSchema(this.#connection.readers());
  }

  /** See {@link checkStore}. What is wrong is an answer, and no error. */
  check(): Promise<readonly StoreCheck[]> {
    return checkStore(this.#connection);
  }

  /** Hashes of stored documents after another, in their order: for walks over all of them. */
  documentHashes(after: string, limit: number): Promise<readonly ContentHash[]> {
    return documentHashes(this.#connection.readers(), after, limit);
  }

  /** The names of the staged files that commits still need, of one root. */
  neededStaged(root: string): Promise<ReadonlySet<string>> {
    return pendingStaged(this.#connection.readers(), root);
  }

  /** Backs the database up while it is in use. See {@link backUp}. */
  backUp(target: string, options?: BackupOptions): Promise<BackupReport> {
    return backUp(this.#connection, target, options);
  }

  /** What {@link SqliteConnection.revertLast} would remove. See {@link previewRevert}. */
  previewRevert(): Promise<RevertPreview | undefined> {
    return previewRevert(this.#connection);
  }

  /**
   * Looks at the plans of all statements that the repositories prepare, and of those that this connection has prepared
   * besides. The database is only read. See {@link advise}.
   */
  async advise(options?: AdviceOptions): Promise<StoreAdvice> {
    const statements = [...(await ownStatements()), ...this.#connection.statements];
    return advise(this.#connection.readers(), statements, options);
  }
}
