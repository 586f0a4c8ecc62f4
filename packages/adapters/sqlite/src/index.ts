export { SqliteConnection } from './sqlite.connection.js';
export type { MigrationReport } from './sqlite.connection.js';
export type { SqliteOptions } from './sqlite-options.js';
export { SqliteDocumentRepository } from './documents/sqlite-document-repository.js';
