import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundResult, searchDraftOf } from '@markitect/testing';
import type { SqlExecutor } from '../src/index.js';
import {
  holdBackRate,
  readRateLimit,
  removeRate,
  resetRate,
  saveRateLimit,
  takePermit,
  takePermits,
} from '../src/research/rate-limit-rows.js';
import {
  createScrapingJobs,
  listScrapingJobs,
  updateScrapingJob,
} from '../src/research/scraping-job-rows.js';
import { rankSearchResults } from '../src/research/search-result-ranks.js';
import {
  addSearchResults,
  countSearchResults,
  listSearchResults,
  readSearchResult,
  updateResultAnalysis,
} from '../src/research/search-result-rows.js';
import {
  createSearch,
  listSearches,
  readSearch,
  removeSearch,
  updateSearchDocument,
  updateSearchStatus,
} from '../src/research/search-rows.js';
import { temporaryStore } from './temporary-store.js';

const now = Date.UTC(2026, 0, 1);

/** A statement that reads a whole table, or sorts, costs more the more there is. */
describe('the statements of research', () => {
  let store: Awaited<ReturnType<typeof temporaryStore>>;

  beforeAll(async () => void (store = await temporaryStore()));
  afterAll(() => store.close());

  /** Does work in a transaction, and answers how SQLite finds the rows of each of its statements. */
  async function plansOf(work: (executor: SqlExecutor) => Promise<unknown>): Promise<string[]> {
    const statements: Parameters<SqlExecutor['all']>[] = [];
    const writer = await store.connection.writer();
    await writer.transaction((transaction) =>
      work({
        all: async <Row>(...statement: Parameters<SqlExecutor['all']>) => {
          statements.push(statement);
          return transaction.all<Row>(...statement);
        },
        run: async (...statement) => {
          statements.push(statement);
          return transaction.run(...statement);
        },
      }),
    );
    const plans: string[] = [];
    // Not in the transaction: a plan of a statement that writes would keep it from being committed.
    for (const [sql, parameters] of statements) {
      const steps = await store.connection
        .readers()
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
      plans.push(steps.map(({ detail }) => detail).join('\n'));
    }
    return plans;
  }

  it('read no table from end to end and sort nothing', async () => {
    const sources = [{ scraper: 'docs' }, { scraper: 'issues' }];
    const plans = await plansOf(async (tx) => {
      const { id } = await createSearch(tx, searchDraftOf({ sources }), now);
      await createSearch(tx, searchDraftOf({ sources, rerunOf: id }), now);
      await readSearch(tx, id);
      for (const status of [undefined, 'pending'] as const) {
        const query = status === undefined ? {} : { status };
        const { nextCursor: cursor = '' } = await listSearches(tx, { ...query, limit: 1 });
        await listSearches(tx, { ...query, limit: 1, cursor });
      }
      await updateSearchStatus(tx, id, 'running', ['pending'], now);
      await updateSearchDocument(tx, id, 'a.md', now);
      const [job] = await createScrapingJobs(tx, id, sources, now);
      if (job === undefined) throw new Error('a job');
      await listScrapingJobs(tx, id);
      await updateScrapingJob(tx, job.id, { status: 'running' }, ['pending'], now);
      const found = Array.from({ length: 211 }, (_, index) => foundResult(`r${index}`));
      await addSearchResults(tx, id, job.id, found, now);
      await addSearchResults(tx, id, job.id, found, now);
      await rankSearchResults(tx, id, now);
      for (const source of [undefined, 'docs']) {
        for (const withDuplicates of [false, true]) {
          const query = { searchId: id, withDuplicates, ...(source === undefined ? {} : { source }) };
          const { items, nextCursor: cursor = '' } = await listSearchResults(tx, { ...query, limit: 1 });
          await listSearchResults(tx, { ...query, limit: 1, cursor });
          await countSearchResults(tx, query);
          await readSearchResult(tx, items[0]?.id ?? 0);
          await updateResultAnalysis(tx, items[0]?.id ?? 0, {}, now);
        }
      }
      await removeSearch(tx, id);
      await saveRateLimit(tx, { name: 'web', perSecond: 1, burst: 1 }, now);
      await readRateLimit(tx, 'web');
      await takePermit(tx, 'web', 0, now);
      await takePermits(tx, 'web', 5, now + 5000);
      await holdBackRate(tx, 'web', now, now);
      await resetRate(tx, 'web', now);
      await removeRate(tx, 'web');
    });
    expect(plans.length).toBeGreaterThan(40);
    for (const plan of plans) {
      expect(plan).not.toMatch(/SCAN (?!json_each|e VIRTUAL|CONSTANT ROW|\d+-ROW VALUES|\d+ CONSTANT ROWS)/);
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });

  it('begin a page where the page before ended', async () => {
    for (const [source, index] of [
      [{}, /search_results_by_search \(search_id=\? AND \(place,rowid\)>\(\?,\?\)/],
      [{ source: 'docs' }, /search_results_by_job \(job_id=\? AND \(place,rowid\)>\(\?,\?\)/],
    ] as const) {
      const plans = await plansOf((tx) => listSearchResults(tx, { searchId: 1, ...source }));
      expect(plans.join('\n')).toMatch(index);
    }
    const [searches] = await plansOf((tx) => listSearches(tx, {}));
    expect(searches).toContain('USING INTEGER PRIMARY KEY (rowid<?)');
    const [ofStatus] = await plansOf((tx) => listSearches(tx, { status: 'failed' }));
    expect(ofStatus).toContain('USING INDEX searches_by_status (status=? AND rowid<?)');
  });
});
