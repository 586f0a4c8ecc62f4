// A real Gitea behind a proxy that misbehaves: mixed operations through the adapter, and the same ones through a bare
// client. Writes are counted on the server.
import { AsyncLocalStorage } from 'node:async_hooks';
import { GiteaIssueRepository } from '@markitect/adapter-gitea';
import { HttpConnection } from '@markitect/adapter-http';
import { errorCodes, isMarkitectError, Timeout } from '@markitect/domain';
import { startFaultProxy } from '@markitect/testing/services';
import { bareClient, isTransient, performBare } from './gitea-bare.mjs';
import { checkServer } from './gitea-checks.mjs';
import { drawOperations, perform, prepare, WrongAnswer } from './gitea-operations.mjs';
import { outage } from './gitea-outage.mjs';
import { asker, startServer } from './gitea-server.mjs';

const CALLERS = 32;
const DEADLINE_MS = 60_000;
/** Above the deadline: for a process that is kept from running. */
const SLACK_MS = 5000;
/** The most that both clients wait for an answer to begin, and between two pieces of it. */
const TIMEOUT_MS = 10_000;
const OPEN_MS = 1000;
const BUDGET = { ratio: 0.2, perSecond: 2, first: 10 };
const AIM = 0.9;

/**
 * Mixed operations with a share `rate` of faults, by 32 callers. Every one is answered or fails with a documented code
 * within its deadline; no write is done twice, none that was acknowledged is missing; repeats keep to their budget;
 * the breaker opens in an outage and closes after it; callers see at least 90 % fewer failures than those of a bare
 * client.
 */
export async function crash({ operations: count, seed, rate }) {
  const gitea = await startServer('gitea');
  if (gitea === undefined) return;
  const started = performance.now();
  console.log(
    `gitea ${gitea.version}: ${count} operations, ${CALLERS} callers, ${rate * 100} % faults, seed ${seed}`,
  );
  try {
    const operations = drawOperations({ operations: count, seed, callers: CALLERS, deadlineMs: DEADLINE_MS });
    const ask = asker(gitea);
    await gitea.createRepository('bare');
    const ours = await runOurs({ gitea, ask, operations, seed, rate });
    const bare = await runBare({ gitea, ask, operations, seed, rate });
    const violations = [...ours.violations];
    const reduction = bare.failures === 0 ? 0 : 1 - ours.failures / bare.failures;
    console.log(
      `transient failures seen by the callers: bare client ${bare.failures}, ours ${ours.failures}: ` +
        `${(reduction * 100).toFixed(1)} % fewer (of ${ours.compared} operations; the aim is ≥ ${AIM * 100} %)`,
    );
    if (reduction < AIM) violations.push('the callers see too many failures');
    for (const violation of violations.slice(0, 20)) console.error(`✗ ${violation}`);
    if (violations.length > 0) process.exitCode = 1;
    console.log(
      `${violations.length === 0 ? '✓ everything held' : `✗ ${violations.length} violations, seed ${seed}`}, ` +
        `${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
  } finally {
    await gitea.stop();
  }
}

async function runOurs({ gitea, ask, operations, seed, rate }) {
  const repository = `repos/${gitea.owner}/${gitea.repository}`;
  const numbers = await prepare(ask, repository, CALLERS);
  const proxy = await startFaultProxy({ target: gitea.url, seed, slowMs: 1500 });
  const connection = new HttpConnection({
    name: 'gitea',
    baseUrl: `${proxy.url}/api/v1`,
    token: gitea.token,
    connections: CALLERS,
    deadlineMs: DEADLINE_MS,
    headersTimeoutMs: TIMEOUT_MS,
    bodyTimeoutMs: TIMEOUT_MS,
    retry: { budgetRatio: BUDGET.ratio, budgetPerSecond: BUDGET.perSecond },
    breaker: { openMs: OPEN_MS },
  });
  await connection.open();
  const opened = performance.now();
  const deadlines = new AsyncLocalStorage();
  const issues = new GiteaIssueRepository(withDeadlines(connection, deadlines), {
    owner: gitea.owner,
    repository: gitea.repository,
  });
  try {
    proxy.setRate(rate);
    const said = new Map();
    const results = await runAll(operations, (operation) =>
      deadlines.run(performance.now() + operation.deadlineMs, () =>
        perform(issues, operation, numbers, said),
      ),
    );
    proxy.setRate(0);
    const { counters } = connection.stats();
    const seconds = (performance.now() - opened) / 1000;
    const violations = [
      ...results.flatMap(checkResult),
      ...checkBudget(counters, seconds),
      ...(proxy.requests.length > counters.attempts
        ? [`${proxy.requests.length} requests came to the proxy, of ${counters.attempts} attempts`]
        : []),
    ];
    const checked = await checkServer(ask, repository, numbers, results);
    violations.push(...checked.violations);
    printResults(results, counters, proxy, seconds, checked.found);
    await deadlines
      .run(Infinity, () =>
        outage({ connection, proxy, issues, numbers: numbers.shared, openMs: OPEN_MS, patienceMs: 30_000 }),
      )
      .then(printOutage, (error) => violations.push(`outage: ${error.message}`));
    violations.push(
      ...checkBudget(connection.stats().counters, (performance.now() - opened) / 1000).map(
        (violation) => `with the outage: ${violation}`,
      ),
    );
    const compared = results.filter(({ operation }) => !operation.isHurried);
    const failures = compared.filter(({ error }) => error !== undefined && isOurFailure(error)).length;
    return { violations, failures, compared: compared.length };
  } finally {
    await connection.close();
    await proxy.stop();
  }
}

async function runBare({ gitea, ask, operations, seed, rate }) {
  const repository = `repos/${gitea.owner}/bare`;
  const numbers = await prepare(ask, repository, CALLERS);
  const labelIds = new Map((await ask('GET', `${repository}/labels`)).map(({ name, id }) => [name, id]));
  const proxy = await startFaultProxy({ target: gitea.url, seed, slowMs: 1500 });
  const client = bareClient({
    url: proxy.url,
    token: gitea.token,
    repository,
    callers: CALLERS,
    timeoutMs: TIMEOUT_MS,
  });
  try {
    proxy.setRate(rate);
    const results = await runAll(operations, (operation) =>
      performBare(client, operation, numbers, labelIds),
    );
    const failures = results.filter(
      ({ operation, error }) => !operation.isHurried && error !== undefined && isTransient(error),
    );
    console.log(
      `bare client: ${proxy.requests.length} requests, ${proxy.requests.length - proxy.counts.none} faults`,
    );
    return { failures: failures.length };
  } finally {
    client.close();
    await proxy.stop();
  }
}

/** Each caller does its own operations one after the other; all callers at once. */
async function runAll(operations, work) {
  const results = [];
  const caller = async (number) => {
    for (const operation of operations) {
      if (operation.caller !== number) continue;
      const began = performance.now();
      const error = await work(operation).then(
        () => undefined,
        (thrown) => thrown,
      );
      results.push({ operation, error, ms: performance.now() - began });
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  return results;
}

/**
 * The connection's deadline is that of a request, and an operation makes several: here they share the time of their
 * operation.
 */
function withDeadlines(connection, deadlines) {
  return {
    request: (request) => {
      const leftMs = (deadlines.getStore() ?? Infinity) - performance.now();
      if (leftMs < 1) {
        return Promise.reject(new Timeout('DEADLINE_EXCEEDED', 'the time of the operation is over'));
      }
      const deadlineMs = Math.floor(Math.min(leftMs, request.deadlineMs ?? DEADLINE_MS));
      return connection.request({ ...request, deadlineMs });
    },
  };
}

/** Failures of the server or of the way to it; a conflict with another caller's edit is an answer. */
function isOurFailure({ code }) {
  return code === 'DEADLINE_EXCEEDED' || code?.startsWith('HTTP_') === true;
}

function checkResult({ operation: { kind, index, deadlineMs, isHurried }, error, ms }) {
  const violations = [];
  const what = `operation ${index} (${kind})`;
  if (ms > deadlineMs + SLACK_MS) {
    violations.push(`${what} took ${ms.toFixed(0)} ms, its deadline is ${deadlineMs} ms`);
  }
  if (error === undefined) return violations;
  if (error instanceof WrongAnswer) violations.push(`${what}: ${error.message}`);
  else if (!isMarkitectError(error) || !(error.code in errorCodes)) {
    violations.push(`${what} failed without a documented code: ${error.stack}`);
  } else if (!isOurFailure(error) && !(kind === 'guardedEdit' && error.code === 'ISSUE_CHANGED')) {
    violations.push(`${what} was refused: ${error.code} ${error.message}`);
  } else if (error.code === 'DEADLINE_EXCEEDED' && !isHurried && ms < deadlineMs / 2) {
    violations.push(`${what} was told after ${ms.toFixed(0)} ms that its time is over`);
  }
  return violations;
}

/** As the budget promises: what a new connection has, a share of the requests, and some in each second. */
function checkBudget({ requests, shared, retries, hedges }, seconds) {
  const most = BUDGET.first + BUDGET.ratio * (requests - shared) + BUDGET.perSecond * seconds;
  return retries + hedges <= most
    ? []
    : [`${retries} repeats and ${hedges} hedges are more than the budget of ${most.toFixed(0)}`];
}

function printResults(results, counters, proxy, seconds, found) {
  const codes = new Map();
  for (const { operation, error } of results) {
    const code = `${error === undefined ? 'answered' : (error.code ?? error.name)}${operation.isHurried ? ' (hurried)' : ''}`;
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  const sorted = results.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
  const { requests, shared, attempts, retries, retriesRefused } = counters;
  const faults = Object.entries(proxy.counts).filter(([kind, times]) => kind !== 'none' && times > 0);
  console.table(Object.fromEntries([...codes].sort().map(([code, times]) => [code, { operations: times }])));
  console.log(`faults: ${faults.map(([kind, times]) => `${kind} ${times}`).join(', ')}`);
  console.log(
    `${seconds.toFixed(0)} s; operations p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ` +
      `${requests} requests (${shared} shared), ${attempts} attempts, ${proxy.requests.length} at the proxy`,
  );
  console.log(
    `${retries} repeats (${retriesRefused} refused by the budget): ${(attempts / (requests - shared)).toFixed(3)} attempts ` +
      `for a request, at most ${1 + BUDGET.ratio} and ${BUDGET.perSecond} in a second`,
  );
  console.log(
    `writes: ${found.twice} carried out twice, ${found.missing} acknowledged and missing; ` +
      `${found.unknown} told that their outcome is not known, ${found.unknownThere} of them are on the server; ` +
      `${found.late} hurried ones were carried out after their caller was told that they were not`,
  );
}

function printOutage({ openedAfterMs, probes, refused, closedAfterMs, opened, codes }) {
  console.log(
    `outage: the breaker opened after ${openedAfterMs} ms, ${opened} times; in 4 s ${probes} probes were sent and ` +
      `${refused} calls refused at once; closed ${closedAfterMs} ms after the server was back ` +
      `(${[...codes].map(([code, times]) => `${code} ${times}`).join(', ')})`,
  );
}
