import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

/** The folders of the workspace's projects, from the one list npm and Nx read too. */
export function projectFolders() {
  const { workspaces } = readJson('package.json');
  return workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => `${pattern.slice(0, -2)}/${name}`)
      : [pattern],
  );
}

/** The packages that are published: folder, name and manifest of each. */
export function publicPackages() {
  return projectFolders()
    .map((folder) => ({ folder, manifest: readJson(`${folder}/package.json`) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({ folder, name: manifest.name, manifest }));
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}
