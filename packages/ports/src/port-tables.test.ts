import { describe, expect, it } from '@jest/globals';
import * as everything from './index.js';
import type { Operation, Port } from './port.js';

/** Whatever its interface is. */
type AnyPort = Pick<Port<unknown>, 'name'> & { readonly operations: Readonly<Record<string, Operation>> };

const ports = Object.values<unknown>(everything).filter(
  (value): value is AnyPort => typeof value === 'object' && value !== null && 'operations' in value,
);

/** Anything an operation may take first, called `k` by whatever it is called by. */
const named = {
  ...Object.fromEntries(
    [
      'id',
      'key',
      'name',
      'path',
      'title',
      'type',
      'token',
      'slug',
      'component',
      'number',
      'root',
      'target',
    ].map((field) => [field, 'k']),
  ),
  toString: () => 'k',
};

describe('the table of a port', () => {
  it.each(ports.map((port) => [port.name, port] as const))('%s has one name of its own', (name) => {
    expect(ports.filter((each) => each.name === name)).toHaveLength(1);
  });

  it.each(
    ports.flatMap(({ name, operations }) =>
      Object.entries<Operation>(operations).flatMap(([operation, { key }]) =>
        key === undefined ? [] : [[`${name}.${operation}`, key] as const],
      ),
    ),
  )('%s is about what its first argument names', (_, key) => {
    const answer: unknown = (key as (...args: unknown[]) => unknown)(named, named);
    expect(String(answer)).toBe('k');
  });
});
