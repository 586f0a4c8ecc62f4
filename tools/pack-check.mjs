// Packs every public package, installs each with what it needs into an empty project, and uses it there as its users
// would: from ES modules, from CommonJS, and with types.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, nodeHeaders, root } from './bootstrap.mjs';
import { publicPackages } from './projects.mjs';

bootstrap();

const only = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'markitect-pack-'));
const packages = publicPackages();
const tarballs = new Map();

try {
  for (const { folder, name } of packages) tarballs.set(name, pack(folder));
  let failures = 0;
  for (const each of packages) {
    if (only.length > 0 && !only.includes(each.name)) continue;
    try {
      check(each);
      console.log(`✓ ${each.name}`);
    } catch (error) {
      failures += 1;
      console.error(
        `✗ ${each.name}\n${[error.message, error.stdout, error.stderr].filter(Boolean).join('\n')}`,
      );
    }
  }
  if (failures > 0) process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function pack(folder) {
  const license = join(root, folder, 'LICENSE');
  cpSync(join(root, 'LICENSE'), license);
  try {
    const [{ filename, files }] = JSON.parse(
      npm(['pack', '--json', '--pack-destination', work], join(root, folder)),
    );
    const names = files.map((file) => file.path);
    for (const needed of ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']) {
      if (!names.includes(needed)) throw new Error(`${folder}: the package lacks ${needed}`);
    }
    const stray = names.filter((file) => /\.test\.|tsbuildinfo|(?<!\.d)\.ts$/.test(file));
    if (stray.length > 0) throw new Error(`${folder}: the package holds ${stray.join(', ')}`);
    return join(work, filename);
  } finally {
    rmSync(license);
  }
}

function check({ folder, name, manifest }) {
  const project = join(work, name.replace(/\W+/g, '-'));
  mkdirSync(project);
  const own = closure(manifest).map((dependency) => [dependency, `file:${tarballs.get(dependency)}`]);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'empty',
      private: true,
      dependencies: Object.fromEntries(own),
      overrides: rootOverrides(),
    }),
  );
  npm(
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
    project,
  );
  borrowNativeBuild(project);

  const names = exportedNames(join(root, folder, 'dist/index.js'));
  writeFileSync(
    join(project, 'use.mjs'),
    `import * as esm from '${name}';
import { createRequire } from 'node:module';
const cjs = createRequire(import.meta.url)('${name}');
const names = ${JSON.stringify(names)};
for (const name of names) {
  if (esm[name] === undefined) throw new Error('import has no ' + name);
  if (cjs[name] !== esm[name]) throw new Error('require and import give two different ' + name);
}
`,
  );
  writeFileSync(
    join(project, 'use.cjs'),
    `if (Object.keys(require('${name}')).length !== ${names.length}) throw new Error('other names by require');\n`,
  );
  for (const file of ['use.mjs', 'use.cjs']) {
    execFileSync(process.execPath, ['--no-warnings', file], { cwd: project, stdio: 'pipe' });
  }

  const using =
    names.length > 0
      ? `import { ${names.join(', ')} } from '${name}';\nexport const used = [${names.join(', ')}];\n`
      : `import type {} from '${name}';\n`;
  writeFileSync(join(project, 'types.mts'), using);
  writeFileSync(join(project, 'types.cts'), using);
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2023',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
      'types.mts',
      'types.cts',
    ],
    { cwd: project, stdio: 'pipe', encoding: 'utf8' },
  );
}

/** The package and those of ours that it needs, and that they need. */
function closure(manifest, found = new Set()) {
  found.add(manifest.name);
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (tarballs.has(dependency) && !found.has(dependency)) {
      closure(packages.find((each) => each.name === dependency).manifest, found);
    }
  }
  return [...found];
}

/** Versions that are broken here are avoided in the empty projects as they are in ours. */
function rootOverrides() {
  const { 'light-my-request': lightMyRequest } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ).overrides;
  return { 'light-my-request': lightMyRequest };
}

/** sqlite3 was compiled for this repository already: the empty project gets that build instead of another minute's. */
function borrowNativeBuild(project) {
  const target = join(project, 'node_modules/sqlite3');
  if (existsSync(target))
    cpSync(join(root, 'node_modules/sqlite3/build'), join(target, 'build'), { recursive: true });
}

/** The run-time names of a package: what its index lists, types left out by the compiler. */
function exportedNames(index) {
  return [...readFileSync(index, 'utf8').matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, list]) => list.split(','))
    .map((entry) =>
      entry
        .trim()
        .split(/\s+as\s+/)
        .at(-1),
    )
    .filter(Boolean);
}

function npm(args, cwd) {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...nodeHeaders() },
    shell: process.platform === 'win32',
  });
}
