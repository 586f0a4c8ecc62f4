// `npm run crash -- <name> [--seed S] …`: kills working processes, or breaks the way to a server, at random moments and
// checks what is left. `--runs N` for concurrency, ingest and units; `--operations N --rate R` for gitea; `--issues N
// --kills K` for sync and research; `--profiles N` for cutover.
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';

bootstrap();

const harnesses = {
  'cache-race': './crash/cache-race.mjs',
  'cache-redis': './crash/cache-redis.mjs',
  concurrency: './crash/concurrency.mjs',
  cutover: './crash/cutover.mjs',
  'cutover-issues': './crash/cutover-issues.mjs',
  gitea: './crash/gitea.mjs',
  ingest: './crash/ingest.mjs',
  queue: './crash/queue.mjs',
  'rate-limit': './crash/rate-limit.mjs',
  research: './crash/research.mjs',
  secrets: './crash/gitea-secrets.mjs',
  sync: './crash/gitea-sync.mjs',
  units: './crash/units-of-work.mjs',
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string' },
    operations: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '0.1' },
    issues: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '20000' },
    broken: { type: 'string' },
    kills: { type: 'string' },
    tasks: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '8' },
    seconds: { type: 'string' },
    profiles: { type: 'string' },
  },
});
const harness = harnesses[positionals[0]];
if (harness === undefined) {
  console.error(`usage: npm run crash -- <${Object.keys(harnesses).join('|')}> [--seed S] …`);
  process.exit(2);
}
const { crash } = await import(harness);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const { rounds, broken, runs, operations, rate, issues, kills, tasks, workers, seconds, profiles } = values;
await crash({
  runs: Number(runs),
  rounds: Number(rounds),
  broken,
  operations: Number(operations),
  rate: Number(rate),
  issues: Number(issues),
  kills: kills === undefined ? undefined : Number(kills),
  tasks: Number(tasks),
  workers: Number(workers),
  seconds: seconds === undefined ? undefined : Number(seconds),
  profiles: profiles === undefined ? undefined : Number(profiles),
  seed,
});
