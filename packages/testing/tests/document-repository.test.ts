import { describeDocumentRepositoryContract, InMemoryDocumentRepository } from '../src/index.js';

describeDocumentRepositoryContract('InMemoryDocumentRepository', () =>
  Promise.resolve({ repository: new InMemoryDocumentRepository(), close: () => Promise.resolve() }),
);
