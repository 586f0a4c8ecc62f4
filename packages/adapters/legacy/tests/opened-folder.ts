import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder for the length of a test. */
export class OpenedFolder {
  private constructor(readonly path: string) {}

  static async open(): Promise<OpenedFolder> {
    const path = await mkdtemp(join(tmpdir(), 'legacy-'));
    folders.push(path);
    return new OpenedFolder(path);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** A file that was last changed a while ago. */
  async write(
    name: string,
    content: string | Uint8Array,
    changedAt = new Date('2026-01-02T03:04:05.678Z'),
  ): Promise<string> {
    await writeFile(this.at(name), content);
    await utimes(this.at(name), changedAt, changedAt);
    return this.at(name);
  }

  async read(name: string): Promise<string> {
    return readFile(this.at(name), 'utf8');
  }

  async names(folder = '.'): Promise<string[]> {
    return (await readdir(this.at(folder))).sort();
  }
}
