import { describe, expect, it } from '@jest/globals';
import { Forbidden, Unavailable } from '@markitect/domain';
import type { ScrapeEvent, Scraper, ScrapeRequest } from '@markitect/ports';
import { FakeScraper, foundResult, markitectFailure } from '@markitect/testing';
import { answers, gate, researchFixture } from './research.js';

const question = 'How does borrowing work?';
const down = new Unavailable('HTTP_UNREACHABLE', 'nobody answers');
const refused = new Forbidden('WEB_ROBOTS_DISALLOWED', 'the site asks not to');

/** A scraper that says what it is told to. */
function scripted(script: (request: ScrapeRequest) => AsyncGenerator<ScrapeEvent>): Scraper {
  return { check: () => Promise.resolve(), scrape: script };
}

/** Lets a lease of a millisecond run out. */
const pass = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a job', () => {
  it('stores what its scraper finds, and the last one ranks and ends the search', async () => {
    const { service, unitOfWork, claim, attempt } = researchFixture();
    const { search } = await service.start({ question, sources: ['docs', 'issues'] });
    const [first, second] = await claim();
    if (first === undefined || second === undefined) throw new Error('no tasks');
    await attempt(first);
    const halfway = await service.status(search.id);
    expect(halfway.search.status).toBe('running');
    expect(halfway.jobs.map(({ status, found, done, total }) => ({ status, found, done, total }))).toEqual([
      { status: 'completed', found: 3, done: 3, total: 3 },
      { status: 'pending', found: 0, done: 0 },
    ]);
    expect((await service.results(search.id)).items.map(({ rank }) => rank)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await attempt(second);
    expect((await service.status(search.id)).search).toMatchObject({ status: 'completed' });
    const { items, total } = await service.results(search.id);
    expect(total).toBe(5);
    expect(items.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5]);
    expect(items.map(({ source }) => source)).toEqual(['docs', 'issues', 'docs', 'issues', 'docs']);
    expect(await unitOfWork.tasks.get(first.id)).toMatchObject({ status: 'completed', result: { found: 3 } });
  });

  it('takes no more than was asked for', async () => {
    const greedy = scripted(async function* () {
      for (const result of answers('web', 9)) {
        await Promise.resolve();
        yield { kind: 'found', result };
        yield { kind: 'found', result: { ...result, title: 'Again' } };
      }
      yield { kind: 'progress', done: 9 };
    });
    const { service, work } = researchFixture({ web: greedy });
    const { search } = await service.start({ question, sources: ['web'], maxResults: 4 });
    await work();
    const { items } = await service.results(search.id);
    expect(items.map(({ title }) => title)).toEqual(['Again', 'Again', 'Again', 'Again']);
    expect((await service.status(search.id)).jobs).toMatchObject([{ found: 4, done: 9 }]);
  });

  it('of a source that fails for good ends as failed; the others go on', async () => {
    const broken = scripted(async function* () {
      yield { kind: 'found', result: foundResult('web:1') };
      await Promise.reject(refused);
    });
    const { service, work, unitOfWork } = researchFixture({ web: broken });
    const { search, jobs } = await service.start({ question, sources: ['web', 'docs'] });
    await work();
    const status = await service.status(search.id);
    expect(status.search.status).toBe('completed');
    expect(status.jobs).toMatchObject([
      { status: 'failed', found: 1, failure: { code: 'WEB_ROBOTS_DISALLOWED' } },
      { status: 'completed' },
    ]);
    // To the queue it is done: trying it again would come to the same.
    expect(await unitOfWork.tasks.get(jobs[0]?.taskId ?? 0)).toMatchObject({
      status: 'completed',
      result: { found: 1, failure: 'WEB_ROBOTS_DISALLOWED' },
    });
  });

  it('of the only source that fails makes the search fail', async () => {
    const broken = scripted(() => {
      throw refused;
    });
    const { service, work } = researchFixture({ web: broken });
    const { search } = await service.start({ question, sources: ['web'] });
    await work();
    expect((await service.status(search.id)).search).toMatchObject({ status: 'failed' });
  });

  it('of a source that may be back is tried again, and goes on where it was', async () => {
    let isDown = true;
    const asked: number[] = [];
    const flaky = new FakeScraper({
      results: answers('web', 4),
      beforeEach: (index) => {
        asked.push(index);
        if (index === 2 && isDown) throw down;
      },
    });
    const { service, claim, attempt } = researchFixture({ web: flaky });
    const { search } = await service.start({ question, sources: ['web'] });
    const [task] = await claim(1);
    if (task === undefined) throw new Error('no task');
    expect(await markitectFailure(() => attempt(task))).toBe(down);
    expect((await service.status(search.id)).jobs).toMatchObject([{ status: 'running' }]);
    isDown = false;
    await pass();
    const [again] = await claim();
    if (again === undefined) throw new Error('no task');
    await attempt(again);
    expect(asked).toEqual([0, 1, 2, 2, 3]);
    expect((await service.status(search.id)).jobs).toMatchObject([{ status: 'completed', found: 4 }]);
  });

  it('ends as failed when the last attempt fails, with what was found', async () => {
    const flaky = new FakeScraper({
      results: answers('web', 4),
      beforeEach: (index) => {
        if (index === 2) throw down;
      },
    });
    const { service, claim, attempt } = researchFixture({ web: flaky });
    const { search } = await service.start({ question, sources: ['web'] });
    const [task] = await claim();
    if (task === undefined) throw new Error('no task');
    await attempt({ ...task, attempts: task.maxAttempts });
    expect(await service.status(search.id)).toMatchObject({
      search: { status: 'failed' },
      jobs: [{ status: 'failed', found: 2, failure: { code: 'HTTP_UNREACHABLE' } }],
    });
    expect((await service.results(search.id)).items.map(({ rank }) => rank)).toEqual([1, 2]);
  });

  it('of a source that nobody knows any more fails', async () => {
    const { service, work, ports } = researchFixture();
    const { search } = await service.start({ question, sources: ['docs'] });
    delete ports.scrapers['docs'];
    await work();
    expect((await service.status(search.id)).jobs).toMatchObject([
      { status: 'failed', failure: { code: 'SEARCH_SOURCE_INVALID' } },
    ]);
  });
});

describe('a job whose worker is killed', () => {
  it('goes on where it was, whatever it was doing, and finds everything once', async () => {
    for (let step = 0; step < 6; step += 1) {
      const died = new Error('killed');
      const asked: number[] = [];
      const source = new FakeScraper({
        results: answers('web', 5),
        problems: [{ reference: 'web:0', code: 'WEB_CONTENT_UNSUPPORTED', message: 'a picture' }],
        beforeEach: async (index) => {
          asked.push(index);
          // Long enough for what was found before to be stored.
          if (index === 2) await new Promise((resolve) => setTimeout(resolve, 260));
          if (asked.length - 1 === step) throw died;
        },
      });
      const { service, claim, attempt } = researchFixture({ web: source });
      const { search } = await service.start({ question, sources: ['web'] });
      const [task] = await claim(1);
      if (task === undefined) throw new Error('no task');
      const isKilled = await attempt(task).then(
        () => false,
        (error: unknown) => error === died,
      );
      expect(isKilled).toBe(step < 5);
      if (isKilled) {
        await pass();
        const [again] = await claim();
        if (again === undefined) throw new Error('no task');
        expect(again.fence).toBeGreaterThan(task.fence);
        await attempt(again);
        // What was stored is not looked at again.
        expect(asked.filter((index) => index === 0)).toHaveLength(step < 3 ? 2 : 1);
      }
      const { jobs, search: ended } = await service.status(search.id);
      expect(ended.status).toBe('completed');
      expect(jobs).toMatchObject([{ found: 5, done: 5, problemCount: 1 }]);
      const { items } = await service.results(search.id, { withDuplicates: true });
      expect(items.map(({ reference }) => reference)).toEqual(['web:1', 'web:2', 'web:3', 'web:4', 'web:5']);
    }
  });

  it('stores nothing when it only slept, and wakes up after another has done the job', async () => {
    const asleep = gate();
    let isFirst = true;
    const source = new FakeScraper({
      results: answers('web', 3),
      beforeEach: async (index) => {
        if (index !== 1 || !isFirst) return;
        isFirst = false;
        await asleep.passed;
      },
    });
    const { service, claim, attempt, unitOfWork } = researchFixture({ web: source });
    const { search } = await service.start({ question, sources: ['web'] });
    const [task] = await claim(1);
    if (task === undefined) throw new Error('no task');
    const sleeping = attempt(task);
    await pass();
    const [again] = await claim();
    if (again === undefined) throw new Error('no task');
    await attempt(again);
    const before = await service.results(search.id);
    asleep.open();
    await expect(sleeping).rejects.toThrow('TASK_LEASE_LOST');
    expect(await service.results(search.id)).toEqual(before);
    expect(await unitOfWork.tasks.get(task.id)).toMatchObject({ status: 'completed', fence: again.fence });
  });
});

it('a job that goes on does not replace what it had found by something else of the same name', async () => {
  let attempts = 0;
  const forgetful = scripted(async function* ({ checkpoint }) {
    attempts += 1;
    if (checkpoint === undefined) {
      yield { kind: 'found', result: foundResult('web:1', { title: 'The page' }) };
      yield { kind: 'checkpoint', checkpoint: 1 };
      await Promise.reject(down);
    }
    yield { kind: 'found', result: foundResult('web:1', { title: 'A copy of the page' }) };
    yield { kind: 'found', result: foundResult('web:2') };
  });
  const { service, claim, attempt } = researchFixture({ web: forgetful });
  const { search } = await service.start({ question, sources: ['web'] });
  const [task] = await claim(1);
  if (task === undefined) throw new Error('no task');
  await expect(attempt(task)).rejects.toBe(down);
  await pass();
  for (const again of await claim()) await attempt(again);
  expect(attempts).toBe(2);
  const { items } = await service.results(search.id);
  expect(items.map(({ title }) => title)).toEqual(['The page', 'Title of web:2']);
});

it('a job that is told to stop keeps what it has, and goes on from there', async () => {
  const stop = new AbortController();
  const asked: number[] = [];
  const source = new FakeScraper({
    results: answers('web', 4),
    beforeEach: (index) => {
      asked.push(index);
      if (asked.length === 3) stop.abort(new Error('stopped'));
    },
  });
  const { service, claim, attempt, unitOfWork } = researchFixture({ web: source });
  const { search } = await service.start({ question, sources: ['web'] });
  const [task] = await claim();
  if (task === undefined) throw new Error('no task');
  await expect(attempt(task, stop.signal)).rejects.toThrow('stopped');
  await unitOfWork.tasks.settle([{ id: task.id, fence: task.fence, kind: 'returned' }]);
  const [again] = await claim();
  if (again === undefined) throw new Error('no task');
  await attempt(again);
  // What it was looking at as it was told.
  expect(asked).toEqual([0, 1, 2, 2, 3]);
  expect((await service.status(search.id)).jobs).toMatchObject([{ status: 'completed', found: 4 }]);
});

it('a worker that wakes up while another does its job stores nothing in between', async () => {
  const asleep = [gate(), gate()];
  const reached = [gate(), gate()];
  let looks = 0;
  const source = new FakeScraper({
    results: answers('web', 4),
    beforeEach: async (index) => {
      const sleeper = index === 1 && looks === 0 ? 0 : index === 3 && looks === 1 ? 1 : undefined;
      if (sleeper === undefined) return;
      looks += 1;
      reached[sleeper]?.open();
      // Long enough for a bit to be due.
      await new Promise((resolve) => setTimeout(resolve, 260));
      await asleep[sleeper]?.passed;
    },
  });
  const { service, claim, attempt } = researchFixture({ web: source });
  const { search } = await service.start({ question, sources: ['web'] });
  const [first] = await claim(1);
  if (first === undefined) throw new Error('no task');
  const sleeping = attempt(first);
  await reached[0]?.passed;
  await pass();
  const [second] = await claim();
  if (second === undefined) throw new Error('no task');
  const working = attempt(second);
  await reached[1]?.passed;
  const before = await service.status(search.id);
  asleep[0]?.open();
  expect((await markitectFailure(() => sleeping)).code).toBe('TASK_LEASE_LOST');
  expect(await service.status(search.id)).toEqual(before);
  asleep[1]?.open();
  await working;
  expect((await service.status(search.id)).jobs).toMatchObject([{ status: 'completed', found: 4, done: 4 }]);
});

describe('a job that somebody ends', () => {
  it.each(['cancel', 'remove'] as const)('by %s stops at the next bit, and stores no more', async (how) => {
    const asked = gate();
    const go = gate();
    const source = scripted(async function* ({ signal }) {
      yield { kind: 'found', result: foundResult('web:1') };
      yield { kind: 'checkpoint', checkpoint: 1 };
      asked.open();
      await go.passed;
      for (const result of answers('web', 300)) {
        if (signal.aborted) return;
        yield { kind: 'found', result };
      }
    });
    const { service, claim, attempt, unitOfWork } = researchFixture({ web: source });
    const { search } = await service.start({ question, sources: ['web'] });
    const [task] = await claim();
    if (task === undefined) throw new Error('no task');
    const running = attempt(task);
    await asked.passed;
    await service[how](search.id);
    go.open();
    await running;
    expect((await unitOfWork.searchResults.count({ searchId: search.id })) <= 1).toBe(true);
    if (how === 'cancel') {
      expect(await service.status(search.id)).toMatchObject({
        search: { status: 'cancelled' },
        jobs: [{ status: 'cancelled' }],
      });
    }
  });

  it('before it began does nothing at all', async () => {
    const { service, claim, attempt } = researchFixture();
    const { search } = await service.start({ question, sources: ['docs'] });
    const [task] = await claim();
    if (task === undefined) throw new Error('no task');
    await service.cancel(search.id);
    await attempt(task);
    expect((await service.results(search.id)).total).toBe(0);
  });
});
