import { CreateDocumentSearch1795219200001 } from './create-document-search.migration.js';
import { CreateDocuments1795219200000 } from './create-documents.migration.js';

/** All migrations in the order they run. Released ones are never changed or removed. */
export const migrations = [CreateDocuments1795219200000, CreateDocumentSearch1795219200001];

/** Their names, as the database remembers them. */
export const migrationNames: readonly string[] = migrations.map((Migration) => new Migration().name);

/** The table in which TypeORM remembers the migrations that have run. */
export const MIGRATIONS_TABLE = 'migrations';
