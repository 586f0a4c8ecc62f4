import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a test puts on the disk: contents, or where a link leads. */
export type Tree = Readonly<Record<string, string | { readonly linkTo: string }>>;

/** A folder for one test. */
export class TemporaryFolder {
  private constructor(readonly path: string) {}

  static async create(tree: Tree = {}): Promise<TemporaryFolder> {
    const folder = new TemporaryFolder(await realpath(await mkdtemp(join(tmpdir(), 'markitect-fs-'))));
    await folder.add(tree);
    return folder;
  }

  async add(tree: Tree): Promise<void> {
    for (const [name, what] of Object.entries(tree)) {
      const file = this.at(name);
      await mkdir(dirname(file), { recursive: true });
      if (typeof what === 'string') await writeFile(file, what);
      else await symlink(what.linkTo, file);
    }
  }

  at(name: string): string {
    return join(this.path, name);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
