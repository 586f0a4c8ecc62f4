import { CreateCache1795219200006 } from './create-cache.migration.js';
import { CreateDocumentSearch1795219200001 } from './create-document-search.migration.js';
import { CreateDocuments1795219200000 } from './create-documents.migration.js';
import { CreateIssues1795219200004 } from './create-issues.migration.js';
import { CreateOutbox1795219200002 } from './create-outbox.migration.js';
import { CreateWorkspaces1795219200003 } from './create-workspaces.migration.js';
import { DelayOutboxRetries1795219200005 } from './delay-outbox-retries.migration.js';

/** All migrations in the order they run. Released ones are never changed or removed. */
export const migrations = [
  CreateDocuments1795219200000,
  CreateDocumentSearch1795219200001,
  CreateOutbox1795219200002,
  CreateWorkspaces1795219200003,
  CreateIssues1795219200004,
  DelayOutboxRetries1795219200005,
  CreateCache1795219200006,
];

/** Their names, as the database remembers them. */
export const migrationNames: readonly string[] = migrations.map((Migration) => new Migration().name);

/** The table in which TypeORM remembers the migrations that have run. */
export const MIGRATIONS_TABLE = 'migrations';
