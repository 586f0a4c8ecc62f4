import { describe, expect, it } from '@jest/globals';
import { rateLimitStateOf, ratePaceOf } from './rate-limit.mapper.js';
import {
  scrapingJobOf,
  searchOf,
  searchResultColumns,
  searchResultOf,
  searchResultValues,
} from './search.mapper.js';
import { PLACE_DUPLICATE, PLACE_UNRANKED } from './search.schema.js';

const ms = Date.UTC(2026, 0, 1);
const at = '2026-01-01T00:00:00.000Z';

describe('the row of a search', () => {
  const row = {
    id: 7,
    question: 'Who?',
    sources: '[{"scraper":"web","target":"https://example.org/"}]',
    status: 'pending',
    max_results: 5,
    rerun_of: null,
    document: null,
    created_at: ms,
    updated_at: ms,
    finished_at: null,
  };

  it('gives the search, without what is not known', () => {
    expect(searchOf(row)).toEqual({
      id: 7,
      question: 'Who?',
      sources: [{ scraper: 'web', target: 'https://example.org/' }],
      status: 'pending',
      maxResults: 5,
      createdAt: at,
      updatedAt: at,
    });
    expect(searchOf({ ...row, rerun_of: 3, document: 'a.md', finished_at: ms })).toMatchObject({
      rerunOf: 3,
      document: 'a.md',
      finishedAt: at,
    });
  });
});

describe('the row of a job', () => {
  const row = {
    id: 1,
    search_id: 7,
    source: 'web:https://example.org/',
    status: 'failed',
    task_id: 4,
    found: 2,
    done: 3,
    total: 9,
    problem_count: 1,
    created_at: ms,
    updated_at: ms,
    started_at: ms,
    finished_at: ms,
    failure: '{"code":"X","message":"y"}',
    checkpoint: '{"page":1}',
    problems: '[{"reference":"a","code":"X","message":"y"}]',
  };

  it('gives the job, with and without what may not be known', () => {
    const job = {
      id: 1,
      searchId: 7,
      source: { scraper: 'web', target: 'https://example.org/' },
      status: 'failed',
      found: 2,
      done: 3,
      problems: [{ reference: 'a', code: 'X', message: 'y' }],
      problemCount: 1,
      createdAt: at,
      updatedAt: at,
    };
    expect(scrapingJobOf(row)).toEqual({
      ...job,
      taskId: 4,
      total: 9,
      failure: { code: 'X', message: 'y' },
      checkpoint: { page: 1 },
      startedAt: at,
      finishedAt: at,
    });
    const unknown = { task_id: null, total: null, failure: null, checkpoint: null };
    expect(scrapingJobOf({ ...row, ...unknown, started_at: null, finished_at: null })).toEqual(job);
  });
});

describe('the row of a result', () => {
  const found = {
    reference: 'docs:a',
    title: 'A',
    snippet: 's',
    location: 'a.md',
    score: 1.5,
    fingerprint: 'f',
  };
  const row = {
    ...found,
    id: 3,
    search_id: 7,
    job_id: 1,
    source: 'docs',
    place: PLACE_UNRANKED,
    duplicate_of: null,
    found_at: ms,
    updated_at: ms,
    analysis: null,
  };
  const result = { ...found, id: 3, searchId: 7, jobId: 1, source: 'docs', foundAt: at, updatedAt: at };

  it('gives the result with its rank, what it says the same as, or neither', () => {
    expect(searchResultOf(row)).toEqual(result);
    expect(searchResultOf({ ...row, place: 4 })).toEqual({ ...result, rank: 4 });
    const duplicate = { ...row, place: PLACE_DUPLICATE, duplicate_of: 2, analysis: 'null' };
    expect(searchResultOf(duplicate)).toEqual({ ...result, duplicateOf: 2, analysis: null });
  });

  it('takes what a scraper has found in the order of its columns', () => {
    const values = searchResultValues(found);
    expect(Object.fromEntries(searchResultColumns.map((column, index) => [column, values[index]]))).toEqual(
      found,
    );
  });
});

describe('the row of a rate limit', () => {
  const row = {
    scraper_name: 'web',
    per_second: 2,
    burst: 3,
    used_until: ms + 1500,
    held_until: 0,
    updated_at: ms,
    lanes: '[1,2]',
  };

  it('gives the limit, and when its next permit can be had', () => {
    expect(rateLimitStateOf(row)).toEqual({
      name: 'web',
      perSecond: 2,
      burst: 3,
      nextAt: '2026-01-01T00:00:00.500Z',
      updatedAt: at,
    });
    expect(ratePaceOf(row)).toMatchObject({ lanes: [1, 2], usedUntil: ms + 1500 });
  });

  it('gives none where a name is only held back', () => {
    expect(rateLimitStateOf({ ...row, per_second: null, lanes: '[]' })).toBeUndefined();
  });
});
