// `npm run crash -- <name> [--runs N] [--seed S]`: kills working processes at random moments and checks what is left.
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';

bootstrap();

const harnesses = {
  concurrency: './crash/concurrency.mjs',
  ingest: './crash/ingest.mjs',
  units: './crash/units-of-work.mjs',
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '20' }, seed: { type: 'string' } },
});
const harness = harnesses[positionals[0]];
if (harness === undefined) {
  console.error(`usage: npm run crash -- <${Object.keys(harnesses).join('|')}> [--runs N] [--seed S]`);
  process.exit(2);
}
const { crash } = await import(harness);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
await crash({ runs: Number(values.runs), seed });
