import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** The release that tools/gitea.mjs builds and the tests are written for. */
const VERSION = '1.27.3';

/**
 * The path of the Gitea that tests start: MARKITECT_GITEA_BIN, else `gitea` on the PATH, else the one that
 * tools/gitea.mjs left in the cache folder; undefined when there is none.
 */
export function giteaProgram(): string | undefined {
  const { MARKITECT_GITEA_BIN: named, XDG_CACHE_HOME: cache } = process.env;
  if (named) return named;
  const cached = join(cache || join(homedir(), '.cache'), 'markitect', 'gitea', VERSION, 'gitea');
  return onPath('gitea') ?? (existsSync(giteaStaticFolder(cached) ?? '') ? cached : undefined);
}

/** The folder with the templates and options that a Gitea built without them reads; undefined: they are built in. */
export function giteaStaticFolder(program: string): string | undefined {
  const folder = dirname(program);
  return existsSync(join(folder, 'templates')) ? folder : undefined;
}

/** The path of a program on the PATH; undefined when it isn't there. */
export function onPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
