import {
  describeRateLimitRepositoryContract,
  describeScrapingJobRepositoryContract,
  describeSearchRepositoryContract,
  describeSearchResultRepositoryContract,
} from '@markitect/testing';
import {
  SqliteConnection,
  SqliteRateLimitRepository,
  SqliteScrapingJobRepository,
  SqliteSearchRepository,
  SqliteSearchResultRepository,
} from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

async function open() {
  const { connection, close } = await temporaryStore({ synchronous: 'OFF' });
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  return {
    searches: new SqliteSearchRepository(connection, { now }),
    scrapingJobs: new SqliteScrapingJobRepository(connection, { now }),
    searchResults: new SqliteSearchResultRepository(connection, { now }),
    advance: (ms: number) => void (time += ms),
    close,
  };
}

describeSearchRepositoryContract('SqliteSearchRepository', open);
describeScrapingJobRepositoryContract('SqliteScrapingJobRepository', open);
describeSearchResultRepositoryContract('SqliteSearchResultRepository', open);

describeRateLimitRepositoryContract('SqliteRateLimitRepository', async () => {
  const { file, connection, close } = await temporaryStore({ synchronous: 'OFF' });
  const other = new SqliteConnection({ file });
  await other.open();
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  return {
    limits: new SqliteRateLimitRepository(connection, { now }),
    others: new SqliteRateLimitRepository(other, { now }),
    now,
    advance: (ms: number) => void (time += ms),
    close: async () => {
      await other.close();
      await close();
    },
  };
});
