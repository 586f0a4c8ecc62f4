import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../json.js';
import {
  MAX_WORKSPACE_TITLE_LENGTH,
  parseWorkspaceManifest,
  parseWorkspaceTitle,
  workspacePhase,
} from './workspace-manifest.js';

const at = '2026-11-21T12:00:00.000Z';
const checksum = '0123456789abcdef'.repeat(4);
const least: JsonObject = {
  id: 'id',
  slug: '42',
  title: 'Title',
  template: 'default',
  baseline: [],
  revision: 1,
  createdAt: at,
  updatedAt: at,
};
const full: JsonObject = {
  ...least,
  baseline: [
    { path: 'notes.md', checksum, bytes: 0 },
    { path: 'attachments/größe 😀.txt', checksum, bytes: 12 },
  ],
  savedAt: at,
  end: { as: 'finished', at, archive: '42-2026-11-21.tar.gz' },
};

describe('a stored manifest', () => {
  it.each([least, full, { ...least, end: { as: 'abandoned', at } }])(
    'is read back as it is (%#)',
    (stored) => {
      expect(parseWorkspaceManifest(stored)).toEqual(stored);
      expect(parseWorkspaceManifest(JSON.parse(JSON.stringify(stored)) as JsonValue)).toEqual(stored);
    },
  );

  it('may say more than is known', () => {
    expect(parseWorkspaceManifest({ ...full, later: { version: 2 } })).toEqual(full);
  });

  it.each<[string, JsonValue]>([
    ['the whole', null],
    ['the whole', []],
    ['the whole', 'text'],
    ...Object.keys(least).map((field): [string, JsonValue] => {
      return [field, Object.fromEntries(Object.entries(least).filter(([name]) => name !== field))];
    }),
    ['id', { ...full, id: '' }],
    ['id', { ...full, id: 7 }],
    ['slug', { ...full, slug: '../up' }],
    ['slug', { ...full, slug: 42 }],
    ['title', { ...full, title: 'two\nlines' }],
    ['title', { ...full, title: 'x'.repeat(MAX_WORKSPACE_TITLE_LENGTH + 1) }],
    ['revision', { ...full, revision: 0 }],
    ['revision', { ...full, revision: 1.5 }],
    ['createdAt', { ...full, createdAt: 'yesterday' }],
    ['updatedAt', { ...full, updatedAt: '2026-13-45T99:00:00.000Z' }],
    ['savedAt', { ...full, savedAt: null }],
    ['end', { ...full, end: 'finished' }],
    ['end.as', { ...full, end: { as: 'lost', at } }],
    ['end.at', { ...full, end: { as: 'finished' } }],
    ['end.archive', { ...full, end: { as: 'finished', at, archive: '' } }],
    ['baseline', { ...full, baseline: {} }],
    ['baseline[0]', { ...full, baseline: ['notes.md'] }],
    ['baseline[0].path', { ...full, baseline: [{ path: '../up', checksum, bytes: 1 }] }],
    ['baseline[0].path', { ...full, baseline: [{ path: '', checksum, bytes: 1 }] }],
    ['baseline[0].checksum', { ...full, baseline: [{ path: 'a', checksum: '../../up', bytes: 1 }] }],
    ['baseline[0].bytes', { ...full, baseline: [{ path: 'a', checksum, bytes: -1 }] }],
    [
      'baseline',
      {
        ...full,
        baseline: [
          { path: 'a', checksum, bytes: 1 },
          { path: 'a', checksum, bytes: 1 },
        ],
      },
    ],
  ])('is refused when it is damaged: %s (%#)', (field, stored) => {
    expect(() => parseWorkspaceManifest(stored)).toThrow(
      expect.objectContaining({ code: 'WORKSPACE_MANIFEST_CORRUPT', details: { field } }),
    );
  });

  it('is read or refused with the one code, whatever it is', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...Object.keys(full)), fc.jsonValue())
      .map(([field, value]): JsonValue => ({ ...full, [field]: value as JsonValue }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue() as fc.Arbitrary<JsonValue>, damaged), (stored) => {
        try {
          expect(parseWorkspaceManifest(stored)).toMatchObject({ slug: '42' });
        } catch (error) {
          expect(error).toMatchObject({ code: 'WORKSPACE_MANIFEST_CORRUPT' });
        }
      }),
    );
  });
});

it('the phase of a manifest is open until it has an end', () => {
  expect(workspacePhase({})).toBe('open');
  for (const as of ['finished', 'abandoned'] as const) expect(workspacePhase({ end: { as, at } })).toBe(as);
});

describe('a title', () => {
  it('is one line, without space around it', () => {
    expect(parseWorkspaceTitle('  Fix the “login” 😀\n')).toBe('Fix the “login” 😀');
  });

  it.each(['', '  ', 'two\nlines', 'two\u2028lines', 'bell\u0007', '\ud800', 'x'.repeat(201)])(
    'is not %j',
    (title) => {
      expect(() => parseWorkspaceTitle(title)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    },
  );
});
