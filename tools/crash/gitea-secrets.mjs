// The command line and the server on a real Gitea behind faults, with everything switched on that says something; then
// all they said is searched for the token.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultProxy } from '@markitect/testing/services';
import { root } from '../bootstrap.mjs';
import { changedFiles, holdsOne } from '../token-hunt.mjs';
import { asker, startServer } from './gitea-server.mjs';

const cli = join(root, 'apps/cli/bin/markitect.js');
/** An exception that nobody catches, a while after this is asked for. */
const CRASH = "data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('crashed on purpose')})";

/**
 * Runs commands and a server that log everything, export spans and metrics, fail in every way the faults have, and end
 * with an uncaught exception and Node's report of it. The token may be in nothing of that.
 */
export async function crash({ seed }) {
  const gitea = await startServer('secrets');
  if (gitea === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'markitect-secrets-'));
  const collector = await startCollector();
  const proxy = await startFaultProxy({
    target: gitea.url,
    seed,
    slowMs: 100,
    hugeBytes: 100_000,
    rate: 0.3,
  });
  try {
    for (const name of ['said', 'data', 'reports']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'token'), `${gitea.token}\n`, { mode: 0o600 });
    writeFileSync(join(folder, 'wrong-token'), `${'f'.repeat(40)}\n`, { mode: 0o600 });
    const ask = asker(gitea);
    for (let index = 1; index <= 5; index += 1) {
      await ask('POST', `repos/${gitea.owner}/${gitea.repository}/issues`, { title: `Issue ${index}` });
    }
    const env = {
      ...process.env,
      MARKITECT_GITEA_URL: proxy.url,
      MARKITECT_GITEA_OWNER: gitea.owner,
      MARKITECT_GITEA_REPOSITORY: gitea.repository,
      MARKITECT_GITEA_TOKEN_FILE: join(folder, 'token'),
      MARKITECT_GITEA_PROGRESS_TIMEOUT_MS: '1000',
      MARKITECT_GITEA_DEADLINE_MS: '5000',
      MARKITECT_GITEA_MAX_RESPONSE_BYTES: '50000',
      MARKITECT_DATA_DIR: join(folder, 'data'),
      MARKITECT_DEBUG: '1',
      LOG_LEVEL: 'trace',
      OTEL_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    };
    delete env.MARKITECT_GITEA_TOKEN;
    const run = { folder, env };
    await runCommands(run, proxy, gitea);
    await runServer(run, proxy);
    const problems = search(folder, collector.said, gitea);
    for (const problem of problems) console.error(`✗ ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
    else console.log('✓ the token is nowhere');
  } finally {
    await proxy.stop();
    await collector.stop();
    await gitea.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Commands that work, that meet faults, and that fail for certain; people's output and JSON. */
async function runCommands({ folder, env }, proxy, { owner }) {
  let count = 0;
  const command = async (args, more = {}) => {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...env, ...more }, cwd: folder });
    await ended(child, join(folder, 'said', `command-${(count += 1)}`));
  };
  await command(['init']);
  for (const args of [
    ['issues', 'create', '--title', 'Made', '--json'],
    ['issues', 'show', '1', '--verbose'],
    ['issues', 'sync'],
    ['config', 'show', '--json'],
  ]) {
    await command(args);
  }
  await command(['issues', 'list', '--json'], { MARKITECT_GITEA_TOKEN_FILE: join(folder, 'wrong-token') });
  await command(['issues', 'list', '--json'], { MARKITECT_GITEA_OWNER: `${owner}-not` });
  proxy.setRate(1);
  await command(['issues', 'comment', '1', 'Is it?', '--json', '--verbose']);
  await command(['board', '--verbose']);
  proxy.setRate(0.3);
}

/** Answers with faults and without, a server that is down, and then the end that nobody wanted. */
async function runServer({ folder, env }, proxy) {
  const child = spawn(
    process.execPath,
    [
      ...['--report-uncaught-exception', `--report-directory=${join(folder, 'reports')}`, '--import', CRASH],
      ...[cli, 'serve', '--port', '0', '--json'],
    ],
    { env, cwd: folder },
  );
  const said = join(folder, 'said', 'server');
  const end = ended(child, said);
  const url = await serverUrl(said, child);
  const answers = [];
  for (const rate of [0, 0.5, 1]) {
    proxy.setRate(rate);
    for (const path of [
      ...['/v1/issues', '/v1/issues/1', '/v1/issues/99', '/v1/board', '/v1/issues?state=open&sort=updatedAt'],
      ...['/v1/connections', '/metrics', '/readyz', '/openapi.json', '/v1/issues?limit=wrong'],
    ]) {
      answers.push(await answerOf(`${url}${path}`));
    }
    answers.push(await answerOf(`${url}/v1/issues`, { title: 'Made by the server' }));
    answers.push(await answerOf(`${url}/v1/issues/1/comments`, { body: 'Said by the server' }));
  }
  writeFileSync(join(folder, 'said', 'answers'), answers.join('\n'));
  await sleep(1000); // spans and metrics are exported in batches
  child.kill('SIGUSR2');
  await Promise.race([end, sleep(20_000).then(() => child.kill('SIGKILL'))]);
}

async function serverUrl(said, child) {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const [, url] = (existsSync(said) ? readFileSync(said, 'utf8') : '').match(/"url":\s*"([^"]+)"/) ?? [];
    if (url !== undefined) return url;
    if (child.exitCode !== null) break;
  }
  throw new Error(`the server did not start: ${readFileSync(said, 'utf8').slice(-1000)}`);
}

async function answerOf(url, body) {
  try {
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': url },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return `${url} ${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
  } catch (error) {
    return `${url} ${error.stack} ${error.cause?.stack ?? ''}`;
  }
}

/** Collects what a process says, until it ends. */
async function ended(child, file) {
  writeFileSync(file, '');
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => writeFileSync(file, chunk, { flag: 'a' }));
  }
  await new Promise((resolve) => child.once('close', resolve));
}

/** Takes what is exported, in the form in which it comes. */
async function startCollector() {
  const said = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      said.push(`${request.url} ${JSON.stringify(request.headers)} ${body.toString()}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    said,
    url: `http://127.0.0.1:${server.address().port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The places that hold the token; and the kinds of places that are missing, for then nothing was searched. */
function search(folder, exported, { token }) {
  const files = changedFiles(folder, 0).filter((file) => relative(folder, file) !== 'token');
  const texts = [token, Buffer.from(token).toString('base64').slice(0, 50)];
  const found = files
    .filter((file) => holdsOne(file, texts))
    .map((file) => `the token is in ${relative(folder, file)}`);
  if (exported.some((text) => texts.some((each) => text.includes(each)))) {
    found.push('the token is in what was exported');
  }
  const server = readFileSync(join(folder, 'said', 'server'), 'utf8');
  const reports = files.filter((file) => relative(folder, file).startsWith('reports'));
  const there = {
    'lines of the log': server.split('\n').filter((line) => line.startsWith('{"level"')).length,
    'exported spans and metrics': exported.filter((text) => text.includes('IssueRepository')).length,
    'failed commands': files.filter((file) =>
      /"?code"?[^\n]*(HTTP_|TRACKER_|DEADLINE)/.test(textOf(file, folder)),
    ).length,
    'stacks of the crash': server.split('crashed on purpose').length - 1,
    'reports of the crash': reports.length,
  };
  for (const [what, times] of Object.entries(there)) if (times === 0) found.push(`there are no ${what}`);
  console.log(
    `secrets: ${files.length} files and ${exported.length} exports searched, among them ${Object.entries(
      there,
    )
      .map(([what, times]) => `${times} ${what}`)
      .join(', ')}`,
  );
  return found;
}

function textOf(file, folder) {
  return relative(folder, file).startsWith('said/command') ? readFileSync(file, 'utf8') : '';
}
