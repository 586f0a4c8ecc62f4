import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Forbidden, Unavailable } from '@markitect/domain';
import { DocumentService, type IngestProgress, type IngestRequest, IngestService } from '../src/index.js';
import { InMemoryDocumentSource, type InMemoryFile } from '@markitect/testing';
import { inMemoryPorts, noon } from './documents.js';

describe('IngestService', () => {
  let files: Map<string, InMemoryFile>;
  let ports: ReturnType<typeof inMemoryPorts> & { source: InMemoryDocumentSource };
  let documents: DocumentService;

  const serviceWith = (options: { batchDocuments?: number; batchBytes?: number; maxBytes?: number } = {}) =>
    new IngestService(ports, {
      maxBytes: 10_000,
      batchDocuments: 3,
      batchBytes: 1_000_000,
      now: () => noon,
      ...options,
    });
  const ingest = (request: Partial<IngestRequest> = {}) =>
    serviceWith().ingest({ inputs: ['/base/book'], base: '/base', ...request });
  const paths = async () => (await documents.list({})).items.map(({ path }) => path);

  beforeEach(() => {
    files = new Map();
    for (let index = 0; index < 10; index += 1) files.set(`/base/book/f${index}.md`, `# File ${index}\n`);
    ports = { ...inMemoryPorts(), source: new InMemoryDocumentSource(files) };
    documents = new DocumentService(ports, { maxBytes: 10_000, now: () => noon });
  });

  it('stores every file with its tree and where it came from', async () => {
    expect(await ingest()).toMatchObject({
      created: 10,
      updated: 0,
      unchanged: 0,
      removed: 0,
      failed: 0,
      failures: [],
      bytes: 90,
      interrupted: false,
    });
    const stored = await documents.get('book/f3.md');
    expect(stored).toMatchObject({
      title: 'File 3',
      source: '/base/book/f3.md',
      updatedAt: noon.toISOString(),
    });
    expect(await ports.trees.get(stored.hash)).toBeDefined();
  });

  it('leaves unchanged files alone, without parsing them', async () => {
    await ingest();
    const parse = jest.spyOn(ports.parser, 'parse');
    const run = jest.spyOn(ports.unitOfWork, 'run');
    expect(await ingest()).toMatchObject({ created: 0, updated: 0, unchanged: 10 });
    expect(parse).not.toHaveBeenCalled();
    expect(run).not.toHaveBeenCalled();
  });

  it('updates exactly what changed', async () => {
    await ingest();
    files.set('/base/book/f4.md', '# Changed\n');
    expect(await ingest()).toMatchObject({ created: 0, updated: 1, unchanged: 9 });
    expect(await documents.get('book/f4.md')).toMatchObject({ title: 'Changed', revision: 2 });
  });

  it('puts back a tree that was lost', async () => {
    await ingest();
    await ports.trees.age(1);
    await ports.trees.sweep(() => Promise.resolve(new Set()), 0);
    expect(await ingest()).toMatchObject({ unchanged: 10 });
    const { hash } = await documents.get('book/f1.md');
    expect(await ports.trees.get(hash)).toBeDefined();
  });

  it('commits a batch at a time, closed by number or by size', async () => {
    const run = jest.spyOn(ports.unitOfWork, 'run');
    const committed = async () => {
      const saved = (await Promise.all(run.mock.results.map(({ value }) => value))) as unknown[][];
      run.mockClear();
      return saved.map((each) => each.length).sort();
    };
    await serviceWith({ batchDocuments: 4 }).ingest({ inputs: ['/base/book'], base: '/base' });
    expect(await committed()).toEqual([2, 4, 4]);
    for (const source of files.keys()) files.set(source, '# Again now\n');
    await serviceWith({ batchDocuments: 100, batchBytes: 24 }).ingest({
      inputs: ['/base/book'],
      base: '/base',
    });
    expect(await committed()).toEqual([2, 2, 2, 2, 2]);
  });

  it('has at most three batches under way', async () => {
    let running = 0;
    let most = 0;
    const read = ports.source.read.bind(ports.source);
    jest.spyOn(ports.source, 'read').mockImplementation(async (...given) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return read(...given);
    });
    await serviceWith({ batchDocuments: 1 }).ingest({ inputs: ['/base/book'], base: '/base' });
    expect(most).toBe(3);
    expect(await paths()).toHaveLength(10);
  });

  describe('a file that cannot go in', () => {
    it.each<[string, InMemoryFile, string]>([
      ['is not UTF-8', new Uint8Array([0x23, 0x20, 0xff]), 'FILE_NOT_UTF8'],
      ['is binary', 'a\0b', 'FILE_BINARY'],
      ['is too large', 'x'.repeat(10_001), 'DOCUMENT_TOO_LARGE'],
      ['has broken front matter', '---\n: broken\n---\n', 'FRONT_MATTER_INVALID'],
      ['cannot be read', { error: new Forbidden('FILE_UNREADABLE', 'no'), at: 'read' }, 'FILE_UNREADABLE'],
      [
        'cannot be walked',
        { error: new Forbidden('LINK_ESCAPES_ROOT', 'no'), at: 'walk' },
        'LINK_ESCAPES_ROOT',
      ],
    ])('because it %s is reported, and the others go in', async (_why, file, code) => {
      files.set('/base/book/f5.md', file);
      const onFailure = jest.fn();
      const report = await serviceWith().ingest({ inputs: ['/base/book'], base: '/base' }, { onFailure });
      expect(report).toMatchObject({ created: 9, failed: 1 });
      expect(report.failures).toEqual([
        expect.objectContaining({ source: '/base/book/f5.md', error: expect.objectContaining({ code }) }),
      ]);
      expect(onFailure).toHaveBeenCalledTimes(1);
      expect(await paths()).not.toContain('book/f5.md');
    });

    it('leaves the version that was stored before', async () => {
      await ingest();
      files.set('/base/book/f5.md', '---\n: broken\n---\n');
      expect(await ingest({ prune: true })).toMatchObject({ failed: 1, unchanged: 9, removed: 0 });
      expect(await documents.get('book/f5.md')).toMatchObject({ title: 'File 5' });
    });
  });

  describe('two claims to one path', () => {
    it('of two files are refused for the second', async () => {
      await ingest({ as: 'docs' });
      files.set('/other/f1.md', '# Other\n');
      const report = await ingest({ inputs: ['/other'], as: 'docs' });
      expect(report.failures[0]!.error).toMatchObject({
        code: 'DOCUMENT_SOURCE_CONFLICT',
        details: { path: 'docs/f1.md', holder: '/base/book/f1.md' },
      });
      expect(await documents.get('docs/f1.md')).toMatchObject({ title: 'File 1' });
      expect(await ingest({ inputs: ['/other'], as: 'docs', overwrite: true })).toMatchObject({
        updated: 1,
        failed: 0,
      });
      expect(await documents.get('docs/f1.md')).toMatchObject({ title: 'Other', source: '/other/f1.md' });
    });

    it.each([1, 100])(
      'of two files of one run are refused for the second, %d to a batch',
      async (batchDocuments) => {
        files.set('/other/f1.md', '# Other\n');
        const both = { inputs: ['/base/book', '/other'], base: '/base', as: 'docs', overwrite: true };
        const report = await serviceWith({ batchDocuments }).ingest(both);
        expect(report).toMatchObject({ created: 10, failed: 1 });
        expect(report.failures[0]!.error.code).toBe('DOCUMENT_PATH_AMBIGUOUS');
        expect(await documents.get('docs/f1.md')).toMatchObject({ title: 'File 1' });
      },
    );

    it('never cost an edit that was acknowledged while the file was being parsed', async () => {
      await ingest();
      files.set('/base/book/f1.md', '# From the file\n');
      const parse = ports.parser.parse.bind(ports.parser);
      jest.spyOn(ports.parser, 'parse').mockImplementationOnce(async (content) => {
        await documents.put('book/f1.md', '# Edited meanwhile\n');
        return parse(content);
      });
      const report = await ingest();
      expect(report).toMatchObject({ updated: 0, unchanged: 9, failed: 1 });
      expect(report.failures[0]!.error.code).toBe('DOCUMENT_SOURCE_CONFLICT');
      expect((await documents.get('book/f1.md')).content).toBe('# Edited meanwhile\n');
    });

    it('are settled when the first file is gone', async () => {
      await ingest({ as: 'docs' });
      files.set('/other/f1.md', '# Other\n');
      files.delete('/base/book/f1.md');
      expect(await ingest({ inputs: ['/other'], as: 'docs' })).toMatchObject({ updated: 1, failed: 0 });
    });

    it('of a file and an edit through the API keep the edit, unless they say the same', async () => {
      await documents.put('book/f1.md', '# Edited\n');
      await documents.put('book/f2.md', '# File 2\n');
      const report = await ingest();
      expect(report).toMatchObject({ created: 8, updated: 1, failed: 1 });
      expect(report.failures[0]!.error.code).toBe('DOCUMENT_SOURCE_CONFLICT');
      expect((await documents.get('book/f1.md')).content).toBe('# Edited\n');
      expect((await documents.get('book/f2.md')).source).toBe('/base/book/f2.md');
    });

    it('keep an edit that was made after the file went in', async () => {
      await ingest();
      await documents.put('book/f1.md', '# Edited\n');
      expect(await ingest()).toMatchObject({ unchanged: 9, failed: 1 });
      expect((await documents.get('book/f1.md')).content).toBe('# Edited\n');
    });
  });

  describe('pruning', () => {
    it('removes the documents whose files are gone, of these inputs only', async () => {
      files.set('/elsewhere/e.md', '# E\n');
      await ingest();
      await ingest({ inputs: ['/elsewhere'] });
      await documents.put('book/api.md', 'written through the API');
      files.delete('/base/book/f2.md');
      files.delete('/elsewhere/e.md');
      expect(await ingest({ prune: true })).toMatchObject({ unchanged: 9, removed: 1 });
      expect(await paths()).toEqual(expect.arrayContaining(['book/api.md', 'elsewhere/e.md']));
      expect(await paths()).not.toContain('book/f2.md');
    });

    it('leaves a document alone that was written again in the meantime', async () => {
      await ingest();
      files.delete('/base/book/f2.md');
      const run = ports.unitOfWork.run.bind(ports.unitOfWork);
      jest.spyOn(ports.unitOfWork, 'run').mockImplementationOnce(async (...given) => {
        await documents.put('book/f2.md', '# Written again\n');
        return run(...given);
      });
      expect(await ingest({ prune: true })).toMatchObject({ removed: 0 });
      expect((await documents.get('book/f2.md')).content).toBe('# Written again\n');
    });

    it('is refused for a folder of which nothing is left', async () => {
      await ingest();
      files.clear();
      files.set('/base/book/notes.txt', 'an empty mount point, but for this');
      const report = await ingest({ prune: true });
      expect(report).toMatchObject({ removed: 0, failed: 1 });
      expect(report.failures[0]).toMatchObject({ source: '/base/book', error: { code: 'PRUNE_REFUSED' } });
      expect(await paths()).toHaveLength(10);
    });

    it('does not happen without being asked for', async () => {
      await ingest();
      files.delete('/base/book/f2.md');
      expect(await ingest()).toMatchObject({ unchanged: 9, removed: 0 });
    });

    it('sweeps the trees nobody needs once they are old enough', async () => {
      await ingest();
      const { hash } = await documents.get('book/f2.md');
      const kept = await documents.get('book/f3.md');
      files.delete('/base/book/f2.md');
      await ingest({ prune: true });
      expect(await ports.trees.get(hash)).toBeDefined();
      await ports.trees.age(2 * 60 * 60 * 1000);
      await ingest({ prune: true });
      expect(await ports.trees.get(hash)).toBeUndefined();
      expect(await ports.trees.get(kept.hash)).toBeDefined();
    });
  });

  it('changes nothing when an input is wrong', async () => {
    await expect(ingest({ inputs: ['/base/book', '/base/none'] })).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
    expect(await paths()).toEqual([]);
  });

  it('ends with the error of a store that fails, once the other batches are through', async () => {
    const run = ports.unitOfWork.run.bind(ports.unitOfWork);
    let calls = 0;
    let through = 0;
    jest.spyOn(ports.unitOfWork, 'run').mockImplementation(async (...given) => {
      calls += 1;
      if (calls === 1) throw new Unavailable('DATABASE_UNAVAILABLE', 'the disk is full');
      await new Promise((resolve) => setTimeout(resolve, 10));
      const saved = await run(...given);
      through += 1;
      return saved;
    });
    await expect(ingest()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(through).toBe(calls - 1);
  });

  it('stops between batches when it is told to, keeping what is done', async () => {
    const stop = new AbortController();
    const progress: IngestProgress[] = [];
    const report = await serviceWith({ batchDocuments: 1 }).ingest(
      { inputs: ['/base/book'], base: '/base', prune: true },
      {
        signal: stop.signal,
        onProgress: (each) => {
          progress.push(each);
          if (each.files === 2) stop.abort();
        },
      },
    );
    expect(report.interrupted).toBe(true);
    expect(report.created).toBeGreaterThanOrEqual(2);
    expect(report.created).toBeLessThan(10);
    expect(await paths()).toHaveLength(report.created);
    expect(progress.length).toBeGreaterThan(0);
  });

  it('tells how far it is, with totals', async () => {
    const progress: IngestProgress[] = [];
    await serviceWith().ingest(
      { inputs: ['/base/book'], base: '/base' },
      { onProgress: (each) => progress.push(each) },
    );
    expect(progress.at(-1)).toEqual({ files: 10, bytes: 90, failed: 0, totalFiles: 10, totalBytes: 90 });
  });
});
