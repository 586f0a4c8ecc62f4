import { describeDocumentRepositoryContract } from '@markitect/testing';
import { temporaryStore } from './temporary-store.js';

describeDocumentRepositoryContract('SqliteDocumentRepository', temporaryStore);

describeDocumentRepositoryContract('SqliteDocumentRepository without foreign keys, one reader', () =>
  temporaryStore({ foreignKeys: false, readers: 1 }),
);
