import { expect, it } from '@jest/globals';
import { documentDraft, InMemoryDocumentRepository, InMemoryFileStore } from '@markitect/testing';
import { LegacyDocumentRepository } from '../src/index.js';

it('writes the file, then the row; takes both away', async () => {
  const [files, rows] = [new InMemoryFileStore(), new InMemoryDocumentRepository()];
  const documents = new LegacyDocumentRepository(files, rows);
  const draft = documentDraft({ path: 'notes/plan.md' });
  await documents.save(draft);
  expect(Buffer.from((await files.read('notes/plan.md')).bytes).toString()).toBe(draft.content);
  await expect(documents.save({ ...draft, content: 'other' }, 'absent')).rejects.toMatchObject({
    code: 'DOCUMENT_CHANGED',
  });
  expect(Buffer.from((await files.read('notes/plan.md')).bytes).toString()).toBe(draft.content);
  expect(await documents.remove(draft.path)).toBe(true);
  expect(await files.exists('notes/plan.md')).toBe(false);
  expect(await rows.get(draft.path)).toBeUndefined();
});

it('reads what the database says, also when a file could not be written or a row not stored', async () => {
  const [files, rows] = [new InMemoryFileStore(), new InMemoryDocumentRepository()];
  const documents = new LegacyDocumentRepository(files, rows);
  const drafts = ['a.md', 'b.md', 'A.md'].map((path) => documentDraft({ path }));
  await documents.saveMany(drafts.slice(0, 2));
  // No two files may differ in case only.
  await expect(documents.saveMany(drafts)).rejects.toMatchObject({ code: 'FILE_NAME_CONFLICT' });
  const [a, b] = drafts.map(({ path }) => path);
  expect((await documents.getMany([a!, b!])).map((each) => each?.path)).toEqual(['a.md', 'b.md']);
  expect((await documents.list({})).items.map(({ path }) => path)).toEqual(['a.md', 'b.md']);
  expect(await documents.fingerprints([a!])).toHaveLength(1);
  expect(await documents.knownHashes([drafts[0]!.hash])).toEqual(new Set([drafts[0]!.hash]));
  expect(await documents.links(a!)).toBeDefined();
  expect((await documents.listBySource('/nowhere', {})).items).toEqual([]);
  expect((await documents.search({ terms: [] })).items).toHaveLength(2);
  expect(await documents.removeMany([a!, b!])).toBe(2);
  expect(await documents.get(a!)).toBeUndefined();
});
