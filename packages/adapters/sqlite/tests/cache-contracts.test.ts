import {
  describeCacheTierContract,
  describeInvalidationLogContract,
  describeLeaseStoreContract,
} from '@markitect/testing';
import { SqliteCacheTier, SqliteConnection, SqliteInvalidationLog, SqliteLeaseStore } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

/** A store that two connections have open, as two processes do. */
async function twoConnections() {
  const { connection, file, close } = await temporaryStore();
  const second = new SqliteConnection({ file });
  await second.open();
  const closeBoth = async () => {
    await second.close();
    await close();
  };
  return { connection, second, close: closeBoth };
}

/** A clock that is put forward. */
function clock() {
  let ahead = 0;
  const advance = (ms: number) => {
    ahead += ms;
    return Promise.resolve();
  };
  return { now: () => Date.now() + ahead, advance };
}

describeInvalidationLogContract('SqliteInvalidationLog', async () => {
  const { connection, second, close } = await twoConnections();
  const log = new SqliteInvalidationLog(connection);
  const other = new SqliteInvalidationLog(second);
  await log.open();
  await other.open();
  const closeAll = async () => {
    log.close();
    other.close();
    await close();
  };
  return { log, other, close: closeAll };
});

describeLeaseStoreContract('SqliteLeaseStore', async () => {
  const { connection, second, close } = await twoConnections();
  const { now, advance } = clock();
  return {
    store: new SqliteLeaseStore(connection, { now }),
    other: new SqliteLeaseStore(second, { now }),
    advance,
    close,
  };
});

describeCacheTierContract('SqliteCacheTier', async () => {
  const { connection, close } = await temporaryStore();
  const { now, advance } = clock();
  return { tier: new SqliteCacheTier(connection, { now }), now, advance, close };
});
