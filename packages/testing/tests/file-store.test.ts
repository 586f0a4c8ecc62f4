import {
  describeFileStoreContract,
  describeStagingFileStoreContract,
  InMemoryFileStore,
} from '../src/index.js';

const open = () => Promise.resolve({ store: new InMemoryFileStore(), close: () => Promise.resolve() });

describeFileStoreContract('InMemoryFileStore', open);
describeStagingFileStoreContract('InMemoryFileStore', open);
