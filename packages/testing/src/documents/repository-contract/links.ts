import { describe, expect, it } from '@jest/globals';
import type { DocumentRepository } from '@markitect/ports';
import { documentDraft, documentLink } from '../document-draft.js';
import { type OpenRepository, path, repositoryTests, store } from './contract-section.js';

const heading = (slug: string) => ({ depth: 1, text: slug, slug, line: 1 });

const outgoing = async (repository: DocumentRepository, of: string) =>
  (await repository.links(path(of)))?.outgoing.map((link) => [link.href, link.state, link.path]);

export function describeLinks(open: OpenRepository): void {
  const test = repositoryTests(open);

  describe('links', () => {
    it(
      'of a document that is not stored are undefined, of one without links empty',
      test(async (repository) => {
        await store(repository, 'a.md');
        expect(await repository.links(path('none.md'))).toBeUndefined();
        expect(await repository.links(path('a.md'))).toStrictEqual({ outgoing: [], incoming: [] });
      }),
    );

    it(
      'out of a document come in reading order, each with its state and where it leads',
      test(async (repository) => {
        await store(repository, {
          path: 'guides/b.md',
          headings: [heading('install')],
          anchors: ['html-id'],
        });
        const from = path('guides/a.md');
        const hrefs = ['b.md#install', 'b.md#html-id', 'b.md#nope', 'none.md', 'none.md#x'];
        const other = ['https://example.org/b.md', 'mailto:a@b.c', 'picture.png', '../../up.md'];
        const links = [...hrefs, 'b.md', ...other].map((href, index) => documentLink(from, href, index + 3));
        await repository.save(documentDraft({ path: from, links }));
        const line = (index: number) => ({
          href: links[index]?.href,
          text: links[index]?.text,
          line: index + 3,
        });
        const b = { kind: 'document', path: 'guides/b.md' };
        expect((await repository.links(from))?.outgoing).toStrictEqual([
          { ...line(0), ...b, state: 'ok', fragment: 'install' },
          { ...line(1), ...b, state: 'ok', fragment: 'html-id' },
          { ...line(2), ...b, state: 'missing-fragment', fragment: 'nope' },
          { ...line(3), kind: 'document', state: 'missing-document' },
          { ...line(4), kind: 'document', state: 'missing-document', fragment: 'x' },
          { ...line(5), ...b, state: 'ok' },
          { ...line(6), kind: 'external', state: 'unchecked' },
          { ...line(7), kind: 'external', state: 'unchecked' },
          { ...line(8), kind: 'asset', state: 'unchecked' },
          { ...line(9), kind: 'asset', state: 'unchecked' },
        ]);
      }),
    );

    it(
      'keep the reading order of links on one line, and of equal ones',
      test(async (repository) => {
        const from = path('a.md');
        const links = ['z.md', 'b.md', 'z.md', 'a.md', 'b.md'].map((href) => documentLink(from, href, 1));
        await repository.save(documentDraft({ path: from, links }));
        expect((await outgoing(repository, 'a.md'))?.map(([href]) => href)).toEqual([
          'z.md',
          'b.md',
          'z.md',
          'a.md',
          'b.md',
        ]);
      }),
    );

    it.each([
      ['README.md', '/'],
      ['guides/README.md', '../guides/'],
      ['guides/README.md', '/guides'],
      ['guides/index.md', '../guides/index.html'],
      ['guides/start.md', '../guides/start'],
      ['guides/start.md', '../guides/start.html'],
      ['guides/start.markdown', '../guides/start.md'],
      ['Guides/Start.MD', '../guides/start.md'],
      ['guides/über uns.md', '../guides/%C3%BCber%20uns.md'],
      ['guides/😀.md', '../guides/😀.md?plain=1'],
      ["guides/it's.md", "../guides/it's.md"],
    ])('find %p by %p', (stored, href) =>
      test(async (repository) => {
        await store(repository, stored, { path: 'other/from.md', links: [href] });
        expect(await outgoing(repository, 'other/from.md')).toEqual([[href, 'ok', stored]]);
        const links = await repository.links(path(stored));
        expect(links?.incoming.map((link) => link.path)).toEqual(['other/from.md']);
      })(),
    );

    it(
      'within a document are judged by its own headings, and do not come in',
      test(async (repository) => {
        const links = ['#here', '#nowhere', '', 'self.md#here'];
        await store(repository, { path: 'a/self.md', links, headings: [heading('here')] });
        const found = await repository.links(path('a/self.md'));
        expect(found?.outgoing.map((link) => link.state)).toEqual(['ok', 'missing-fragment', 'ok', 'ok']);
        expect(found?.outgoing.map((link) => link.path)).toEqual(Array(4).fill('a/self.md'));
        expect(found?.incoming).toEqual([]);
      }),
    );

    it(
      'that several documents answer lead to the one named, else the linking one, else the first by path',
      test(async (repository) => {
        await store(
          repository,
          { path: 'g/index.md', headings: [heading('in-index')], links: ['#in-index'] },
          { path: 'g/README.md', headings: [heading('in-readme')], links: ['#in-index'] },
          { path: 'from.md', links: ['g/', 'g/#in-readme', 'g/#in-index', 'g/index.md#IN-INDEX', 'g/#top'] },
        );
        expect(await outgoing(repository, 'g/index.md')).toEqual([['#in-index', 'ok', 'g/index.md']]);
        expect(await outgoing(repository, 'g/README.md')).toEqual([
          ['#in-index', 'missing-fragment', 'g/README.md'],
        ]);
        expect(await outgoing(repository, 'from.md')).toEqual([
          ['g/', 'ok', 'g/README.md'],
          ['g/#in-readme', 'ok', 'g/README.md'],
          ['g/#in-index', 'missing-fragment', 'g/README.md'],
          ['g/index.md#IN-INDEX', 'ok', 'g/index.md'],
          ['g/#top', 'ok', 'g/README.md'],
        ]);
        expect((await repository.links(path('g/index.md')))?.incoming).toEqual([
          expect.objectContaining({ path: 'from.md', fragment: 'IN-INDEX' }),
        ]);
      }),
    );

    it(
      'into a document come by path, then by line',
      test(async (repository) => {
        const to = (from: string, ...lines: number[]) => ({
          path: from,
          links: lines.map((line) => documentLink(path(from), `/target.md#at-${line}`, line, `on ${line}`)),
        });
        await store(
          repository,
          to('😀.md', 1),
          to('ｚ.md', 10, 9, 2),
          'target.md',
          to('b/c.md', 5),
          to('a.md', 7),
        );
        const links = await repository.links(path('target.md'));
        expect(links?.incoming).toStrictEqual(
          [
            { path: 'a.md', line: 7 },
            { path: 'b/c.md', line: 5 },
            { path: 'ｚ.md', line: 2 },
            { path: 'ｚ.md', line: 9 },
            { path: 'ｚ.md', line: 10 },
            { path: '😀.md', line: 1 },
          ].map(({ path: from, line }) => ({ path: from, text: `on ${line}`, line, fragment: `at-${line}` })),
        );
      }),
    );

    it(
      'have no fragment where none is named',
      test(async (repository) => {
        await store(repository, 'b.md', { path: 'a.md', links: ['b.md'] });
        expect((await repository.links(path('b.md')))?.incoming[0]).not.toHaveProperty('fragment');
        expect((await repository.links(path('a.md')))?.outgoing[0]).not.toHaveProperty('fragment');
      }),
    );

    it(
      'that are broken hold once their target is saved, and break when it changes or goes',
      test(async (repository) => {
        const states = async () => (await outgoing(repository, 'a.md'))?.map(([, state]) => state);
        await store(repository, { path: 'a.md', links: ['b.md', 'b.md#part'] });
        expect(await states()).toEqual(['missing-document', 'missing-document']);
        await store(repository, { path: 'b.md', headings: [heading('part')] });
        expect(await states()).toEqual(['ok', 'ok']);
        await store(repository, { path: 'b.md', headings: [heading('renamed')] });
        expect(await states()).toEqual(['ok', 'missing-fragment']);
        await repository.remove(path('b.md'));
        expect(await states()).toEqual(['missing-document', 'missing-document']);
      }),
    );

    it(
      'follow updates and removals of the document they are in',
      test(async (repository) => {
        const incoming = async (of: string) =>
          (await repository.links(path(of)))?.incoming.map((link) => link.path);
        await store(repository, 'b.md', 'c.md', { path: 'a.md', links: ['b.md'] });
        await store(repository, { path: 'a.md', links: ['c.md'] });
        expect([await incoming('b.md'), await incoming('c.md')]).toEqual([[], ['a.md']]);
        await repository.removeMany([path('a.md')]);
        expect(await incoming('c.md')).toEqual([]);
      }),
    );
  });
}
