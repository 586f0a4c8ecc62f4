import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@markitect/domain';
import {
  CutoverBook,
  describeCutoverStateStoreContract,
  InMemoryCutoverStateStore,
  InMemoryReplicaStore,
} from '../src/index.js';

describeCutoverStateStoreContract('InMemoryCutoverStateStore', () => {
  let now = Date.UTC(2026, 0, 1);
  const book = new CutoverBook(() => now);
  return Promise.resolve({
    store: new InMemoryCutoverStateStore(book),
    other: new InMemoryCutoverStateStore(book),
    now: () => now,
    advance: (ms) => Promise.resolve(void (now += ms)),
    close: () => Promise.resolve(),
  });
});

describe('faults around the fakes of a cutover', () => {
  it('keep an operation of the state store from happening, or from being learnt of', async () => {
    const book = new CutoverBook();
    const operations: string[] = [];
    const failing = new InMemoryCutoverStateStore(book, {
      before: (operation) => {
        operations.push(operation);
        if (operations.length === 1) throw new Error('before');
      },
      after: () => {
        if (operations.length === 2) throw new Error('after');
      },
    });
    await expect(failing.create('users', 'ada', 'test')).rejects.toThrow('before');
    expect(book.components.size).toBe(0);
    await expect(failing.create('users', 'ada', 'test')).rejects.toThrow('after');
    expect(await failing.get('users')).toMatchObject({ stage: 'legacy' });
    expect(operations).toEqual(['create', 'create', 'get']);
  });

  it('do the same for a replica, and keys are in the order of code points', async () => {
    const states = new Map<string, JsonValue>();
    const plain = new InMemoryReplicaStore(states);
    const failing = new InMemoryReplicaStore(states, {
      after: (operation, keys) => {
        if (operation === 'write') throw new Error(`after ${keys.join()}`);
      },
    });
    const entries = ['\uffee', '😀', 'a'].map((key) => ({ key, state: { of: key } }));
    await expect(failing.write(entries)).rejects.toThrow('after \uffee,😀,a');
    expect(await plain.keys(undefined, 9)).toEqual(['a', '\uffee', '😀']);
    expect(await plain.keys('a', 1)).toEqual(['\uffee']);
    await plain.write([{ key: 'a', state: undefined }]);
    expect(await plain.read(['a', '😀'])).toEqual([
      { key: 'a', state: undefined },
      { key: '😀', state: { of: '😀' } },
    ]);
  });
});
