import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Forbidden } from '@markitect/domain';
import { isAbsence, fileSystemError } from './file-system-error.js';
import { isWithin } from './is-within.js';

/** The folders that nothing may be read outside of, symbolic links resolved. */
export class AllowedRoots {
  readonly #roots: readonly string[];

  private constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Resolves the roots. One that does not exist allows nothing. */
  static async of(folders: readonly string[]): Promise<AllowedRoots> {
    const roots: string[] = [];
    for (const folder of folders) {
      try {
        roots.push(await realpath(folder));
      } catch (error) {
        if (!isAbsence(error)) throw fileSystemError(error, folder, 'source');
      }
    }
    return new AllowedRoots(roots);
  }

  /** Whether a path without symbolic links in it lies in one of the roots. */
  allow(real: string): boolean {
    return this.#roots.some((root) => isWithin(real, root));
  }

  /**
   * The same for a path that may not exist, judged by the nearest folder above it that does: so that an answer says
   * nothing about what there is outside the roots.
   */
  async requireNearest(path: string): Promise<void> {
    for (let nearest = path; ; nearest = dirname(nearest)) {
      try {
        this.require(await realpath(nearest), path);
        return;
      } catch (error) {
        if (!isAbsence(error) || nearest === dirname(nearest)) throw fileSystemError(error, path, 'source');
      }
    }
  }

  /** Throws Forbidden `ROOT_NOT_ALLOWED`, naming the path as the caller knows it. */
  require(real: string, asNamed: string): void {
    if (this.allow(real)) return;
    // Where the link leads is not said: the caller may not see that place.
    throw new Forbidden('ROOT_NOT_ALLOWED', `${asNamed} is outside the folders that may be read`, {
      details: { path: asNamed },
    });
  }
}
