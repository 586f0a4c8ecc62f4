import { expect, it } from '@jest/globals';
import { type JsonValue, MAX_JSON_DEPTH, refuseDeep, taskDraft } from './index.js';

const nested = (depth: number): JsonValue =>
  JSON.parse(`${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`) as JsonValue;
const refusal = (field: string) =>
  expect.objectContaining({
    code: 'REQUEST_INVALID',
    details: expect.objectContaining({ field }) as object,
  });

it('a value may be nested a hundred deep', () => {
  expect(() => refuseDeep('value', nested(MAX_JSON_DEPTH))).not.toThrow();
  expect(taskDraft({ type: 'good', payload: nested(MAX_JSON_DEPTH) }).payload).toEqual(
    nested(MAX_JSON_DEPTH),
  );
});

it.each([MAX_JSON_DEPTH + 2, 8_000, 100_000])('a value nested %d deep is refused by its name', (depth) => {
  expect(() => refuseDeep('value', nested(depth))).toThrow(refusal('value'));
  expect(() => taskDraft({ type: 'good', payload: nested(depth) })).toThrow(refusal('payload'));
});
