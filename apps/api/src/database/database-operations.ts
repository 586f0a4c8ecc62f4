import type { FsFileStore } from '@markitect/adapter-fs';
import {
  type AdviceOptions,
  type BackupOptions,
  type BackupReport,
  type DiagramFormat,
  drawSchema,
  madeCheck,
  type PendingEffects,
  type RevertPreview,
  SqliteAdministration,
  type SqliteConnection,
  type StoreAdvice,
  type StoreCheck,
  type StoreStatus,
} from '@markitect/adapter-sqlite';
import { isMarkitectError } from '@markitect/domain';
import type { AstStore } from '@markitect/ports';
import { checkPending, checkStaged, checkTrees } from './file-checks.js';

/** What an operator sees of the database. */
export interface DatabaseOverview extends StoreStatus {
  /** What is committed and not done yet. */
  readonly pending: PendingEffects;
}

/** What a check found. */
export interface DatabaseCheck {
  /** Whether nothing is wrong. Notes may be there all the same. */
  readonly isSound: boolean;
  readonly checks: readonly StoreCheck[];
  /** Syntax trees that no document needs, removed now; absent: that was not asked for. */
  readonly removedTrees?: number;
}

/** What the operations work on. */
export interface DatabaseParts {
  readonly store: SqliteConnection;
  readonly trees: AstStore;
  /** By the names of their roots. */
  readonly stores: Readonly<Record<string, Pick<FsFileStore, 'staged'>>>;
  readonly pending: () => Promise<PendingEffects>;
}

/** The database as operators reach it. It must be open, and need not be migrated. */
export class DatabaseOperations {
  readonly #parts: DatabaseParts;
  readonly #administration: SqliteAdministration;

  constructor(parts: DatabaseParts) {
    this.#parts = parts;
    this.#administration = new SqliteAdministration(parts.store);
  }

  /** Takes as long as reading the file. Throws as a read does. */
  async status(): Promise<DatabaseOverview> {
    const status = await this.#administration.status();
    return { ...status, pending: await this.#pending() };
  }

  /**
   * Checks the database, and what lies beside it, against each other. Reads everything; others wait while the full-text
   * indexes are compared. `repair`: also removes syntax trees that no document needs; the missing ones are made when
   * they are next asked for. What is wrong is an answer, and no error.
   */
  async check({ repair = false }: { readonly repair?: boolean } = {}): Promise<DatabaseCheck> {
    const { trees, stores } = this.#parts;
    const administration = this.#administration;
    const checks = [...(await administration.check())];
    let removedTrees: number | undefined;
    if (await this.#has('documents')) {
      const compare = async (): Promise<StoreCheck> => {
        const { check, removed } = await checkTrees(administration, trees, repair);
        removedTrees = removed;
        return check;
      };
      checks.push(await madeCheck('syntax trees', compare));
    }
    const now = Date.now();
    checks.push(await madeCheck('pending changes', async () => checkPending(await this.#pending(), now)));
    if (await this.#has('outbox')) {
      checks.push(await madeCheck('staged files', () => checkStaged(administration, stores)));
    }
    return {
      isSound: checks.every(({ outcome }) => outcome !== 'fault'),
      checks,
      ...(removedTrees === undefined ? {} : { removedTrees }),
    };
  }

  /** Writes a copy while the database is in use. Throws Conflict `BACKUP_EXISTS`, and as `SqliteAdministration.backUp`. */
  backUp(file: string, options?: BackupOptions): Promise<BackupReport> {
    return this.#administration.backUp(file, options);
  }

  /** The text of a diagram of the tables as they are. */
  async diagram(format: DiagramFormat = 'mermaid'): Promise<string> {
    return drawSchema(await this.#administration.schema(), format);
  }

  /** Statements that cost more the more rows there are. Takes under a second. Throws as a read does. */
  advise(options?: AdviceOptions): Promise<StoreAdvice> {
    return this.#administration.advise(options);
  }

  /** What {@link revert} would remove; `undefined`: no migration is left. */
  previewRevert(): Promise<RevertPreview | undefined> {
    return this.#administration.previewRevert();
  }

  /** Takes the last migration back, with the data of what it made, and answers its name; `undefined`: none is left. */
  revert(): Promise<string | undefined> {
    return this.#parts.store.revertLast();
  }

  /** Whether there is a table; also where nobody can tell, because the schema is damaged. */
  async #has(table: string): Promise<boolean> {
    try {
      return (await this.#administration.schema()).some(({ name }) => name === table);
    } catch (error) {
      if (isMarkitectError(error) && error.code === 'DATABASE_CORRUPT') return true;
      throw error;
    }
  }

  /** A schema from before there was an outbox has nothing pending. */
  async #pending(): Promise<PendingEffects> {
    try {
      return await this.#parts.pending();
    } catch (error) {
      if (isMarkitectError(error) && error.code === 'STORE_NOT_INITIALIZED') return { count: 0 };
      throw error;
    }
  }
}
