// `npm run quickstart [-- path…]`: from a fresh clone to searchable knowledge.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { must, run } from './run.mjs';

bootstrap();

const paths = ['docs', ...process.argv.slice(2)];
const markitect = join(root, 'apps', 'cli', 'dist', 'main.js');

step('Building');
await must('npx', ['nx', 'run-many', '-t', 'build', '--parallel=2', '--output-style=static'], quiet());
if (!existsSync(markitect)) throw new Error(`the build left no ${markitect}`);

step(`Ingesting ${paths.join(', ')}`);
const code = await run('node', [markitect, 'ingest', ...paths]);
// 6: some files could not be read and were reported; the others are in.
if (code !== 0 && code !== 6) process.exit(code);

step('What is stored');
await must('node', [markitect, 'docs', 'list', '--limit', '10']);

step('A search: markitect docs search commit --limit 3');
await must('node', [markitect, 'docs', 'search', 'commit', '--limit', '3']);

console.log(`
Try next, in this folder:
  npx markitect docs search 'tree*' crash          full-text search
  npx markitect docs show docs/architecture.md    a document in the terminal
  npx markitect docs links docs/architecture.md   where it leads and what leads to it
  npx markitect docs query --all 'heading[depth=2]'
  npx markitect serve                             the API, with its pages at /docs
  npx markitect --help                            everything else
`);

function step(title) {
  console.log(`\n▸ ${title}`);
}

function quiet() {
  return { NX_TUI: 'false' };
}
