// A process that acts as often as a rate limit lets it. Started by rate-limit.mjs.
import { join } from 'node:path';
import { SqliteConnection, SqliteRateLimitRepository } from '@markitect/adapter-sqlite';
import { awaitPermit } from '@markitect/application';

/**
 * Acts with every permit that it gets until told to stop, and says when: in nanoseconds of the clock that all processes
 * of the machine share and that nobody sets. `broken`: `late-permits` are used all the same; `no-wait`: nobody waits for
 * the time that a permit is for.
 */
async function hammer({ folder, callers, broken }) {
  const connection = new SqliteConnection({ file: join(folder, 'store.db') });
  await connection.open();
  const limits = new SqliteRateLimitRepository(connection);
  const acts = [];
  const counted = { taken: 0, late: 0 };
  let isOver = false;
  const watched = {
    take: async (name, maxWaitMs, unused) => {
      const permit = await limits.take(name, maxWaitMs, unused);
      counted.taken += 1;
      if (unused !== undefined) counted.late += 1;
      if (broken === 'late-permits') return { at: permit.at };
      if (broken === 'no-wait') return { at: new Date(0).toISOString() };
      return permit;
    },
  };
  const caller = async () => {
    // Without a wait there is no end to the permits: some are enough.
    while (!isOver && acts.length < 1000) {
      await awaitPermit(watched, 'hammered', { maxWaitMs: 3_600_000 });
      acts.push(String(process.hrtime.bigint()));
    }
  };
  // The connection that writes is opened by the first write: that is no part of what is measured.
  await limits.reset('hammered');
  process.send('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const stopped = new Promise((resolve) => process.once('message', resolve)).then(() => (isOver = true));
  await Promise.all([stopped, ...Array.from({ length: callers }, caller)]);
  await connection.close();
  return { acts, ...counted };
}

const report = await hammer(JSON.parse(process.argv[2]));
process.send(report, () => process.disconnect());
