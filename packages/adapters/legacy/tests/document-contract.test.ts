import {
  describeDocumentRepositoryContract,
  InMemoryDocumentRepository,
  InMemoryFileStore,
} from '@markitect/testing';
import { LegacyDocumentRepository } from '../src/index.js';

describeDocumentRepositoryContract(
  'LegacyDocumentRepository',
  () =>
    Promise.resolve({
      repository: new LegacyDocumentRepository(new InMemoryFileStore(), new InMemoryDocumentRepository()),
      close: () => Promise.resolve(),
    }),
  { refusesCaseTwins: true },
);
