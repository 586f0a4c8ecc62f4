import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@markitect/domain';
import { FakeScraper, foundResult, markitectFailure } from '@markitect/testing';
import type { ResearchStatus } from '../src/index.js';
import { researchFixture } from './research.js';

const question = 'How does borrowing work?';
let fixture: ReturnType<typeof researchFixture>;

beforeEach(() => {
  fixture = researchFixture({ web: new FakeScraper({ badTargets: ['ftp://x'] }) });
});

const textOf = async (parts: Promise<AsyncIterable<string>>) => {
  let text = '';
  for await (const part of await parts) text += part;
  return text;
};

describe('starting a research', () => {
  it('stores the search, a job and a task for each source', async () => {
    const { service, unitOfWork } = fixture;
    const status = await service.start({
      question: '  How does\n borrowing work? ',
      sources: ['docs', 'issues'],
    });
    expect(status.search).toMatchObject({ question, status: 'pending', maxResults: 20 });
    expect(status.jobs).toHaveLength(2);
    for (const { taskId = 0, id, searchId } of status.jobs) {
      expect(await unitOfWork.tasks.get(taskId)).toMatchObject({
        type: 'research.scrape',
        payload: { searchId, jobId: id },
        uniqueKey: `research:${id}`,
      });
    }
    expect(await service.status(status.search.id)).toEqual(status);
  });

  it.each([
    [{ sources: ['nothing'] }, 'SEARCH_SOURCE_INVALID'],
    [{ sources: ['toString'] }, 'SEARCH_SOURCE_INVALID'],
    [{ sources: ['docs', ' docs'] }, 'SEARCH_SOURCE_INVALID'],
    [{ sources: ['web:ftp://x'] }, 'SEARCH_SOURCE_INVALID'],
    [{ sources: [] }, 'REQUEST_INVALID'],
    [{ question: ' ?! ' }, 'SEARCH_QUERY_INVALID'],
    [{ question: 'x'.repeat(1001) }, 'REQUEST_INVALID'],
    [{ maxResults: 0 }, 'REQUEST_INVALID'],
    [{ maxResults: 1.5 }, 'REQUEST_INVALID'],
    [{ maxResults: 1001 }, 'REQUEST_INVALID'],
  ])('refuses %j, and stores nothing', async (request, code) => {
    const { service } = fixture;
    const error = await markitectFailure(() => service.start({ question, sources: ['docs'], ...request }));
    expect(error.code).toBe(code);
    expect((await service.list({})).items).toEqual([]);
  });
});

describe('a research', () => {
  it('lists what it has found, by rank and without duplicates', async () => {
    const twice = foundResult('copy:1', { fingerprint: 'of docs:1', score: 9 });
    fixture = researchFixture({ copy: new FakeScraper({ results: [{ ...twice, title: 'Borrowing' }] }) });
    const { service, done } = fixture;
    const id = await done();
    const { items, total } = await service.results(id);
    expect(total).toBe(5);
    expect(items).toHaveLength(5);
    const all = await service.results(id, { withDuplicates: true });
    expect(all.total).toBe(6);
    expect(all.items.filter(({ duplicateOf }) => duplicateOf !== undefined)).toHaveLength(1);
    const page = await service.results(id, { source: 'issues', limit: 1 });
    expect(page).toMatchObject({ total: 2, items: [{ source: 'issues' }] });
    expect(page.nextCursor).toBeDefined();
    const refused = await markitectFailure(() => service.results(id, { source: 'nope' }));
    expect(refused).toMatchObject({ code: 'SEARCH_SOURCE_INVALID', details: { field: 'source' } });
    expect(refused.message).toContain('copy');
    expect((await markitectFailure(() => service.export(id, 'csv', { source: 'nope' }))).code).toBe(
      'SEARCH_SOURCE_INVALID',
    );
  });

  it.each([
    ['status', 'SEARCH_NOT_FOUND'],
    ['results', 'SEARCH_NOT_FOUND'],
    ['cancel', 'SEARCH_NOT_FOUND'],
    ['rerun', 'SEARCH_NOT_FOUND'],
    ['remove', 'SEARCH_NOT_FOUND'],
    ['save', 'SEARCH_NOT_FOUND'],
  ] as const)('that is not there cannot be asked for: %s', async (operation, code) => {
    expect((await markitectFailure(() => fixture.service[operation](7))).code).toBe(code);
  });

  it('can be ended before it is done: what was found is ranked', async () => {
    const { service, claim, attempt, unitOfWork } = fixture;
    const { search, jobs } = await service.start({ question, sources: ['docs', 'issues'] });
    const [first] = await claim();
    if (first === undefined) throw new Error('no task');
    await attempt(first);
    const status = await service.cancel(search.id);
    expect(status).toMatchObject({
      search: { status: 'cancelled' },
      jobs: [{ status: 'completed' }, { status: 'cancelled' }],
    });
    expect((await service.results(search.id)).items.map(({ rank }) => rank)).toEqual([1, 2, 3]);
    // A worker holds it: it is asked to stop.
    expect(await unitOfWork.tasks.get(jobs[1]?.taskId ?? 0)).toMatchObject({ isCancelRequested: true });
    expect((await markitectFailure(() => service.cancel(search.id))).code).toBe('SEARCH_STATE_INVALID');
  });

  it('that has not begun leaves no task behind when it is ended or removed', async () => {
    const { service, unitOfWork } = fixture;
    const first = await service.start({ question, sources: ['docs'] });
    await service.cancel(first.search.id);
    const second = await service.start({ question, sources: ['docs'] });
    await service.remove(second.search.id);
    expect((await unitOfWork.tasks.list({})).items.map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
    ]);
    expect((await service.list({})).items.map(({ id }) => id)).toEqual([first.search.id]);
  });

  it('can be repeated once it is over', async () => {
    const { service, done, work } = fixture;
    const id = await done(['docs', 'issues']);
    const again = await service.rerun(id);
    expect(again.search).toMatchObject({ question, rerunOf: id, status: 'pending' });
    expect((await markitectFailure(() => service.rerun(again.search.id))).code).toBe('SEARCH_STATE_INVALID');
    await work();
    expect((await service.results(again.search.id)).total).toBe(5);
    expect((await service.list({ status: 'completed' })).items).toHaveLength(2);
  });

  it('keeps what somebody has made of a result', async () => {
    const { service, done } = fixture;
    const id = await done(['docs']);
    const [result] = (await service.results(id)).items;
    await service.analyse(id, result?.id ?? 0, { summary: 'good' });
    expect((await service.results(id)).items[0]).toMatchObject({ analysis: { summary: 'good' } });
    expect((await markitectFailure(() => service.analyse(id, 999, 1))).code).toBe('SEARCH_RESULT_NOT_FOUND');
    expect((await markitectFailure(() => service.analyse(id + 1, result?.id ?? 0, 1))).code).toBe(
      'SEARCH_RESULT_NOT_FOUND',
    );
    const deep = JSON.parse('['.repeat(8_000) + ']'.repeat(8_000)) as JsonValue;
    expect(await markitectFailure(() => service.analyse(id, result?.id ?? 0, deep))).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { field: 'analysis' },
    });
  });
});

describe('a job whose task is over without it', () => {
  it.each([
    ['cancelled', { search: { status: 'cancelled' }, jobs: [{ status: 'cancelled' }] }],
    [
      'dead',
      { search: { status: 'failed' }, jobs: [{ status: 'failed', failure: { code: 'TASK_STALLED' } }] },
    ],
  ] as const)('%s is over for the research, too', async (how, expected) => {
    const { service, unitOfWork, claim } = fixture;
    const { search } = await service.start({ question, sources: ['docs'] });
    const [task] = await claim();
    if (task === undefined) throw new Error('no task');
    const hold = { id: task.id, fence: task.fence };
    await unitOfWork.tasks.settle([
      how === 'cancelled'
        ? { ...hold, kind: 'cancelled' }
        : { ...hold, kind: 'failed', failure: { code: 'TASK_STALLED', message: 'silent' } },
    ]);
    expect((await service.list({})).items).toMatchObject([expected.search]);
    expect(await service.status(search.id)).toMatchObject(expected);
    expect((await service.list({ status: 'pending' })).items).toEqual([]);
  });
});

describe('watching', () => {
  it('tells of each change, and ends with the research', async () => {
    const { service, work } = fixture;
    const { search } = await service.start({ question, sources: ['docs'] });
    const seen: ResearchStatus[] = [];
    for await (const status of service.watch(search.id)) {
      seen.push(status);
      if (seen.length === 1) void work();
    }
    expect(seen[0]).toMatchObject({ search: { status: 'pending' } });
    expect(seen.at(-1)).toMatchObject({ search: { status: 'completed' }, jobs: [{ found: 3 }] });
    expect(new Set(seen.map((status) => JSON.stringify(status))).size).toBe(seen.length);
  });

  it('ends at once when it is told to', async () => {
    const { service } = fixture;
    const { search } = await service.start({ question, sources: ['docs'] });
    const stop = new AbortController();
    for await (const status of service.watch(search.id, stop.signal)) {
      expect(status.search.status).toBe('pending');
      stop.abort();
    }
  });

  it('ends the research whose tasks are over', async () => {
    const { service, unitOfWork } = fixture;
    const { search, jobs } = await service.start({ question, sources: ['docs'] });
    await unitOfWork.tasks.cancel(jobs[0]?.taskId ?? 0);
    const seen: string[] = [];
    for await (const status of service.watch(search.id)) seen.push(status.search.status);
    expect(seen).toEqual(['cancelled']);
  });
});

describe('exporting', () => {
  it('gives JSON with everything', async () => {
    const { service, done } = fixture;
    const id = await done(['docs', 'issues']);
    const exported = JSON.parse(await textOf(service.export(id, 'json'))) as Record<string, unknown>;
    expect(exported).toMatchObject({ id, question, sources: ['docs', 'issues'], found: 5 });
    expect(exported['results']).toHaveLength(5);
    expect(JSON.stringify(exported)).not.toContain('checkpoint');
  });

  it('gives CSV with a line for each result', async () => {
    const { service, done } = fixture;
    const id = await done(['docs']);
    const lines = (await textOf(service.export(id, 'csv', { withDuplicates: true }))).split('\r\n');
    expect(lines[0]).toBe('rank,source,title,location,snippet,score,duplicateOf,foundAt');
    expect(lines[1]).toMatch(/^1,docs,Borrowing 1 in docs,/);
    expect(lines).toHaveLength(5);
  });

  it('gives Markdown', async () => {
    const { service, done } = fixture;
    const text = await textOf(service.export(await done(['docs']), 'md'));
    expect(text).toContain('# How does borrowing work?');
    expect(text).toContain('1. [Borrowing 1 in docs]');
  });
});

describe('saving', () => {
  const path = 'research/how-does-borrowing-work.md';

  it('makes a document, and the same again is no change', async () => {
    const { service, done, documents } = fixture;
    const id = await done(['docs']);
    expect(await service.save(id)).toEqual({ path, outcome: 'created' });
    expect((await documents.get(path)).content).toContain('Borrowing 1 in docs');
    expect(await service.save(id)).toEqual({ path, outcome: 'unchanged' });
    expect((await service.status(id)).search.document).toBe(path);
  });

  it('never overwrites another text, unless that is wanted', async () => {
    const { service, done, documents } = fixture;
    const id = await done(['docs']);
    await documents.put(path, '# My own');
    const error = await markitectFailure(() => service.save(id));
    expect(error).toMatchObject({ code: 'DOCUMENT_CHANGED', details: { path } });
    expect((await service.status(id)).search.document).toBeUndefined();
    expect(await service.save(id, { path: 'notes/b.md' })).toEqual({
      path: 'notes/b.md',
      outcome: 'created',
    });
    expect(await service.save(id, { path, replace: true })).toEqual({ path, outcome: 'updated' });
  });

  it('waits for the end', async () => {
    const { service } = fixture;
    const { search } = await service.start({ question, sources: ['docs'] });
    expect(await markitectFailure(() => service.save(search.id))).toMatchObject({
      code: 'SEARCH_STATE_INVALID',
      details: { status: 'pending' },
    });
  });

  it.each([
    ['Wie geht „Übergrößen“?', 'wie-geht-ubergroßen'],
    ['どうして', 'どうして'],
    ['word '.repeat(40), 'word-word-word-word-word-word-word-word-word-word-word-word'],
    ['x'.repeat(200), 'research-1'],
  ])('names the document after the question: %s', async (asked, slug) => {
    const { service, work } = fixture;
    const { search } = await service.start({ question: asked, sources: ['docs'] });
    await work();
    expect((await service.save(search.id)).path).toBe(`research/${slug}.md`);
  });
});
