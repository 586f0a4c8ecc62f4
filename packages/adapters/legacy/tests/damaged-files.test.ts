import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { profileRepositoryPort } from '@markitect/ports';
import { itWhere } from '@markitect/testing';
import { JsonAnalyticsRepository, type JsonFilesOptions, JsonRecordRepository } from '../src/index.js';
import { OpenedFolder } from './opened-folder.js';

const run = promisify(execFile);
const open = (options: JsonFilesOptions) => new JsonRecordRepository(profileRepositoryPort, options);
const half = '{"u1":{"a":1},"u2":{"a"';

describe('a damaged file', () => {
  it.each([
    ['one that ends too early', half],
    ['one that is no JSON', 'hello'],
    ['one that is neither an object nor a list', '17'],
    ['one that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('is reported, set aside and never written to: %s', async (_, content) => {
    const folder = await OpenedFolder.open();
    const path = await folder.write('users.json', content);
    const told: string[] = [];
    const records = open({ layout: 'one-file', path, onDamaged: ({ code }) => told.push(code) });
    const copy = `${path}.damaged-20260102T030405.678Z`;
    const refused = { code: 'LEGACY_FILE_CORRUPT', details: { path, copy } };
    await expect(records.get('u1')).rejects.toMatchObject(refused);
    await expect(records.save('u1', {})).rejects.toMatchObject(refused);
    await expect(records.remove('u1')).rejects.toMatchObject(refused);
    await expect(records.replicas.write([{ key: 'u1', state: undefined }])).rejects.toMatchObject(refused);
    await expect(open({ layout: 'one-file', path }).count()).rejects.toMatchObject(refused);
    const bytes = await folder.read('users.json');
    expect(bytes).toBe(Buffer.from(content).toString());
    expect(await folder.read('users.json.damaged-20260102T030405.678Z')).toBe(bytes);
    expect(await folder.names()).toEqual(['users.json', 'users.json.damaged-20260102T030405.678Z']);
    expect(told).toEqual(Array(4).fill('LEGACY_FILE_CORRUPT'));
    await folder.write('users.json', '{"u1":{"a":1}}');
    expect((await records.patch('u1', { b: 2 })).value).toEqual({ a: 1, b: 2 });
  });

  it('says where, and nothing of what is in it', async () => {
    const folder = await OpenedFolder.open();
    const path = await folder.write('events.jsonl', '{"id":"e1","type":"secret"}\n{"id":"e2","ty');
    const analytics = new JsonAnalyticsRepository({ layout: 'one-file', path });
    const error = await analytics.count({}).catch((each: unknown) => each);
    expect(String(error)).toContain('line 2');
    expect(String(error)).not.toContain('secret');
    const users = open({ layout: 'one-file', path: await folder.write('users.json', '{"secret":{"a":1},}') });
    expect(String(await users.count().catch((each: unknown) => each))).not.toContain('secret');
  });

  it('of one record lets the others go on', async () => {
    const folder = await OpenedFolder.open();
    await folder.write('u1.json', '{"a":1}');
    await folder.write('u2.json', '{"a":');
    await folder.write('u3.json', '');
    const told: unknown[] = [];
    const records = open({
      layout: 'file-per-record',
      path: folder.path,
      onDamaged: (error) => told.push(error.details.path),
    });
    expect((await records.list({})).items.map(({ key }) => key)).toEqual(['u1']);
    expect(told.sort()).toEqual([folder.at('u2.json'), folder.at('u3.json')]);
    await expect(records.get('u2')).rejects.toMatchObject({ code: 'LEGACY_FILE_CORRUPT' });
    await expect(records.getMany(['u1', 'u3'])).rejects.toMatchObject({ code: 'LEGACY_FILE_CORRUPT' });
    // What waits at the same time goes on, too.
    const outcomes = await Promise.allSettled([
      records.save('u1', { b: 2 }),
      records.save('u2', {}),
      records.save('u4', {}),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await folder.read('u2.json')).toBe('{"a":');
    // A state of it is known to be there: a cutover does not take it for one that is gone.
    expect(await records.replicas.keys(undefined, 10)).toEqual(['u1', 'u2', 'u3', 'u4']);
    await expect(records.replicas.read(['u2'])).rejects.toMatchObject({ code: 'LEGACY_FILE_CORRUPT' });
  });
});

const onMount = itWhere(await mountable(), 'no file system can be mounted here');

describe.each<JsonFilesOptions['layout']>(['one-file', 'file-per-record'])(
  'on a disk in trouble, %s',
  (layout) => {
    onMount('a write fails whole, is told so, and succeeds when there is room again', async () => {
      const folder = await OpenedFolder.open();
      await mkdir(folder.at('disk'));
      await run('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder.at('disk')]);
      try {
        const path = folder.at(layout === 'one-file' ? 'disk/users.json' : 'disk/users');
        const records = open({ layout, path });
        const first = await records.save('u1', { a: 1 });
        await expect(records.save('u2', { a: 'x'.repeat(200_000) })).rejects.toMatchObject({
          code: 'FILE_SYSTEM_FAILED',
          retryable: true,
          details: { errno: 'ENOSPC' },
        });
        await writeFile(folder.at('disk/filler'), Buffer.alloc(200_000)).catch(() => undefined);
        await expect(records.save('u1', { a: 2 })).rejects.toMatchObject({ code: 'FILE_SYSTEM_FAILED' });
        expect(await records.get('u1')).toEqual(first);
        await run('mount', ['-o', 'remount,ro', folder.at('disk')]);
        await expect(records.save('u1', { a: 3 })).rejects.toMatchObject({ details: { errno: 'EROFS' } });
        expect(await open({ layout, path }).get('u1')).toEqual(first);
        await run('mount', ['-o', 'remount,rw,size=1m', folder.at('disk')]);
        expect((await records.save('u1', { a: 4 })).version).toBe(2);
        const names = await folder.names(layout === 'one-file' ? 'disk' : 'disk/users');
        expect(names.filter((name) => /lock|tmp/.test(name))).toEqual([]);
      } finally {
        await run('umount', [folder.at('disk')]);
      }
    });
  },
);

async function mountable(): Promise<boolean> {
  const folder = '/tmp/markitect-legacy-mount';
  try {
    await mkdir(folder, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    await run('umount', [folder]);
    return true;
  } catch {
    return false;
  }
}
