import { describe, expect, it } from '@jest/globals';
import { definePort } from '@markitect/ports';
import { plannedOperations } from './cutover-plan.js';

interface Store {
  get(key: string): Promise<string>;
  saveAll(values: readonly string[]): Promise<void>;
  list(): Promise<readonly string[]>;
}

const port = definePort<Store>('Store', {
  get: { kind: 'read', idempotent: true, key: (key) => key },
  saveAll: { kind: 'write', idempotent: true },
  list: { kind: 'read', idempotent: true },
});

describe('a plan', () => {
  it('says the keys of each call, from the table or from itself', () => {
    const operations = plannedOperations<Store>({ port, keys: { saveAll: (values) => values } }, true);
    const keys = (name: string, args: readonly unknown[]) =>
      operations.find((each) => each.name === name)?.keys(args);
    expect(keys('get', ['k'])).toEqual(['k']);
    expect(keys('saveAll', [['a', 'b']])).toEqual(['a', 'b']);
    expect(keys('list', [])).toEqual([]);
  });

  it('is refused when it does not say the keys of a write that is copied', () => {
    expect(() => plannedOperations<Store>({ port }, true)).toThrow('which keys saveAll changes');
    expect(plannedOperations<Store>({ port }, false)).toHaveLength(3);
  });
});
