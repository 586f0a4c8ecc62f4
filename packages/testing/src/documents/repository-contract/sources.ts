import { describe, expect, it } from '@jest/globals';
import { contentHash, documentDraft } from '../document-draft.js';
import { type OpenRepository, path, pathsOf, repositoryTests, store } from './contract-section.js';

export function describeSources(open: OpenRepository): void {
  const test = repositoryTests(open);

  describe('fingerprints', () => {
    it(
      'tell path, hash and source of what is stored, each once',
      test(async (repository) => {
        const read = documentDraft({ path: 'read.md', source: '/s/read.md' });
        const written = documentDraft({ path: 'written.md' });
        await repository.saveMany([read, written, documentDraft({ path: 'other.md' })]);
        const found = await repository.fingerprints(
          ['written.md', 'none.md', 'read.md', 'read.md'].map(path),
        );
        expect([...found].sort((a, b) => (a.path < b.path ? -1 : 1))).toStrictEqual([
          { path: 'read.md', hash: read.hash, source: '/s/read.md' },
          { path: 'written.md', hash: written.hash },
        ]);
        expect(await repository.fingerprints([])).toEqual([]);
      }),
    );

    it(
      'take more paths at once than a statement has parameters',
      test(async (repository) => {
        await store(repository, 'doc-39999.md');
        const paths = Array.from({ length: 40_000 }, (_, index) => path(`doc-${index}.md`));
        expect(pathsOf(await repository.fingerprints(paths))).toEqual(['doc-39999.md']);
      }),
    );
  });

  describe('listBySource', () => {
    const sources = ['/a/b', '/a/b/x.md', '/a/b/c/y.md', '/a/bc/z.md', '/a/b.md', '/a/B/x.md', '/A/b/x.md'];
    const odd = ['/s/100%/x.md', '/s/100 /x.md', '/s/a_c/x.md', '/s/abc/x.md', '/s/[a]*?/x.md', '/s/😀/x.md'];

    it.each<[string, string[]]>([
      ['/a/b', ['/a/b', '/a/b/x.md', '/a/b/c/y.md']],
      ['/a/b/x.md', ['/a/b/x.md']],
      ['/a/b/c', ['/a/b/c/y.md']],
      ['/a/bc', ['/a/bc/z.md']],
      ['/a/b/', []],
      ['/nowhere', []],
      ['/s/100%', ['/s/100%/x.md']],
      ['/s/a_c', ['/s/a_c/x.md']],
      ['/s/[a]*?', ['/s/[a]*?/x.md']],
      ['/s/😀', ['/s/😀/x.md']],
      ["/s/' OR '1'='1", []],
    ])('%p gives what was read from it or below it, not its siblings', (root, expected) =>
      test(async (repository) => {
        const drafts = [...sources, ...odd].map((source, index) => ({
          path: `doc-${String.fromCharCode(97 + index)}.md`,
          source,
        }));
        await store(repository, ...drafts, 'written.md', `${root.slice(1) || 'x'}.md`.replace('/.md', '.md'));
        const { items } = await repository.listBySource(root, {});
        expect(items.map((item) => item.source)).toEqual(expected);
        expect(pathsOf(items)).toEqual([...pathsOf(items)].sort());
      })(),
    );

    it(
      'gives fingerprints in the order of their paths',
      test(async (repository) => {
        const drafts = ['😀.md', 'ｚ.md', 'b.md', 'a.md'].map((at, index) =>
          documentDraft({ path: at, source: `/s/${index}.md` }),
        );
        await repository.saveMany(drafts);
        const { items } = await repository.listBySource('/s', {});
        expect(items).toStrictEqual(
          [...drafts].reverse().map(({ path: at, hash, source }) => ({ path: at, hash, source })),
        );
      }),
    );
  });

  describe('knownHashes', () => {
    it(
      'are those of these that a stored document has now',
      test(async (repository) => {
        const [one, two, three] = ['one', 'two', 'three'].map(contentHash) as [never, never, never];
        await store(
          repository,
          { path: 'a.md', content: 'one' },
          { path: 'b.md', content: 'one' },
          { path: 'c.md', content: 'two' },
        );
        expect(await repository.knownHashes([three, two, one, one])).toEqual(new Set([one, two]));
        await repository.remove(path('a.md'));
        await store(repository, { path: 'c.md', content: 'three' });
        expect(await repository.knownHashes([one, two, three])).toEqual(new Set([one, three]));
        expect(await repository.knownHashes([])).toEqual(new Set());
      }),
    );

    it(
      'take more hashes at once than a statement has parameters',
      test(async (repository) => {
        await store(repository, { content: 'content 39999' });
        const hashes = Array.from({ length: 40_000 }, (_, index) => contentHash(`content ${index}`));
        expect(await repository.knownHashes(hashes)).toEqual(new Set([hashes[39_999]]));
      }),
    );
  });
}
