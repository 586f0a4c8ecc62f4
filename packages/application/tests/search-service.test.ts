import { beforeEach, describe, expect, it } from '@jest/globals';
import { documentDraft, InMemoryDocumentRepository, InMemoryIssueRepository } from '@markitect/testing';
import { SearchService } from '../src/index.js';

const documents = new InMemoryDocumentRepository();
const issues = new InMemoryIssueRepository({ user: 'ada' });
const service = new SearchService({ documents, issues });

beforeEach(async () => {
  for (const path of ['a.md', 'b.md']) {
    await documents.save(documentDraft({ path, text: 'the borrow checker', content: path }));
  }
  if ((await issues.count({})) > 0) return;
  await issues.create({ title: 'Borrow fails' });
  await issues.create({ title: 'Other', body: 'borrow' });
  await issues.edit(2, { state: 'closed' });
});

describe('one search', () => {
  it('finds documents and issues', async () => {
    const hits = await service.search({ query: 'borrow' });
    expect(hits.documents?.items.map(({ path }) => path).sort()).toEqual(['a.md', 'b.md']);
    expect(hits.issues?.items.map(({ issue }) => issue.number)).toEqual([1, 2]);
    expect(hits).not.toHaveProperty('issuesAsOf');
  });

  it('looks only where it is told to', async () => {
    expect(Object.keys(await service.search({ query: 'borrow', in: ['issues'] }))).toEqual(['issues']);
    expect(Object.keys(await service.search({ query: 'borrow', in: ['documents'] }))).toEqual(['documents']);
    const open = await service.search({ query: 'borrow', in: ['issues'], state: 'open' });
    expect(open.issues?.items).toHaveLength(1);
  });

  it('has pages of each place', async () => {
    const first = await service.search({ query: 'borrow', limit: 1 });
    const cursor = first.documents?.nextCursor ?? '';
    const next = await service.search({ query: 'borrow', limit: 1, cursors: { documents: cursor } });
    expect(next.documents?.items).not.toEqual(first.documents?.items);
    expect(next.issues?.items).toEqual(first.issues?.items);
  });

  it('says of a mirror how old it is', async () => {
    const syncedAt = '2026-01-01T00:00:00.000Z';
    const mirror = { progress: () => Promise.resolve({ syncedAt }) };
    const mirrored = new SearchService({ documents, issues, mirror });
    expect((await mirrored.search({ query: 'borrow' })).issuesAsOf).toBe(syncedAt);
    expect(await mirrored.search({ query: 'borrow', in: ['documents'] })).not.toHaveProperty('issuesAsOf');
  });

  it('without words is refused', async () => {
    await expect(service.search({ query: ' -- ' })).rejects.toMatchObject({ code: 'SEARCH_QUERY_INVALID' });
  });
});
