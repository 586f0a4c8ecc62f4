import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Invalid } from '../errors/markitect-error.js';
import { isWorkspaceSlug, MAX_WORKSPACE_SLUG_LENGTH, parseWorkspaceSlug } from './workspace-slug.js';

describe('a workspace slug', () => {
  it.each(['42', '0', 'a', 'fix-login', 'issue-42', '2026-11-21', 'x'.repeat(MAX_WORKSPACE_SLUG_LENGTH)])(
    'may be %s',
    (text) => {
      expect(parseWorkspaceSlug(text)).toBe(text);
    },
  );

  it.each([
    ['', undefined],
    ['Fix Login', 'fix-login'],
    ['#42', '42'],
    ['PROJ-42', 'proj-42'],
    ['a--b', 'a-b'],
    ['-a', 'a'],
    ['a-', 'a'],
    ['a_b', 'a-b'],
    ['Größe', 'gro-e'],
    ['été', 'ete'],
    ['日本語', undefined],
    ['..', undefined],
    ['../etc', 'etc'],
    ['/', undefined],
    ['a/b', 'a-b'],
    ['a\\b', 'a-b'],
    ['.hidden', 'hidden'],
    ['a\0', 'a'],
    ['a\n', 'a'],
    ['con', undefined],
    ['lpt1', undefined],
    ['x'.repeat(MAX_WORKSPACE_SLUG_LENGTH + 1), 'x'.repeat(MAX_WORKSPACE_SLUG_LENGTH)],
  ])('may not be %j, but perhaps %j', (text, suggestion) => {
    try {
      parseWorkspaceSlug(text);
      throw new Error('it was taken');
    } catch (error) {
      expect(error).toBeInstanceOf(Invalid);
      expect(error).toMatchObject({ code: 'WORKSPACE_SLUG_INVALID' });
      expect((error as Invalid).details['suggestion']).toBe(suggestion);
    }
  });

  it('is always safe as a folder name, and every suggestion is one', () => {
    const parts = fc.constantFrom('a', 'B', '7', '-', '/', '\\', '.', ' ', '\0', 'é', '😀', 'con', 'nul');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let slug: string | undefined;
        try {
          slug = parseWorkspaceSlug(text);
          expect(slug).toBe(text);
        } catch (error) {
          slug = (error as Invalid).details['suggestion'] as string | undefined;
        }
        if (slug === undefined) return;
        expect(isWorkspaceSlug(slug)).toBe(true);
        expect(slug).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
        expect(slug).not.toMatch(/^(?:con|nul)$/);
      }),
    );
  });
});
