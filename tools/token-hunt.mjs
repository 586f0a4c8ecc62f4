// Looks whether a token got out: everything that a run printed, and every file that it left, is searched for the tokens
// that its servers had.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './bootstrap.mjs';
import { servicesAreRequired } from './test-counts.mjs';

/**
 * Begins. Programs are run with `env`, and their output is appended to `output`; the launcher of servers notes each
 * token it makes. `end()` searches, says what was found, and answers whether that is nothing; where services are required
 * a run whose servers noted no token has shown nothing.
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
    const isIdle = tokens.length === 0 && servicesAreRequired();
    if (isIdle) console.error('✗ no server noted its token, and MARKITECT_REQUIRE_SERVICES is 1');
    return found.length === 0 && !isIdle;
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
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', '.git'].includes(entry.name) ? [] : changedFiles(path, since);
    }
    return entry.isFile() && lookAt(path)?.mtimeMs >= since ? [path] : [];
  });
}

/** What the run left in the folder for temporary files; a server's own folder may hold its own tokens. */
function leftovers(since, own) {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith('markitect-') && !name.startsWith('markitect-gitea-'))
    .map((name) => join(tmpdir(), name))
    .filter((path) => path !== own)
    .flatMap((path) => {
      const found = lookAt(path);
      if (found === undefined) return [];
      return found.isDirectory() ? changedFiles(path, since) : [path];
    });
}

// Others make and remove files meanwhile: what is gone has nothing in it.
const lookAt = (path) => statSync(path, { throwIfNoEntry: false });

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
