// `node tools/gitea.mjs`: prints the path of a real Gitea, built from source into the cache folder when it isn't there.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const GITEA_VERSION = '1.27.3';

/** What the server reads at run time (its STATIC_ROOT_PATH): beside the binary in the cache. */
const STATIC_FOLDERS = ['templates', 'options', 'public'];

/**
 * The same source is published under the project's former module path as well, which more module proxies serve than
 * the new one (`gitea.dev`). Its own imports say `gitea.dev`, its go.mod has replace directives, and so neither
 * `go install` nor a plain `go build` of the module works: the source is copied and the copy is built.
 */
const SOURCE = `code.gitea.io/gitea@v${GITEA_VERSION}`;

/** Three dependencies under names, or in versions, that proxies serve. None of them is used to serve the API. */
const REPLACEMENTS = [
  // The runner's protocol, under the name it had before the project's domain changed.
  'gitea.dev/actions-proto-go=code.gitea.io/actions-proto-go@v0.6.0',
  // The client library, likewise. Only the migration from other Gitea servers uses it.
  'gitea.dev/sdk=code.gitea.io/sdk/gitea@v0.25.1',
  // The wanted version is refused by some proxies. Only the migration from GitLab uses it.
  'gitlab.com/gitlab-org/api/client-go/v2=gitlab.com/gitlab-org/api/client-go/v2@v2.64.0',
];

/** Does not compile against the replaced client library; nothing else refers to it: it imports foreign repositories. */
const LEFT_OUT = ['services/migrations/gitea_downloader.go'];

/** @returns {string} the folder that holds the binary and its static files, whether they are there or not. */
export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'markitect', 'gitea', GITEA_VERSION);
}

/**
 * The path of a Gitea that runs, with its static files beside it. Builds it when it isn't in the cache: about four
 * minutes on two cores, 20 s when Go has built it before. Several at once are safe: each builds beside the cache
 * folder and puts a whole folder in its place; the last one wins and all are the same.
 *
 * @returns {string}
 * @throws {Error} when Go or git is missing, or the build fails.
 */
export function provideGitea() {
  const folder = cacheFolder();
  const binary = join(folder, 'gitea');
  if (!isComplete(folder)) build(folder);
  return binary;
}

function isComplete(folder) {
  if (!STATIC_FOLDERS.every((name) => existsSync(join(folder, name)))) return false;
  const answer = spawnSync(join(folder, 'gitea'), ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && answer.stdout.includes(GITEA_VERSION);
}

function build(folder) {
  for (const program of ['go', 'git']) {
    if (spawnSync(program, [program === 'go' ? 'version' : '--version']).status !== 0) {
      throw new Error(`Building Gitea needs ${program} on the PATH; it isn't there.`);
    }
  }
  console.error(`Building Gitea ${GITEA_VERSION} into ${folder} (about four minutes the first time) …`);
  mkdirSync(dirname(folder), { recursive: true });
  const source = mkdtempSync(join(tmpdir(), 'markitect-gitea-source-'));
  const made = mkdtempSync(join(dirname(folder), `.${GITEA_VERSION}-`));
  try {
    copyWritable(moduleFolder(), source);
    for (const file of LEFT_OUT) rmSync(join(source, file), { force: true });
    go(source, ['mod', 'edit', ...REPLACEMENTS.flatMap((replacement) => ['-replace', replacement])]);
    const version = `-X main.Version=${GITEA_VERSION}`;
    go(source, ['build', '-trimpath', '-ldflags', version, '-o', join(made, 'gitea'), '.']);
    for (const name of STATIC_FOLDERS) cpSync(join(source, name), join(made, name), { recursive: true });
    chmodSync(made, 0o755);
    if (!isComplete(made)) throw new Error('The Gitea that was built does not run.');
    put(made, folder);
  } finally {
    rmSync(source, { recursive: true, force: true });
    rmSync(made, { recursive: true, force: true });
  }
}

/** A folder can't replace a full one in one step: what lies there moves aside first. Whoever comes second tries again. */
function put(made, folder) {
  const aside = `${made}-old`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (existsSync(folder)) {
        if (isComplete(folder)) return;
        renameSync(folder, aside);
      }
      renameSync(made, folder);
      return;
    } catch (error) {
      if (attempt === 10) throw error;
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  }
}

function moduleFolder() {
  const described = go(tmpdir(), ['mod', 'download', '-json', SOURCE], 'pipe');
  return JSON.parse(described).Dir;
}

/** The module cache is read-only, and so would the copy be. */
function copyWritable(from, to) {
  cpSync(from, to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) chmodSync(path, entry.isDirectory() ? 0o755 : 0o644);
  }
}

/** Go's own progress goes to our standard error; our standard output is the path and nothing else. */
function go(cwd, args, stdout = 2) {
  return execFileSync('go', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 2],
    env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(provideGitea());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
