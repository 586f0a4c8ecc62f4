import { describe, expect, it } from '@jest/globals';
import type { ScrapeEvent, ScrapeRequest, Scraper } from '@markitect/ports';
import {
  describeScraperContract,
  documentDraft,
  FakeScraper,
  InMemoryDocumentRepository,
  InMemoryIssueRepository,
} from '@markitect/testing';
import { DocumentsScraper, IssuesScraper } from '../src/index.js';

const question = 'How does the borrow checker work?';

async function documents(): Promise<InMemoryDocumentRepository> {
  const repository = new InMemoryDocumentRepository();
  const texts: [path: string, text: string][] = [
    ['guides/a.md', 'The borrow checker works on references. It is a checker of what you borrow.'],
    ['guides/b.md', 'Borrow a reference.'],
    ['notes/c.md', 'Nothing checks the checker.'],
    ['notes/d.md', 'Threads and channels.'],
    ['e.md', 'It does work.'],
  ];
  for (const [path, text] of texts) {
    await repository.save(documentDraft({ path, title: `Title of ${path}`, text, content: `# ${text}` }));
  }
  return repository;
}

async function issues(): Promise<InMemoryIssueRepository> {
  const repository = new InMemoryIssueRepository({ user: 'ada' });
  await repository.create({ title: 'The borrow checker complains', body: 'It does not work.' });
  await repository.create({ title: 'Borrowed time', body: 'who may borrow this?' });
  await repository.create({ title: 'Threads' });
  await repository.create({ title: 'A checker is needed', body: 'for the borrow' });
  await repository.edit(4, { state: 'closed' });
  return repository;
}

describeScraperContract('DocumentsScraper', async () => ({
  scraper: new DocumentsScraper({ documents: await documents() }),
  name: 'docs',
  question,
  badTargets: ['', '/etc', '../up', 'a//b'],
  close: () => Promise.resolve(),
}));

describeScraperContract('IssuesScraper', async () => ({
  scraper: new IssuesScraper({ issues: await issues() }),
  name: 'issues',
  question,
  badTargets: ['', 'all', '7'],
  close: () => Promise.resolve(),
}));

describeScraperContract('FakeScraper', () => {
  const result = (id: string) => ({
    reference: id,
    title: `The borrow checker ${id}`,
    snippet: 'It says so.',
    location: id,
    score: 1,
    fingerprint: id,
  });
  return Promise.resolve({
    scraper: new FakeScraper({ results: ['a', 'b', 'c', 'd'].map(result), badTargets: ['bad'] }),
    name: 'fake',
    question,
    badTargets: ['bad'],
    close: () => Promise.resolve(),
  });
});

async function eventsOf(scraper: Scraper, more: Partial<ScrapeRequest> = {}): Promise<ScrapeEvent[]> {
  const request: ScrapeRequest = {
    question,
    maxResults: 100,
    permit: () => Promise.resolve(),
    holdBack: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...more,
  };
  const events: ScrapeEvent[] = [];
  for await (const event of scraper.scrape(request)) events.push(event);
  return events;
}

async function foundBy(scraper: Scraper, more: Partial<ScrapeRequest> = {}) {
  const events = await eventsOf(scraper, more);
  return events.flatMap((event) => (event.kind === 'found' ? [event.result] : []));
}

describe('the scraper of documents', () => {
  it('finds what has any of the words, what has most of them first', async () => {
    const found = await foundBy(new DocumentsScraper({ documents: await documents() }));
    expect(found.map(({ reference }) => reference)[0]).toBe('docs:guides/a.md');
    expect(found.map(({ reference }) => reference).sort()).toEqual(
      ['docs:e.md', 'docs:guides/a.md', 'docs:guides/b.md', 'docs:notes/c.md'].sort(),
    );
    expect(found[0]).toMatchObject({ title: 'Title of guides/a.md', location: 'docs:guides/a.md' });
    expect(found[0]?.snippet).toContain('borrow checker');
  });

  it('looks in a folder only, with or without the slash', async () => {
    const scraper = new DocumentsScraper({ documents: await documents() });
    for (const target of ['guides', 'guides/']) {
      expect((await foundBy(scraper, { target })).map(({ reference }) => reference)).toEqual([
        'docs:guides/a.md',
        'docs:guides/b.md',
      ]);
    }
    expect(await foundBy(scraper, { target: 'guide' })).toEqual([]);
  });

  it('gives documents that differ in their front matter and markup only the same fingerprint', async () => {
    const repository = await documents();
    const save = (path: string, content: string) =>
      repository.save(documentDraft({ path, content, text: 'borrow me once' }));
    await save('x.md', '---\ntags: [a]\n---\n# Borrow\n\n*me* once');
    await save('y.md', '---\r\ntags: [b]\r\n---\r\n## borrow me\n\nonce');
    await save('z.md', '## borrow me twice');
    const found = await foundBy(new DocumentsScraper({ documents: repository }));
    const of = (path: string) => found.find(({ reference }) => reference === `docs:${path}`)?.fingerprint;
    expect(of('x.md')).toBe(of('y.md'));
    expect(of('z.md')).not.toBe(of('y.md'));
  });

  it('tells a document, too, that was removed just after it was found', async () => {
    const repository = await documents();
    const documentsThatGo = {
      search: repository.search.bind(repository),
      getMany: (paths: readonly string[]) => Promise.resolve(paths.map(() => undefined)),
    };
    const found = await foundBy(new DocumentsScraper({ documents: documentsThatGo }));
    expect(found).toHaveLength(4);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(4);
  });

  it('reads page by page, each with a permit and a checkpoint', async () => {
    const repository = new InMemoryDocumentRepository();
    for (let index = 0; index < 120; index += 1) {
      await repository.save(
        documentDraft({ path: `d${index}.md`, text: 'borrow', content: `borrow ${index}` }),
      );
    }
    const permits: string[] = [];
    const permit = async (name: string) => void permits.push(name);
    const events = await eventsOf(new DocumentsScraper({ documents: repository }), {
      permit,
      maxResults: 110,
    });
    expect(permits).toEqual(['docs', 'docs', 'docs']);
    expect(events.filter(({ kind }) => kind === 'checkpoint')).toHaveLength(3);
    expect(events.findLast(({ kind }) => kind === 'progress')).toEqual({
      kind: 'progress',
      done: 110,
      total: 110,
    });
  });
});

describe('the scraper of issues', () => {
  it('finds issues of any state, or of one', async () => {
    const scraper = new IssuesScraper({ issues: await issues() });
    const found = async (target?: string) =>
      (await foundBy(scraper, target === undefined ? {} : { target }))
        .map(({ reference }) => reference)
        .sort();
    expect(await found()).toEqual(['issues:1', 'issues:2', 'issues:4']);
    expect(await found('open')).toEqual(['issues:1', 'issues:2']);
    expect(await found('closed')).toEqual(['issues:4']);
  });

  it('says of an issue without a text what it is called', async () => {
    const repository = new InMemoryIssueRepository({ user: 'ada' });
    await repository.create({ title: 'Borrow' });
    const [result] = await foundBy(new IssuesScraper({ issues: repository }));
    expect(result).toMatchObject({ title: 'Borrow', snippet: 'Borrow', location: 'issues:1' });
  });
});
