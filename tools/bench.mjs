// `npm run bench -- <name> [arguments]`: builds, then runs one of our benchmarks and prints its table.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, root } from './bootstrap.mjs';
import { must } from './run.mjs';

bootstrap();

const [name, ...args] = process.argv.slice(2);
const folder = join(root, 'benchmarks');
const file = join(folder, `${name}.mjs`);
const names = readdirSync(folder)
  .filter((entry) => /^[a-z]+\.mjs$/.test(entry))
  .map((entry) => entry.slice(0, -4));

if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- <${names.join('|')}> [arguments]`);
  process.exit(2);
}
await must('npx', ['nx', 'run-many', '-t', 'build', '--parallel=2', '--output-style=static'], {
  NX_TUI: 'false',
});
const benchmark = await import(pathToFileURL(file).href);
await benchmark.run(args);
