import { CreateCache1795219200006 } from './create-cache.migration.js';
import { CreateCutover1795219200013 } from './create-cutover.migration.js';
import { CreateDocumentSearch1795219200001 } from './create-document-search.migration.js';
import { CreateDocuments1795219200000 } from './create-documents.migration.js';
import { CreateIssues1795219200004 } from './create-issues.migration.js';
import { CreateMirrorTurns1795219200010 } from './create-mirror-turns.migration.js';
import { CreateOutbox1795219200002 } from './create-outbox.migration.js';
import { CreatePeople1795219200014 } from './create-people.migration.js';
import { CreateResearch1795219200011 } from './create-research.migration.js';
import { CreateTasks1795219200012 } from './create-tasks.migration.js';
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
  CreateMirrorTurns1795219200010,
  CreateResearch1795219200011,
  CreateTasks1795219200012,
  CreateCutover1795219200013,
  CreatePeople1795219200014,
];

/** Their names, as the database remembers them. */
export const migrationNames: readonly string[] = migrations.map((Migration) => new Migration().name);

/** The table in which TypeORM remembers the migrations that have run. */
export const MIGRATIONS_TABLE = 'migrations';
