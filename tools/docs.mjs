// Writes the pages that are derived from the code and the tour of the README (`--write`), or fails when they differ
// (`--check`).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './bootstrap.mjs';
import { apiPage } from './docs/api-page.mjs';
import { cliPage } from './docs/cli-page.mjs';
import { configurationPage } from './docs/configuration-page.mjs';
import { errorsPage } from './docs/errors-page.mjs';
import { schemaPage } from './docs/schema-page.mjs';
import { toured } from './docs/tour.mjs';

const note = '<!-- Made by `npm run docs` from the code. Do not edit. -->';
const derived = (render) => async () => `${note}\n\n${await render()}`;

/** Each page, and what makes it of what it says now. The README last: it counts the others. */
const pages = {
  'docs/reference/api.md': derived(apiPage),
  'docs/reference/cli.md': derived(cliPage),
  'docs/reference/configuration.md': derived(configurationPage),
  'docs/reference/errors.md': derived(errorsPage),
  'docs/reference/schema.md': derived(schemaPage),
  'README.md': toured,
};

const check = process.argv.includes('--check');
const stale = [];
for (const [page, render] of Object.entries(pages)) {
  const file = join(root, page);
  const text = await format(await render(existsSync(file) ? readFileSync(file, 'utf8') : ''), {
    ...(await resolveConfig(file)),
    parser: 'markdown',
  });
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale.push(page);
  if (!check) writeFileSync(file, text);
}

if (check && stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}; run \`npm run docs\``);
  process.exit(1);
}
console.log(
  stale.length > 0 ? `written: ${stale.join(', ')}` : `${Object.keys(pages).length} pages are true`,
);
