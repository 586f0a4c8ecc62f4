import { execFile } from 'node:child_process';
import { rmdirSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { isMarkitectError } from '@markitect/domain';
import { itWhere } from '@markitect/testing';
import { bestFolderAccess } from '../src/files/folder.js';
import { FsFileStore } from '../src/files/fs-file-store.js';
import { type Call, ScriptedDisk } from './scripted-disk.js';
import { TemporaryFolder } from './temporary-folder.js';

const run = promisify(execFile);
const onLinux = itWhere(
  bestFolderAccess === 'descriptors',
  'folders are reached by descriptor on Linux only',
);
const bytes = (content: string) => Buffer.from(content);

interface Bench {
  readonly folder: TemporaryFolder;
  readonly disk: ScriptedDisk;
  readonly store: FsFileStore;
  /** What was synced, as paths below the root, in order. */
  synced(): string[];
}

async function bench(): Promise<Bench> {
  const folder = await TemporaryFolder.create({
    'root/file': 'old',
    'root/folder/file': 'old too',
    'root/.markitect-staged/u-1': 'staged',
  });
  const disk = new ScriptedDisk();
  const root = folder.at('root');
  const below = ({ path }: Call) => (path === root ? '.' : path.replace(`${root}/`, ''));
  return {
    folder,
    disk,
    store: new FsFileStore({ root }, { calls: disk }),
    synced: () => disk.made.filter(({ name }) => name === 'sync').map(below),
  };
}

async function treeOf(folder: TemporaryFolder): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(folder.at('root'), { recursive: true, withFileTypes: true })) {
    const path = `${entry.parentPath}/${entry.name}`;
    const name = path.replace(`${folder.at('root')}/`, '');
    tree[name] = entry.isFile() ? await readFile(path, 'utf8') : 'a folder';
  }
  return tree;
}

/** Every change a store can make, all of which are possible on a new bench. */
const changes: [string, (store: FsFileStore) => Promise<unknown>][] = [
  ['writing over a file', (store) => store.write('file', bytes('new'))],
  ['writing a file', (store) => store.write('folder/new', bytes('new'))],
  ['writing a file in new folders', (store) => store.write('new/folder/file', bytes('new'))],
  ['copying', (store) => store.copy('file', 'folder/file')],
  ['copying to a new folder', (store) => store.copy('file', 'new/file')],
  ['moving', (store) => store.move('file', 'folder/file')],
  ['moving to a new folder', (store) => store.move('folder/file', 'new/file')],
  ['removing', (store) => store.remove('folder/file')],
  ['staging', (store) => store.stage('u-2', bytes('new'))],
  ['applying', (store) => store.apply({ staged: 'u-1', target: 'file' })],
  ['applying to a new folder', (store) => store.apply({ staged: 'u-1', target: 'new/file' })],
  ['applying a removal', (store) => store.applyRemove('folder/file')],
];

const codes: Record<string, string> = {
  ENOSPC: 'FILE_SYSTEM_FAILED',
  EDQUOT: 'FILE_SYSTEM_FAILED',
  EROFS: 'FILE_SYSTEM_FAILED',
  EMFILE: 'FILE_SYSTEM_FAILED',
  EIO: 'FILE_SYSTEM_FAILED',
  EXDEV: 'FILE_SYSTEM_FAILED',
  EACCES: 'FILE_UN(READ|WRIT)ABLE',
  ENAMETOOLONG: 'FILE_PATH_INVALID',
};

describe('when the disk fails', () => {
  // Each call of each change in turn: whatever it is that fails, what was there before is there after.
  onLinux.each(changes)(
    '%s fails with a coded error, leaves the old files and no other',
    async (_, change) => {
      for (const [errno, code] of Object.entries(codes)) {
        for (let failing = 0; ; failing += 1) {
          const { folder, disk, store } = await bench();
          try {
            const before = await treeOf(folder);
            let count = 0;
            let failed: Call | undefined;
            disk.fail = (call) => {
              // Clearing up after the failure works again, as it does on a full disk.
              if (count++ !== failing) return undefined;
              failed = call;
              return errno;
            };
            const outcome = await change(store).then(
              () => 'done',
              (error: unknown) => error,
            );
            if (failed === undefined) {
              expect(outcome).toBe('done');
              break;
            }
            // A folder that may not be removed stays, and that is all.
            if (failed.name === 'rmdir' && errno === 'EACCES') {
              expect(outcome).toBe('done');
              continue;
            }
            if (!isMarkitectError(outcome)) throw new Error(`${failed.name} ${errno}: ${String(outcome)}`);
            expect(outcome.code).toMatch(new RegExp(`^${code}$`));
            expect(outcome.message).not.toContain(folder.path);
            // After the rename only the syncing is left, of which it cannot be known what it has done.
            const done = disk.made.slice(0, failing).some(({ name }) => /rename|unlink/.test(name));
            if (!done || !['sync', 'rmdir'].includes(failed.name)) {
              expect({ failed, tree: await treeOf(folder) }).toEqual({ failed, tree: before });
            }
          } finally {
            await folder.remove();
          }
        }
      }
    },
    120_000,
  );

  onLinux('reading says what is the matter', async () => {
    const { folder, disk, store } = await bench();
    try {
      for (const [errno, code] of [
        ['EACCES', 'FILE_UNREADABLE'],
        ['EIO', 'FILE_SYSTEM_FAILED'],
        ['EMFILE', 'FILE_SYSTEM_FAILED'],
      ] as const) {
        disk.fail = ({ name, path }) => (name === 'open' && path.endsWith('file') ? errno : undefined);
        await expect(store.read('folder/file')).rejects.toMatchObject({
          code,
          details: { path: 'folder/file', errno },
        });
      }
    } finally {
      await folder.remove();
    }
  });
});

onLinux('a folder that somebody removes under our hands is made again', async () => {
  const { folder, disk, store } = await bench();
  try {
    await mkdir(folder.at('root/emptied'));
    let removed = 0;
    disk.fail = ({ name }) => {
      if (name === 'rename' && removed++ < 3) rmdirSync(folder.at('root/emptied'));
      return undefined;
    };
    await store.write('emptied/file', bytes('x'));
    expect(removed).toBe(4);
    expect(await readFile(folder.at('root/emptied/file'), 'utf8')).toBe('x');
  } finally {
    await folder.remove();
  }
});

describe('what is synced', () => {
  onLinux.each<[string, (store: FsFileStore) => Promise<unknown>, (string | RegExp)[]]>([
    ['a file that is replaced', (store) => store.write('file', bytes('x')), [/staged\/\.write/, '.']],
    [
      'a file in new folders',
      (store) => store.write('a/b/c', bytes('x')),
      [/staged\/\.write/, '.', 'a', 'a/b'],
    ],
    ['a copy', (store) => store.copy('file', 'folder/file'), [/staged\/\.write/, 'folder']],
    ['a move', (store) => store.move('file', 'folder/file'), ['folder', '.']],
    ['a removal', (store) => store.remove('file'), ['.']],
    ['a removal that empties a folder', (store) => store.remove('folder/file'), ['.']],
    [
      'a staged file',
      (store) => store.stage('u-2', bytes('x')),
      ['.markitect-staged/u-2', '.markitect-staged'],
    ],
    [
      'a file put in place',
      (store) => store.apply({ staged: 'u-1', target: 'a/file' }),
      ['.', 'a', '.markitect-staged'],
    ],
    [
      'a file that was put in place before',
      (store) => store.apply({ staged: 'u-0', target: 'folder/file' }),
      ['folder', '.markitect-staged'],
    ],
    ['a removal applied', (store) => store.applyRemove('file'), ['.']],
    ['a removal applied before', (store) => store.applyRemove('folder/none'), ['folder']],
    ['nothing, when reading', (store) => store.read('file'), []],
    ['nothing, when there is nothing to remove', (store) => store.remove('none'), []],
    ['nothing, when discarding', (store) => store.discard('u-1'), []],
  ])('%s', async (_, change, expected) => {
    const { folder, store, synced } = await bench();
    try {
      await change(store);
      const found = synced();
      expect(found).toEqual(
        expected.map((each) =>
          typeof each === 'string' ? each : (expect.stringMatching(each) as unknown as string),
        ),
      );
    } finally {
      await folder.remove();
    }
  });

  onLinux('is synced before it is renamed', async () => {
    const { folder, disk, store } = await bench();
    try {
      await store.write('file', bytes('x'));
      const steps = disk.made.map(({ name }) => name).filter((name) => /write|sync|rename/.test(name));
      expect(steps).toEqual(['write', 'sync', 'rename', 'sync']);
    } finally {
      await folder.remove();
    }
  });

  onLinux('a folder that a process left empty as it died is synced into its parent once more', async () => {
    const { folder, store, synced } = await bench();
    try {
      await mkdir(folder.at('root/empty'));
      await store.apply({ staged: 'u-1', target: 'empty/file' });
      expect(synced()).toEqual(['.', 'empty', '.markitect-staged']);
    } finally {
      await folder.remove();
    }
  });
});

describe('after a crash', () => {
  onLinux.each(['new/folder/file', 'file'])(
    'applying to %s again ends as if there had been none, whatever the step it died at',
    async (target) => {
      for (let step = 0; ; step += 1) {
        const { folder, disk, store } = await bench();
        try {
          let count = 0;
          // A dead process clears nothing up: everything fails from here on.
          disk.fail = () => (count++ >= step ? 'EIO' : undefined);
          const died = await store.apply({ staged: 'u-1', target }).then(
            () => false,
            () => true,
          );
          const other = new FsFileStore({ root: folder.at('root') });
          await other.apply({ staged: 'u-1', target });
          expect(await other.apply({ staged: 'u-1', target })).toBe(false);
          expect(Buffer.from((await other.read(target)).bytes).toString()).toBe('staged');
          expect(await other.staged()).toEqual([]);
          if (!died) break;
        } finally {
          await folder.remove();
        }
      }
    },
  );

  onLinux('applying a removal again removes the folders that the dead process left empty', async () => {
    for (let step = 0; ; step += 1) {
      const { folder, disk, store } = await bench();
      try {
        await mkdir(folder.at('root/a/b/c'), { recursive: true });
        await writeFile(folder.at('root/a/b/c/d'), 'x');
        let count = 0;
        disk.fail = () => (count++ >= step ? 'EIO' : undefined);
        const died = await store.applyRemove('a/b/c/d').then(
          () => false,
          () => true,
        );
        await new FsFileStore({ root: folder.at('root') }).applyRemove('a/b/c/d');
        expect(Object.keys(await treeOf(folder)).filter((path) => path.startsWith('a'))).toEqual([]);
        if (!died) break;
      } finally {
        await folder.remove();
      }
    }
  });

  it('two processes may apply at once', async () => {
    const { folder } = await bench();
    try {
      const stores = Array.from({ length: 8 }, () => new FsFileStore({ root: folder.at('root') }));
      const done = await Promise.all(stores.map((store) => store.apply({ staged: 'u-1', target: 'x/y' })));
      expect(done.filter((each) => each)).toHaveLength(1);
      expect(await readFile(folder.at('root/x/y'), 'utf8')).toBe('staged');
    } finally {
      await folder.remove();
    }
  });

  it('temporary files of dead writers are no staged files, and go when they are an hour old', async () => {
    const { folder, store } = await bench();
    try {
      const names = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
      const [old, young] = names.map((name) => folder.at(`root/.markitect-staged/.write-${name}`));
      for (const file of [old!, young!]) await writeFile(file, 'half');
      await utimes(old!, new Date(), new Date(Date.now() - 3_700_000));
      expect(await store.staged()).toEqual(['u-1']);
      expect((await readdir(folder.at('root/.markitect-staged'))).sort()).toEqual([
        `.write-${names[1]!}`,
        'u-1',
      ]);
    } finally {
      await folder.remove();
    }
  });
});

it('a file that is replaced keeps its permissions', async () => {
  const { folder, store } = await bench();
  try {
    const mode = async (path: string) => (await stat(folder.at(`root/${path}`))).mode & 0o777;
    await chmod(folder.at('root/file'), 0o750);
    await chmod(folder.at('root/folder/file'), 0o600);
    await store.write('file', bytes('x'));
    await store.apply({ staged: 'u-1', target: 'folder/file' });
    expect([await mode('file'), await mode('folder/file')]).toEqual([0o750, 0o600]);
    await store.copy('file', 'copy');
    expect(await mode('copy')).toBe(0o750);
  } finally {
    await folder.remove();
  }
});

/** Whether a file system can be mounted here: root, and not in a container that forbids it. */
async function mountable(): Promise<boolean> {
  const folder = await TemporaryFolder.create();
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder.path]);
    await run('umount', [folder.path]);
    return true;
  } catch {
    return false;
  } finally {
    await folder.remove();
  }
}

// Where none can be mounted, the injected ENOSPC above has to do.
const onMount = itWhere(await mountable(), 'no file system can be mounted here');

onMount(
  'on a disk that is really full every change fails whole, and those that need no room succeed',
  async () => {
    const folder = await TemporaryFolder.create();
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder.path]);
    try {
      const store = new FsFileStore({ root: folder.at('root') });
      await store.write('file', bytes('old'));
      await store.write('folder/large', Buffer.alloc(20_000, 'a'));
      await store.stage('u-1', bytes('staged'));
      await writeFile(folder.at('filler'), Buffer.alloc(64_000)).catch(() => undefined);
      await writeFile(folder.at('filler-2'), Buffer.alloc(4096)).catch(() => undefined);
      const before = await treeOf(folder);
      for (const change of [
        () => store.write('file', Buffer.alloc(50_000)),
        () => store.write('new/folder/file', Buffer.alloc(50_000)),
        () => store.copy('folder/large', 'file'),
        () => store.copy('folder/large', 'new/copy'),
        () => store.stage('u-2', Buffer.alloc(50_000)),
      ]) {
        await expect(change()).rejects.toMatchObject({
          code: 'FILE_SYSTEM_FAILED',
          details: { errno: 'ENOSPC' },
        });
        expect(await treeOf(folder)).toEqual(before);
      }
      expect((await store.read('file')).bytes).toHaveLength(3);
      expect(await store.apply({ staged: 'u-1', target: 'file' })).toBe(true);
      await store.move('file', 'folder/moved');
      expect(await store.remove('folder/large')).toBe(true);
      expect(await treeOf(folder)).toEqual({
        '.markitect-staged': 'a folder',
        folder: 'a folder',
        'folder/moved': 'staged',
      });
    } finally {
      await run('umount', [folder.path]);
      await folder.remove();
    }
  },
);

onMount('a disk that is mounted read-only, or below the root, is told', async () => {
  const folder = await TemporaryFolder.create({ 'root/file': 'old', 'root/mounted/x': '' });
  const mounted = folder.at('root/mounted');
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mounted]);
  try {
    const store = new FsFileStore({ root: folder.at('root') });
    for (const change of [
      () => store.write('mounted/new', bytes('x')),
      () => store.move('file', 'mounted/x'),
    ]) {
      await expect(change()).rejects.toMatchObject({
        code: 'FILE_SYSTEM_FAILED',
        details: { errno: 'EXDEV' },
      });
    }
    expect(await treeOf(folder)).toEqual({
      '.markitect-staged': 'a folder',
      file: 'old',
      mounted: 'a folder',
    });
    await writeFile(folder.at('root/mounted/file'), 'old');
    await run('mount', ['-o', 'remount,ro', mounted]);
    const readOnly = new FsFileStore({ root: mounted });
    for (const change of [
      () => readOnly.write('file', bytes('x')),
      () => readOnly.remove('file'),
      () => readOnly.move('file', 'other'),
      () => readOnly.stage('u-1', bytes('x')),
    ]) {
      await expect(change()).rejects.toMatchObject({
        code: 'FILE_SYSTEM_FAILED',
        details: { errno: 'EROFS' },
      });
    }
    expect(await readFile(folder.at('root/mounted/file'), 'utf8')).toBe('old');
  } finally {
    await run('umount', [mounted]);
    await folder.remove();
  }
});

it('without permission nothing is read or changed, and the error says which', async () => {
  const { folder } = await bench();
  try {
    await chmod(folder.path, 0o755);
    await chmod(folder.at('root/file'), 0o600);
    const script = fileURLToPath(new URL('./unprivileged-files.mjs', import.meta.url));
    const { stdout } = await run(process.execPath, [script, folder.at('root')], { env: {} });
    expect(JSON.parse(stdout)).toEqual({
      // As root the files belong to somebody else; without it to the child, which may do all of this.
      ...(process.getuid?.() === 0
        ? {
            read: 'FILE_UNREADABLE',
            write: 'FILE_UNWRITABLE',
            stage: 'FILE_UNWRITABLE',
            remove: 'FILE_UNWRITABLE',
            move: 'FILE_UNWRITABLE',
            apply: 'FILE_UNWRITABLE',
            exists: true,
          }
        : (JSON.parse(stdout) as object)),
    });
    if (process.getuid?.() === 0) expect(await readFile(folder.at('root/file'), 'utf8')).toBe('old');
  } finally {
    await folder.remove();
  }
});
