import { describe, expect, it } from '@jest/globals';
import type { ContentHash } from './document.js';
import { parseDocumentPath } from './document-path.js';
import { entityTag, type Precondition, requirePrecondition } from './entity-tag.js';

const path = parseDocumentPath('a.md');
const current = { revision: 3, hash: '0123456789abcdef'.repeat(4) as ContentHash };
const tag = '3-0123456789abcdef';

it('entityTag names revision and content', () => {
  expect(entityTag(current)).toBe(tag);
  expect(entityTag({ ...current, revision: 4 })).not.toBe(tag);
  expect(entityTag({ ...current, hash: 'f'.repeat(64) as ContentHash })).not.toBe(tag);
});

describe('requirePrecondition', () => {
  it.each<[Precondition | undefined, typeof current | undefined]>([
    [undefined, undefined],
    [undefined, current],
    ['absent', undefined],
    ['present', current],
    [{ tags: [tag] }, current],
    [{ tags: ['other', tag] }, current],
  ])('lets %j pass where it holds', (expected, found) => {
    expect(() => requirePrecondition(path, expected, found)).not.toThrow();
  });

  it.each<[Precondition, typeof current | undefined, string]>([
    ['absent', current, `a.md is at ${tag}; the request expected it absent`],
    [
      { tags: [] },
      current,
      `a.md is at ${tag}; the request expected it at a weak tag, which names no exact state`,
    ],
    ['present', undefined, 'a.md does not exist; the request expected it present'],
    [{ tags: ['1-x', '2-y'] }, current, `a.md is at ${tag}; the request expected it at 1-x or 2-y`],
    [{ tags: [tag] }, undefined, `a.md does not exist; the request expected it at ${tag}`],
  ])('refuses %j where it does not', (expected, found, message) => {
    expect(() => requirePrecondition(path, expected, found)).toThrow(
      expect.objectContaining({
        code: 'DOCUMENT_CHANGED',
        message,
        details: { path, current: found === undefined ? null : tag },
      }),
    );
  });

  it.each([undefined, current])('refuses a list of no tags', (found) => {
    expect(() => requirePrecondition(path, { tags: [] }, found)).toThrow('expected it');
  });
});
