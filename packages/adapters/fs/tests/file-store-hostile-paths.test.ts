import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isMarkitectError } from '@markitect/domain';
import fc from 'fast-check';
import type { FolderAccess } from '../src/files/folder.js';
import { FsFileStore } from '../src/files/fs-file-store.js';
import { TemporaryFolder } from './temporary-folder.js';

const SECRET = 'a secret that nobody may read';

/** Everything below a folder: names, kinds, contents, links, times of change. */
async function picture(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const stats = await lstat(path);
    const what = stats.isDirectory()
      ? (await picture(path)).join('|')
      : stats.isSymbolicLink()
        ? await readlink(path)
        : createHash('sha256')
            .update(await readFile(path))
            .digest('hex');
    found.push(`${name} ${stats.mode} ${stats.nlink} ${stats.ctimeMs} ${what}`);
  }
  return found;
}

interface Arena {
  readonly folder: TemporaryFolder;
  readonly store: FsFileStore;
  /** What lies beside the root. */
  outside(): Promise<string[]>;
}

async function arena(access?: FolderAccess): Promise<Arena> {
  const folder = await TemporaryFolder.create({
    'outside/secret': SECRET,
    'outside/folder/secret': SECRET,
    'outside/.markitect-staged/u-1': SECRET,
    secret: SECRET,
    'root/file': 'inside',
    'root/folder/file': 'inside',
    'root-of-another/secret': SECRET,
  });
  return {
    folder,
    store: new FsFileStore({ root: folder.at('root') }, access === undefined ? {} : { access }),
    outside: async () =>
      (await Promise.all(['outside', 'root-of-another'].map(async (name) => picture(folder.at(name)))))
        .flat()
        .concat((await readdir(folder.path)).sort(), await readFile(folder.at('secret'), 'utf8')),
  };
}

/** Does everything there is to do with two paths. What it answers and what it says must not come from outside. */
async function everything(store: FsFileStore, path: string, other: string, root: string): Promise<void> {
  const listed = async (folder?: string) => {
    for await (const file of store.list(folder)) await store.read(file.path).then(requireHarmless, () => 0);
  };
  const operations: (() => Promise<unknown>)[] = [
    () => store.read(path),
    () => store.exists(path),
    () => listed(path),
    () => listed(),
    () => store.check(path),
    () => store.write(path, Buffer.from('written')),
    () => store.copy(path, other),
    () => store.move(path, other),
    () => store.copy('file', path),
    () => store.remove(path),
    () => store.stage('u-1', Buffer.from('staged')),
    () => store.apply({ staged: 'u-1', target: path }),
    () => store.readStaged('u-1'),
    () => store.staged(),
    () => store.applyRemove(path),
    () => store.discard('u-1'),
    () => store.move('file', path),
    () => store.write('file', Buffer.from('inside')),
  ];
  for (const operation of operations) {
    try {
      requireHarmless(await operation());
    } catch (error) {
      if (!isMarkitectError(error)) throw error;
      expect(error.code).toMatch(/^FILE_/);
      const said = `${error.message} ${JSON.stringify(error.details)} ${String(error.cause)} ${error.stack ?? ''}`;
      expect(said.split('\n    at ')[0]).not.toContain(root);
      expect(said.split('\n    at ')[0]).not.toContain('/proc/');
    }
  }
}

function requireHarmless(answer: unknown): void {
  const bytes = answer instanceof Uint8Array ? answer : (answer as { bytes?: unknown } | undefined)?.bytes;
  if (bytes instanceof Uint8Array) expect(Buffer.from(bytes).toString()).not.toContain(SECRET);
}

const part = fc.constantFrom(
  '..',
  '.',
  '',
  'folder',
  'file',
  'link',
  'outside',
  'secret',
  'FOLDER',
  'e\u0301',
  '\u00e9',
  '.markitect-staged',
  'a\0b',
  '\\',
  '..\\..',
  'C:',
  '%2e%2e',
  '\u2025',
  '\uff0e\uff0e',
  '\u2215',
  '-rf',
  '~',
  '$HOME',
  '\n',
  '\u202e',
  'x'.repeat(255),
  'x'.repeat(256),
  '\u00e9'.repeat(128),
);
const hostilePath = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
  fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a'), maxLength: 12 }),
);

/** Links as somebody with access to the root may have put them. */
const link = fc.record({
  at: fc.constantFrom(
    'link',
    'folder/link',
    'file',
    'folder',
    'folder/file',
    '.markitect-staged',
    'secret',
    'é',
  ),
  to: fc.constantFrom(
    '../outside',
    '../outside/secret',
    '../../outside',
    '..',
    '/',
    '/etc/passwd',
    '.',
    'link',
    'folder',
    'file',
    '../outside/none',
    'ABSOLUTE/outside',
    'ABSOLUTE/outside/secret',
  ),
});

async function plant(folder: TemporaryFolder, { at, to }: { at: string; to: string }): Promise<void> {
  const path = folder.at(`root/${at}`);
  const parent = await lstat(dirname(path)).catch(() => undefined);
  // Behind a link planted before, this one would be put outside the arena.
  if (parent?.isDirectory() !== true) return;
  await rm(path, { recursive: true, force: true });
  await symlink(to.replace('ABSOLUTE', folder.path), path);
}

describe.each<FolderAccess>(['descriptors', 'paths'])('a store by %s', (access) => {
  it('never makes, changes or reads anything outside its root, whatever the paths and the links', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(link, { maxLength: 3 }),
        fc.array(fc.tuple(hostilePath, hostilePath), { minLength: 1, maxLength: 4 }),
        async (links, paths) => {
          const { folder, store, outside } = await arena(access);
          try {
            for (const each of links) await plant(folder, each);
            const before = await outside();
            for (const [path, other] of paths) await everything(store, path, other, folder.path);
            for (const { at } of links) {
              await everything(store, at, 'elsewhere', folder.path);
              await everything(store, `${at}/secret`, 'elsewhere', folder.path);
              await everything(store, `new/${at}`, `${at}/new`, folder.path);
            }
            expect(await outside()).toEqual(before);
          } finally {
            await folder.remove();
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it.each([
    ['a link to a file', 'link', '../outside/secret'],
    ['a link to a folder', 'link/secret', '../outside'],
    ['a link to a link', 'link/secret', 'second'],
    ['a link within the root', 'link/file', 'folder'],
    ['a link to itself', 'link', 'link'],
    ['a link to nothing', 'link', 'none'],
  ])('refuses %s in every operation', async (_, path, to) => {
    const { folder, store, outside } = await arena(access);
    try {
      await folder.add({ 'root/link': { linkTo: to }, 'root/second': { linkTo: '../outside' } });
      await store.stage('u-1', Buffer.from('staged'));
      const before = await outside();
      for (const operation of [
        () => store.read(path),
        () => store.exists(path),
        () => store.write(path, Buffer.from('x')),
        () => store.copy(path, 'new'),
        () => store.copy('file', path),
        () => store.move(path, 'new'),
        () => store.move('file', path),
        () => store.remove(path),
        () => store.check(path),
        () => store.apply({ staged: 'u-1', target: path }),
        () => store.applyRemove(path),
      ]) {
        await expect(operation()).rejects.toMatchObject({ code: 'FILE_ESCAPES_ROOT', kind: 'Forbidden' });
      }
      expect(await outside()).toEqual(before);
      expect(await readlink(folder.at('root/link'))).toBe(to);
      const listed: string[] = [];
      for await (const file of store.list()) listed.push(file.path);
      expect(listed).toEqual(['file', 'folder/file']);
    } finally {
      await folder.remove();
    }
  });

  it('stages nothing through a link in the place of the staging folder', async () => {
    const { folder, store, outside } = await arena(access);
    try {
      await folder.add({ 'root/.markitect-staged': { linkTo: '../outside/.markitect-staged' } });
      const before = await outside();
      for (const operation of [
        () => store.stage('u-2', Buffer.from('x')),
        () => store.readStaged('u-1'),
        () => store.staged(),
        () => store.discard('u-1'),
        () => store.apply({ staged: 'u-1', target: 'taken' }),
        () => store.write('new', Buffer.from('x')),
      ]) {
        await expect(operation()).rejects.toMatchObject({ code: 'FILE_ESCAPES_ROOT' });
      }
      expect(await outside()).toEqual(before);
    } finally {
      await folder.remove();
    }
  });

  it('follows a link that is the root itself or lies above it: that is what was named', async () => {
    const { folder } = await arena(access);
    try {
      await folder.add({ named: { linkTo: 'root' } });
      const store = new FsFileStore({ root: folder.at('named') }, { access });
      await store.write('new', Buffer.from('x'));
      expect(await readFile(folder.at('root/new'), 'utf8')).toBe('x');
    } finally {
      await folder.remove();
    }
  });
});

it('a file that has another name on the disk than in Unicode form NFC is listed, and in the way', async () => {
  const { folder, store } = await arena();
  try {
    await writeFile(folder.at('root/e\u0301'), 'x');
    const listed: string[] = [];
    for await (const file of store.list()) listed.push(file.path);
    expect(listed).toContain('e\u0301');
    for (const operation of [() => store.read('e\u0301'), () => store.write('\u00e9', Buffer.from('x'))]) {
      await expect(operation()).rejects.toMatchObject({
        code: 'FILE_NAME_CONFLICT',
        details: { path: '\u00e9', existing: 'e\u0301' },
      });
    }
  } finally {
    await folder.remove();
  }
});
