import { describeAstStoreContract, InMemoryAstStore } from '../src/index.js';

describeAstStoreContract('InMemoryAstStore', () => {
  const store = new InMemoryAstStore();
  return Promise.resolve({
    store,
    age: (milliseconds) => store.age(milliseconds),
    close: () => Promise.resolve(),
  });
});
