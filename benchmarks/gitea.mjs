// `npm run bench -- gitea`: one curl process per request, bare axios with keep-alive, and our HTTP connection with
// everything switched on, against a server that answers at once and, where there is one, against a real Gitea.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { promisify } from 'node:util';
import { HttpConnection } from '@markitect/adapter-http';
import axios from 'axios';

const curlProcess = promisify(execFile);
const SIDES = ['curl', 'axios', 'ours'];
const cases = [
  { callers: 1, counts: { curl: 40, axios: 600, ours: 1200 } },
  { callers: 64, counts: { curl: 256, axios: 3000, ours: 9000 }, aims: { curl: 30, axios: 1.5 } },
];

/** Runs the benchmark. `--rounds=N`: how often each side does each case; the median counts. Default 5. */
export async function run(args = []) {
  const rounds = Number(args.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 5);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error('--rounds takes a whole number from 3');
  console.log(
    `GET of one page of issues as JSON, every request a different one; medians of ${rounds} interleaved rounds\n` +
      'ours: token, retries and their budget, breaker, bulkhead, rate limit, sharing, hedging, deadline all on\n',
  );
  const local = await startLocal();
  await compare('a local server that answers at once with 2 KB', local, rounds, 1);
  await local.stop();
  const gitea = await startRealGitea();
  if (gitea === undefined) {
    console.log(
      '\nreal Gitea: skipped, none was found (MARKITECT_GITEA_BIN, `gitea` on the PATH, or tools/gitea.mjs)',
    );
    return;
  }
  await compare('a real Gitea: the server is what takes the time', gitea, rounds, 0.1);
  await gitea.stop();
}

async function compare(title, server, rounds, share) {
  const sides = await openSides(server);
  console.log(title);
  print('', '', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms/req');
  for (const { callers, counts, aims } of cases) {
    const results = await measure(sides, callers, counts, rounds, share);
    for (const name of SIDES) printRow(name, callers, results[name]);
    for (const [name, aim] of Object.entries(share === 1 ? (aims ?? {}) : {})) {
      const ratio = results.ours.rate / results[name].rate;
      console.log(
        `${ratio >= aim ? '✓' : '✗'} ours is ${ratio.toFixed(1)} times ${name}; the aim is ≥ ${aim}`,
      );
    }
  }
  const { counters } = sides.connection.stats();
  console.log(`ours: ${JSON.stringify(counters)}\n`);
  await sides.connection.close();
}

/** Interleaved rounds; the first warms up and is not counted. `share`: of the counts, for slow servers. */
async function measure(sides, callers, counts, rounds, share) {
  const results = Object.fromEntries(SIDES.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? SIDES : [...SIDES].reverse()) {
      globalThis.gc?.();
      const count = Math.max(callers, Math.round(counts[name] * share));
      const result = await measureOnce(sides[name], callers, count);
      if (round > 0) results[name].push(result);
    }
  }
  const medians = (list) =>
    Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((each) => each[key]))]));
  return Object.fromEntries(SIDES.map((name) => [name, medians(results[name])]));
}

async function measureOnce(request, callers, count) {
  const latencies = [];
  const cpu = cpuMs();
  const start = performance.now();
  let next = 0;
  const caller = async () => {
    while (next < count) {
      next += 1;
      const began = performance.now();
      await request();
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const rate = (count / (performance.now() - start)) * 1000;
  latencies.sort((left, right) => left - right);
  const at = (quantile) => latencies[Math.min(count - 1, Math.floor(count * quantile))];
  return { rate, p50: at(0.5), p95: at(0.95), p99: at(0.99), cpu: (cpuMs() - cpu) / count };
}

/** The processor time of this process and of its children that have ended: curl's, where the system tells. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  let children = 0;
  try {
    // Fields 16 and 17 of proc_pid_stat(5), in hundredths of a second; the name before them may contain spaces.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    children = (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    // Not Linux.
  }
  return (user + system) / 1000 + children;
}

async function openSides({ url, path, token, pages }) {
  let page = 0;
  const query = () => ({ limit: 1, page: (page += 1) % pages, nonce: page });
  const bare = axios.create({
    baseURL: url,
    httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }),
    headers: { authorization: `token ${token}` },
  });
  const connection = new HttpConnection({
    name: 'gitea',
    baseUrl: url,
    token,
    rateLimit: { perSecond: 100_000 },
    hedgeAfterMs: 5000,
  });
  await connection.open();
  return {
    connection,
    curl: async () => {
      const address = new URL(`${url}/${path}`);
      for (const [name, value] of Object.entries(query())) address.searchParams.set(name, value);
      const { stdout } = await curlProcess('curl', [
        '-sS',
        '-H',
        `Authorization: token ${token}`,
        address.href,
      ]);
      return JSON.parse(stdout);
    },
    axios: async () => (await bare.get(path, { params: query() })).data,
    ours: async () => (await connection.request({ method: 'GET', path, query: query() })).body,
  };
}

/** A server in a process of its own, so that its work is not counted as ours. */
async function startLocal() {
  const child = fork(new URL(import.meta.url), ['serve'], { stdio: 'inherit' });
  const [port] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    path: 'repos/a/b/issues',
    token: 'none',
    pages: 1_000_000,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

if (process.argv[2] === 'serve' && process.send !== undefined) {
  const { createServer } = await import('node:http');
  const issue = (number) => ({
    number,
    title: `Issue ${number}`,
    body: 'x'.repeat(120),
    state: 'open',
    labels: ['a'],
  });
  const body = Buffer.from(JSON.stringify(Array.from({ length: 10 }, (_, index) => issue(index))));
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
}

/** The launcher of the tests, when it and a Gitea are there. */
async function startRealGitea() {
  const launcher = new URL('../packages/testing/dist/services/gitea.js', import.meta.url);
  const finder = new URL('../packages/testing/dist/services/gitea-program.js', import.meta.url);
  const { giteaProgram } = await import(finder.href);
  if (giteaProgram() === undefined) return undefined;
  const { startGitea } = await import(launcher.href);
  const gitea = await startGitea();
  const path = `repos/${gitea.owner}/${gitea.repository}/issues`;
  const headers = { authorization: `token ${gitea.token}`, 'content-type': 'application/json' };
  for (let number = 1; number <= 20; number += 1) {
    const body = JSON.stringify({ title: `Issue ${number}`, body: 'x'.repeat(500) });
    const { status } = await fetch(`${gitea.url}/api/v1/${path}`, { method: 'POST', headers, body });
    if (status !== 201) throw new Error(`the issue was not made: ${status}`);
  }
  return { url: `${gitea.url}/api/v1`, path, token: gitea.token, pages: 20, stop: () => gitea.stop() };
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function printRow(name, callers, { rate, p50, p95, p99, cpu }) {
  const who = callers === 1 ? '1 caller' : `${callers} callers`;
  print(name, who, rate.toFixed(0), ...[p50, p95, p99].map((each) => each.toFixed(2)), cpu.toFixed(3));
}

function print(first, ...cells) {
  console.log(first.padEnd(8) + cells.map((cell) => cell.padStart(12)).join(''));
}
