// A total outage: the breaker opens, lets through nothing but probes, and closes when the server is back.
import { setTimeout as sleep } from 'node:timers/promises';

const CALLERS = 16;
const OUTAGE_MS = 4000;

/**
 * Breaks every request, then none. Answers what was seen; throws what is not as designed.
 *
 * @param openMs how long the connection's breaker stays open
 */
export async function outage({ connection, proxy, issues, numbers, openMs, patienceMs }) {
  const state = () => connection.stats().states.breaker;
  const until = async (wanted, what) => {
    const end = Date.now() + patienceMs;
    while (state() !== wanted) {
      if (Date.now() > end) throw new Error(`${what}: the breaker is ${state()}`);
      await sleep(5);
    }
  };
  const codes = new Map();
  let isOver = false;
  // Each reads another issue: identical reads would be one request.
  const caller = async (number) => {
    while (!isOver) {
      const code = await issues.get(number).then(
        () => 'answered',
        (error) => error.code ?? String(error),
      );
      codes.set(code, (codes.get(code) ?? 0) + 1);
      await sleep(20);
    }
  };
  const before = connection.stats().counters.breakerOpened;
  proxy.setFaults(['black-hole', 'reset-before']);
  proxy.setRate(1);
  const began = Date.now();
  const callers = Promise.all(numbers.slice(0, CALLERS).map(caller));
  try {
    await until('open', 'nothing but failures');
    const openedAfterMs = Date.now() - began;
    await sleep(100); // what was on its way before
    const sentBefore = proxy.requests.length;
    const refusedBefore = codes.get('HTTP_CIRCUIT_OPEN') ?? 0;
    await sleep(OUTAGE_MS);
    const probes = proxy.requests.length - sentBefore;
    const refused = (codes.get('HTTP_CIRCUIT_OPEN') ?? 0) - refusedBefore;
    const most = Math.ceil(OUTAGE_MS / openMs) + 1;
    if (probes > most) throw new Error(`${probes} requests were sent while it was open; ${most} may be`);
    if (refused === 0) throw new Error('nobody was refused while it was open');
    proxy.setRate(0);
    const mended = Date.now();
    await until('closed', 'the server is back');
    const closedAfterMs = Date.now() - mended;
    // Attempts from before may still fail, and open it again: it has to come to rest.
    const end = Date.now() + patienceMs;
    while (!(await issues.get(numbers[0]).catch(() => undefined))) {
      if (Date.now() > end) throw new Error('after the outage reads fail');
      await sleep(50);
    }
    const opened = connection.stats().counters.breakerOpened - before;
    return { openedAfterMs, probes, refused, closedAfterMs, opened, codes };
  } finally {
    isOver = true;
    proxy.setRate(0);
    await callers;
  }
}
