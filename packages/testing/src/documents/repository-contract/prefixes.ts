import { describe, expect, it } from '@jest/globals';
import {
  type DocumentContractOptions,
  type OpenRepository,
  pathsOf,
  repositoryTests,
  store,
  withoutTwins,
} from './contract-section.js';

export function describePrefixes(open: OpenRepository, options: DocumentContractOptions): void {
  const test = repositoryTests(open);

  describe('a path prefix', () => {
    const all = [
      "it's.md",
      'a%b/x.md',
      'a_b/x.md',
      'aXb/x.md',
      'a*b/x.md',
      'a[b/x.md',
      'a"b/x.md',
      'docs/a.md',
      'docs/b/c.md',
      'docs-old/a.md',
      'Docs/a.md',
      'ｚ/a.md',
      '😀/a.md',
      '😀/😀.md',
      '😁.md',
      '\u{10ffff}/a.md',
    ];
    const paths = withoutTwins(all, options);

    it.each<[string, string[]]>([
      ['docs/', ['docs/a.md', 'docs/b/c.md']],
      ['docs', ['docs-old/a.md', 'docs/a.md', 'docs/b/c.md']],
      ['docs/a.md', ['docs/a.md']],
      ['ocs', []],
      ['a_b', ['a_b/x.md']],
      ['a%', ['a%b/x.md']],
      ['%', []],
      ['a*', ['a*b/x.md']],
      ['a[', ['a[b/x.md']],
      ['a"', ['a"b/x.md']],
      ["it'", ["it's.md"]],
      ['ｚ', ['ｚ/a.md']],
      ['😀', ['😀/a.md', '😀/😀.md']],
      ['😀/😀', ['😀/😀.md']],
      ['\u{10ffff}', ['\u{10ffff}/a.md']],
      ["' OR 1=1 --", []],
    ])('%p selects exactly the paths that begin with it', (prefix, expected) =>
      test(async (repository) => {
        await store(repository, ...paths);
        expect(pathsOf((await repository.list({ prefix })).items)).toEqual(expected);
      })(),
    );

    it(
      'that is empty selects everything',
      test(async (repository) => {
        await store(repository, ...paths);
        expect((await repository.list({ prefix: '' })).items).toHaveLength(paths.length);
      }),
    );
  });
}
