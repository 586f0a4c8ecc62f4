import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { entityTag, type Document } from '@markitect/domain';
import { DocumentService } from '../src/index.js';
import { InMemoryDocumentRepository } from '@markitect/testing';
import { inMemoryPorts, noon } from './documents.js';

describe('DocumentService', () => {
  let ports: Omit<ReturnType<typeof inMemoryPorts>, 'documents'> & { documents: InMemoryDocumentRepository };
  let service: DocumentService;

  beforeEach(() => {
    ports = { ...inMemoryPorts(), documents: new InMemoryDocumentRepository() };
    service = new DocumentService(ports, { maxBytes: 1000, now: () => noon });
  });

  it('derives title, tags, headings, links and size of what is put', async () => {
    const result = await service.put(
      'guides/start.md',
      '---\ntags: [a, b]\n---\n# Start here\n\nSee [next](next.md) and [home](https://example.org).\n',
    );
    expect(result).toMatchObject({ outcome: 'created', revision: 1 });
    const stored = await service.get('guides/start.md');
    expect(stored).toMatchObject({
      title: 'Start here',
      tags: ['a', 'b'],
      frontMatter: { tags: ['a', 'b'] },
      headings: [{ depth: 1, text: 'Start here', slug: 'start-here', line: 4 }],
      createdAt: noon.toISOString(),
      bytes: Buffer.byteLength(stored.content),
    });
    expect(stored.source).toBeUndefined();
    const { outgoing } = await service.links('guides/start.md');
    expect(outgoing.map(({ href, state }) => [href, state])).toEqual([
      ['next.md', 'missing-document'],
      ['https://example.org', 'unchecked'],
    ]);
  });

  it('finds what was put, and nothing after it is removed', async () => {
    await service.put('a.md', 'the borrow checker\n');
    expect((await service.search({ query: '"borrow checker"' })).items).toHaveLength(1);
    await service.remove('a.md');
    expect((await service.search({ query: 'borrow' })).items).toEqual([]);
    expect((await service.list({})).items).toEqual([]);
  });

  it.each([
    ['get', (s: DocumentService) => s.get('none.md')],
    ['links', (s: DocumentService) => s.links('none.md')],
    ['tree', (s: DocumentService) => s.tree('none.md')],
    ['treeJson', (s: DocumentService) => s.treeJson('none.md')],
    ['select', (s: DocumentService) => s.select('none.md', 'heading')],
    ['remove', (s: DocumentService) => s.remove('none.md')],
  ])('says so when there is no document to %s', async (_name, operation) => {
    await expect(operation(service)).rejects.toMatchObject({
      code: 'DOCUMENT_NOT_FOUND',
      details: { path: 'none.md' },
    });
  });

  it.each([
    ['get', (s: DocumentService) => s.get('../up.md')],
    ['put', (s: DocumentService) => s.put('/abs.md', 'x')],
    ['remove', (s: DocumentService) => s.remove('a//b.md')],
  ])('refuses a bad path to %s', async (_name, operation) => {
    await expect(operation(service)).rejects.toMatchObject({ code: 'DOCUMENT_PATH_INVALID' });
  });

  it('stores nothing of a text that is refused', async () => {
    await expect(service.put('a.md', 'x'.repeat(1001))).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    await expect(service.put('a.md', '---\n: nonsense\n---\n')).rejects.toMatchObject({
      code: 'FRONT_MATTER_INVALID',
    });
    await expect(service.put('a.md', 'a\0b')).rejects.toMatchObject({ code: 'FILE_BINARY' });
    expect((await service.list({})).items).toEqual([]);
  });

  it('measures the limit in bytes, not characters', async () => {
    await expect(service.put('a.md', '€'.repeat(334))).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
    await expect(service.put('a.md', '€'.repeat(333))).resolves.toMatchObject({ outcome: 'created' });
  });

  it('keeps a lost update from happening', async () => {
    await service.put('a.md', 'one');
    const tag = entityTag(await service.get('a.md'));
    await service.put('a.md', 'two', { tags: [tag] });
    await expect(service.put('a.md', 'three', { tags: [tag] })).rejects.toMatchObject({
      code: 'DOCUMENT_CHANGED',
    });
    await expect(service.remove('a.md', { tags: [tag] })).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
    expect((await service.get('a.md')).content).toBe('two');
  });

  it('stores nothing for a writer who has left', async () => {
    const left = new AbortController();
    const parse = ports.parser.parse.bind(ports.parser);
    jest.spyOn(ports.parser, 'parse').mockImplementationOnce(async (content) => {
      left.abort();
      return parse(content);
    });
    const putting = service.put('a.md', 'one', undefined, { signal: left.signal });
    await expect(putting).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await expect(service.get('a.md')).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
  });

  describe('trees', () => {
    it('are decoded once and then shared', async () => {
      await service.put('a.md', '# One\n');
      const decode = jest.spyOn(ports.parser, 'decode');
      const first = await service.tree('a.md');
      expect(await service.tree('a.md')).toBe(first);
      expect(decode).toHaveBeenCalledTimes(1);
      await service.put('a.md', '# Two\n');
      expect(await service.tree('a.md')).not.toBe(first);
    });

    it('are rebuilt from the document when they are lost, and put back', async () => {
      await service.put('a.md', '# One\n');
      const { hash } = await service.get('a.md');
      await ports.trees.age(1);
      await ports.trees.sweep(() => Promise.resolve(new Set()), 0);
      expect(await ports.trees.get(hash)).toBeUndefined();
      expect(await service.tree('a.md')).toMatchObject({ type: 'root' });
      expect(await ports.trees.get(hash)).toBeDefined();
    });

    it('are written as JSON, and rebuilt for that too', async () => {
      await service.put('a.md', '# One\n');
      const { hash } = await service.get('a.md');
      await ports.trees.age(1);
      await ports.trees.sweep(() => Promise.resolve(new Set()), 0);
      const json = new TextDecoder().decode(await service.treeJson('a.md'));
      expect(JSON.parse(json)).toEqual(await service.tree('a.md'));
      expect(await ports.trees.get(hash)).toBeDefined();
    });

    it('are never kept under the hash of another text', async () => {
      await service.put('a.md', '# One\n');
      const one = await service.get('a.md');
      const fingerprints = ports.documents.fingerprints.bind(ports.documents);
      jest.spyOn(ports.documents, 'fingerprints').mockImplementationOnce(async (asked) => {
        const found = await fingerprints(asked);
        await service.put('a.md', '# Two\n');
        await ports.trees.age(1);
        await ports.trees.sweep(() => Promise.resolve(new Set()), 0);
        return found;
      });
      await service.tree('a.md');
      expect(await ports.cache.get(one.hash)).toBeUndefined();
    });
  });

  describe('selecting nodes', () => {
    const contentOf = (index: number) => `# Doc ${index}\n\ntext\n\n## Part A\n\n## Part B\n`;

    beforeEach(async () => {
      for (let index = 0; index < 20; index += 1) {
        await service.put(`${index < 10 ? 'x' : 'y'}/${String(index).padStart(2, '0')}.md`, contentOf(index));
      }
    });

    it('finds nodes of one document in reading order', async () => {
      const { items, nextCursor } = await service.select('x/03.md', 'heading');
      expect(items.map(({ path, text }) => [path, text])).toEqual([
        ['x/03.md', 'Doc 3'],
        ['x/03.md', 'Part A'],
        ['x/03.md', 'Part B'],
      ]);
      expect(nextCursor).toBeUndefined();
    });

    it.each([1, 2, 7, 59, 60, 61])(
      'pages through all documents by %d without loss or repetition',
      async (limit) => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await service.selectAll({
            selector: 'heading',
            page: { limit, ...(cursor === undefined ? {} : { cursor }) },
          });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          found.push(...page.items.map(({ path, text }) => `${path} ${text}`));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        expect(found).toHaveLength(60);
        expect(new Set(found).size).toBe(60);
        expect(found).toEqual([...found].sort());
      },
    );

    it('keeps to a prefix', async () => {
      const { items } = await service.selectAll({ selector: 'heading[depth=1]', prefix: 'y/' });
      expect(items).toHaveLength(10);
      expect(items.every(({ path }) => path.startsWith('y/'))).toBe(true);
    });

    it('refuses the cursor of another query, and a limit out of range', async () => {
      const { nextCursor } = await service.selectAll({ selector: 'heading', page: { limit: 1 } });
      await expect(
        service.selectAll({ selector: 'paragraph', page: { cursor: nextCursor! } }),
      ).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
      await expect(service.selectAll({ selector: 'heading', page: { limit: 0 } })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    });

    it('passes over a document that is removed in between', async () => {
      const get = ports.documents.get.bind(ports.documents);
      jest.spyOn(ports.trees, 'get').mockResolvedValue(undefined);
      jest
        .spyOn(ports.documents, 'get')
        .mockImplementation(async (path): Promise<Document | undefined> =>
          path === 'x/00.md' ? undefined : get(path),
        );
      const { items } = await service.selectAll({ selector: 'heading', prefix: 'x/0' });
      expect(items.map(({ path }) => path)).not.toContain('x/00.md');
      expect(items).toHaveLength(27);
    });
  });
});
