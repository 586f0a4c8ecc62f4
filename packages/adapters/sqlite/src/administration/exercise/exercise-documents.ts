import { createHash } from 'node:crypto';
import {
  type ContentHash,
  type DocumentDraft,
  type DocumentPath,
  parseDocumentPath,
  parseSearchQuery,
} from '@markitect/domain';
import { type DocumentQuery, type DocumentRepository, documentSorts } from '@markitect/ports';

/** Calls every operation, so that each statement of it is prepared. Adds two documents and removes them. */
export async function exerciseDocuments(documents: DocumentRepository): Promise<void> {
  const [first, second] = [draft('exercise/a.md'), draft('exercise/b.md')] as const;
  const paths = [first.path, second.path];
  await documents.save(first);
  await documents.saveMany([first, second]);
  await documents.get(first.path);
  await documents.getMany(paths);
  for (const filter of filters) {
    for (const sort of documentSorts) {
      for (const order of ['asc', 'desc'] as const) {
        const query = { ...filter, sort, order, limit: 1 };
        const { nextCursor } = await documents.list(query);
        if (nextCursor !== undefined) await documents.list({ ...query, cursor: nextCursor });
      }
    }
  }
  for await (const { path } of documents.stream({ prefix: 'exercise/' })) await documents.get(path);
  const terms = parseSearchQuery('exercise');
  for (const filter of [{}, { prefix: 'exercise/' }, { tag: 'exercise' }]) {
    const search = { ...filter, terms, limit: 1 };
    const { nextCursor } = await documents.search(search);
    if (nextCursor !== undefined) await documents.search({ ...search, cursor: nextCursor });
  }
  await documents.links(first.path);
  await documents.fingerprints(paths);
  const { nextCursor } = await documents.listBySource('/exercise', { limit: 1 });
  if (nextCursor !== undefined) await documents.listBySource('/exercise', { limit: 1, cursor: nextCursor });
  await documents.knownHashes([first.hash]);
  await documents.remove(first.path);
  await documents.removeMany(paths);
}

const filters: readonly DocumentQuery[] = [
  {},
  { prefix: 'exercise/' },
  { after: parseDocumentPath('exercise/0.md') },
  { tag: 'exercise' },
  { frontMatter: { kind: 'exercise' } },
];

function draft(name: string): DocumentDraft {
  const path: DocumentPath = parseDocumentPath(name);
  const content = `# Exercise ${name}\n`;
  return {
    path,
    content,
    title: 'Exercise',
    tags: ['exercise'],
    hash: createHash('sha256').update(content).digest('hex') as ContentHash,
    bytes: Buffer.byteLength(content),
    frontMatter: { kind: 'exercise' },
    headings: [],
    anchors: [],
    links: [
      { href: 'b.md', text: 'b', line: 1, target: { kind: 'document', key: 'exercise/b.md', fragment: 'x' } },
    ],
    text: 'exercise',
    source: `/exercise/${name}`,
    savedAt: '2026-01-01T00:00:00.000Z',
  };
}
