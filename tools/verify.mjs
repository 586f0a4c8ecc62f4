// `npm test`: everything that has to hold before a change lands, each step once, all steps reported.
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { projectFolders } from './projects.mjs';
import { run } from './run.mjs';
import { shortfalls, testCounts } from './test-counts.mjs';
import { startTokenHunt } from './token-hunt.mjs';

bootstrap();

const steps = [
  ['formatting', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']],
  [
    'build, lint, typecheck, test',
    'npx',
    ['nx', 'run-many', '-t', 'build', 'lint', 'typecheck', 'test', '--parallel=2', '--output-style=static'],
  ],
  ['generated documentation', 'node', ['tools/docs.mjs', '--check']],
  ['packing', 'node', ['tools/pack-check.mjs']],
  ['crash safety of ingest', 'node', ['tools/crash.mjs', 'ingest', '--runs', '20']],
  ['crash safety of units of work', 'node', ['tools/crash.mjs', 'units', '--runs', '100']],
  ['Gitea behind faults', 'node', ['tools/crash.mjs', 'gitea', '--operations', '300', '--seed', '1']],
  [
    'a mirror of Gitea, killed',
    'node',
    ['tools/crash.mjs', 'sync', '--issues', '150', '--kills', '3', '--seed', '1'],
  ],
  ['caches of two processes', 'node', ['tools/crash.mjs', 'cache-race', '--rounds', '2000', '--seed', '1']],
  [
    'a queue whose workers are killed and frozen',
    'node',
    ['tools/crash.mjs', 'queue', '--tasks', '1500', '--workers', '4'],
  ],
  ['a research whose workers are killed', 'node', ['tools/crash.mjs', 'research']],
  [
    'a cutover with everything that can go wrong',
    'node',
    ['tools/crash.mjs', 'cutover', '--profiles', '300'],
  ],
  ['issues between two clients', 'node', ['tools/crash.mjs', 'cutover-issues']],
  ['tokens in logs, spans and crashes', 'node', ['tools/crash.mjs', 'secrets', '--seed', '1']],
  ['a cache whose Redis is killed', 'node', ['tools/crash.mjs', 'cache-redis', '--runs', '1']],
];

const failed = [];
const hunt = startTokenHunt();
for (const [name, program, args] of steps) {
  console.log(`\n▸ ${name}`);
  const env = { FORCE_COLOR: process.stdout.isTTY ? '1' : '0', ...hunt.env };
  const code = await run(program, args, env, hunt.output);
  if (code !== 0) failed.push(name);
}

console.log('\n▸ token hunting');
if (!hunt.end()) failed.push('token hunting');

const counts = testCounts(projectFolders().map((folder) => join(root, folder)));
failed.push(...shortfalls(counts));
if (failed.length > 0) console.log(`\nFailed: ${failed.join('; ')}`);
console.log(
  `\n${counts.passed} passed, ${Math.max(counts.failed, failed.length)} failed, ${counts.skipped} skipped`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
