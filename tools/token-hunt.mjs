// Looks whether a token got out: everything that a run printed, and every file that it left, is searched for the tokens
// that its servers had.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './bootstrap.mjs';

/**
 * Begins. Programs are run with `env`, and their output is appended to `output`; the launcher of servers notes each
 * token it makes. `end()` searches, says what was found, and answers whether that is nothing.
 */
export function startTokenHunt() {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-token-hunt-'));
  const [ledger, output] = [join(folder, 'tokens'), join(folder, 'output')];
  writeFileSync(ledger, '', { mode: 0o600 });
  writeFileSync(output, '', { mode: 0o600 });
  // File systems may keep whole seconds only.
  const since = Date.now() - 1000;
  const end = () => {
    const tokens = readFileSync(ledger, 'utf8').split('\n').filter(Boolean);
    const files = [...changedFiles(root, since), ...leftovers(since, folder)];
    const printed = readFileSync(output);
    const found = files.filter((file) => holdsOne(file, tokens)).map((file) => relative(root, file));
    if (tokens.some((token) => printed.includes(token))) found.push('the output of this run');
    rmSync(folder, { recursive: true, force: true });
    for (const place of found) console.error(`✗ a token is in ${place}`);
    console.log(
      `${tokens.length} tokens looked for in ${printed.length} bytes of output and ${files.length} files: ` +
        (found.length === 0 ? 'none found' : `found in ${found.length} places`),
    );
    return found.length === 0;
  };
  return { env: { MARKITECT_TOKEN_LEDGER: ledger }, output, end };
}

/** Whether one of these texts is in a file. */
export function holdsOne(file, texts) {
  try {
    const content = readFileSync(file);
    return texts.some((text) => content.includes(text));
  } catch {
    return false; // Gone, or too large to be anything that was said.
  }
}

/** The files below a folder that were written since then, those of packages and of git left out. */
export function changedFiles(folder, since) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', '.git'].includes(entry.name) ? [] : changedFiles(path, since);
    }
    return entry.isFile() && statSync(path).mtimeMs >= since ? [path] : [];
  });
}

/** What the run left in the folder for temporary files; a server's own folder may hold its own tokens. */
function leftovers(since, own) {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith('markitect-') && !name.startsWith('markitect-gitea-'))
    .map((name) => join(tmpdir(), name))
    .filter((path) => path !== own && existsSync(path))
    .flatMap((path) => (statSync(path).isDirectory() ? changedFiles(path, since) : [path]));
}
