import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { configurationRepositoryPort, profileRepositoryPort } from '@markitect/ports';
import { itWhere } from '@markitect/testing';
import {
  JsonAnalyticsRepository,
  JsonConversationRepository,
  type JsonFilesOptions,
  JsonRecordRepository,
} from '../src/index.js';
import { OpenedFolder } from './opened-folder.js';

const open = (path: string, layout: JsonFilesOptions['layout'] = 'file-per-record') =>
  new JsonRecordRepository(profileRepositoryPort, { layout, path });
const unkeyed = async (records: Pick<JsonRecordRepository, 'replicas'>) => records.replicas.unkeyed?.();

describe('the name of a file of a record', () => {
  it.each([
    ['100%', '100%.json'],
    ['~bob', '~bob.json'],
    ['a~b', 'a~b.json'],
    ['x%2', 'x%2.json'],
    ['a%2fb', 'a%2fb.json'],
    ['a b%20c', 'a b%20c.json'],
    ['Cap', 'Cap.JSON'],
    ['a b', 'a%20b.JSON'],
    ['a b', 'a b.Json'],
    ['.hidden', '%2Ehidden.json'],
    ['日本'.repeat(35), `${'日本'.repeat(35)}.json`],
    [`${'a'.repeat(100)}~${'0'.repeat(40)}`, `${'a'.repeat(100)}~${'0'.repeat(40)}.json`],
  ])('is found for the key %s: %s', async (key, name) => {
    const folder = await OpenedFolder.open();
    await folder.write(name, '{"n":1}');
    const records = open(folder.path);
    expect(await records.replicas.keys(undefined, 10)).toEqual([key]);
    expect((await records.list({})).items.map((each) => [each.key, each.value])).toEqual([[key, { n: 1 }]]);
    // Never a second file for one key.
    expect((await records.save(key, { n: 2 })).version).toBe(2);
    expect(await folder.names()).toEqual([name]);
    expect(await open(folder.path).get(key)).toMatchObject({ value: { n: 2 }, version: 2 });
    expect(await unkeyed(records)).toEqual([]);
    expect(await records.remove(key)).toBe(true);
    expect(await folder.names()).toEqual([]);
  });

  it('that is the encoded one of another key is of that one', async () => {
    const folder = await OpenedFolder.open();
    await folder.write('a%20b.json', '{"n":1}');
    const records = open(folder.path);
    expect(await records.get('a%20b')).toBeUndefined();
    await records.save('a%20b', { n: 2 });
    expect(await folder.names()).toEqual(['a%20b.json', 'a%2520b.json']);
    expect((await records.list({})).items.map(({ key, value }) => [key, value.n])).toEqual([
      ['a b', 1],
      ['a%20b', 2],
    ]);
  });

  it('of a key that is too long for it is of no other', async () => {
    const folder = await OpenedFolder.open();
    const long = '日'.repeat(200);
    await open(folder.path).save(long, { n: 1 });
    const [name = ''] = await folder.names();
    const records = open(folder.path);
    expect(await records.get(name.replace('.json', ''))).toBeUndefined();
    expect(await records.replicas.keys(undefined, 10)).toEqual([long]);
  });
});

describe('what has no key is told', () => {
  it('of a folder: files', async () => {
    const folder = await OpenedFolder.open();
    await open(folder.path).save('日'.repeat(200), { n: 1 });
    const [long = ''] = await folder.names();
    await folder.write(long, '{"n"');
    await folder.write('a b.json', '{}');
    await folder.write('a%20b.json', '{}');
    await folder.write('odd.jSON', '{}');
    await mkdir(folder.at('sub.json'));
    await symlink(folder.at('nowhere'), folder.at('gone.json'));
    await writeFile(
      Buffer.concat([Buffer.from(folder.at('_').slice(0, -1)), Buffer.from([0xff]), Buffer.from('.json')]),
      '{}',
    );
    // None of these should be a record.
    for (const name of ['notes.txt', '.hidden.json', '.1.0.tmp', 'a.json.damaged-20260102T030405.678Z']) {
      await folder.write(name, '{}');
    }
    await mkdir(folder.at('archive'));
    const records = open(folder.path);
    expect(await unkeyed(records)).toEqual(
      [
        'a b.json: a%20b.json is of the same key, and counts',
        'gone.json: its link leads to nothing that can be read',
        'odd.jSON: its ending is not written as .json or .JSON',
        `${long}: it cannot be read, and its key is only said inside it`,
        '\ufffd.json: its name is not UTF-8',
      ].sort(),
    );
    expect(await records.replicas.keys(undefined, 10)).toEqual(['a b']);
    // In places: the folder stays as it is.
    await folder.write('nowhere', '{}');
    await folder.write(long, JSON.stringify({ id: '日'.repeat(200) }));
    expect(await records.replicas.keys(undefined, 10)).toEqual(['a b', 'gone', '日'.repeat(200)]);
    expect(await unkeyed(records)).toHaveLength(3);
  });

  it('of a list, by the places in the file as it is now', async () => {
    const folder = await OpenedFolder.open();
    const items = '{"id":"u1"},{"name":"no id"},{"id":null},{"id":true},"text",{"id":"\\ud800"},{"key":7}';
    const records = open(await folder.write('users.json', `[${items}]`), 'one-file');
    const none = 'none of id, user_id, userId, key is a text or a number';
    expect(await unkeyed(records)).toEqual([
      `users.json: item 2 has no key: ${none}`,
      `users.json: item 3 has no key: ${none}`,
      `users.json: item 4 has no key: ${none}`,
      'users.json: item 5 has no key: it is no object',
      'users.json: item 6 has no key: its key is not Unicode text',
    ]);
    await records.remove('u1');
    expect((await unkeyed(records))?.[0]).toBe(`users.json: item 1 has no key: ${none}`);
    expect(await folder.read('users.json')).toContain('{"name":"no id"},{"id":null},{"id":true},"text"');
  });

  it('of what has the key of a later one, unless it says the same', async () => {
    const folder = await OpenedFolder.open();
    const conversations = new JsonConversationRepository({
      layout: 'one-file',
      path: await folder.write(
        'c.json',
        '[{"user_id":1,"a":1},{"user_id":2},{"user_id":1,"a":2},{"user_id":2}]',
      ),
    });
    expect(await unkeyed(conversations)).toEqual(['c.json: item 1 has the same key as item 3, which counts']);
    // It stays, until what counts is removed: then nothing is to come in its place.
    await conversations.append('2', [{ id: 'm', role: 'user', content: 'hi' }]);
    expect(await folder.read('c.json')).toMatch(
      /^\[\{"user_id":1,"a":1\},\{"user_id":1,"a":2\},\{[^{]*"id":"2"/,
    );
    expect(await unkeyed(conversations)).toEqual(['c.json: item 1 has the same key as item 2, which counts']);
    for (const id of ['1', '2']) expect(await conversations.remove(id)).toBe(true);
    expect(await folder.read('c.json')).toBe('[]');
  });

  it('of a folder, and nothing comes in the place of what is removed', async () => {
    const folder = await OpenedFolder.open();
    for (const name of ['a b.json', 'a%20b.json', 'a b.JSON', 'c.json']) await folder.write(name, '{}');
    await mkdir(folder.at('a%20b.JSON'));
    const records = open(folder.path);
    expect(await unkeyed(records)).toHaveLength(2);
    expect(await records.remove('a b')).toBe(true);
    expect(await records.count()).toBe(1);
    expect(await folder.names()).toEqual(['a%20b.JSON', 'c.json']);
  });

  it('of lines and of objects, all of it', async () => {
    const folder = await OpenedFolder.open();
    const events = new JsonAnalyticsRepository({
      layout: 'one-file',
      path: await folder.write('events.jsonl', '{"event":"a"}\n{"event":"b"}\n17\n'),
    });
    expect(await unkeyed(events)).toEqual(['events.jsonl: line 3 has no key: it is no object']);
    const object = await folder.write('users.json', '{"a":{},"\\udc00":{}}');
    expect(await unkeyed(open(object, 'one-file'))).toEqual([
      'users.json: the name of member 2 is not Unicode text',
    ]);
    const many = await folder.write('many.json', JSON.stringify(Array(150).fill({ name: 'x' })));
    expect(await unkeyed(open(many, 'one-file'))).toHaveLength(150);
    for (let n = 0; n < 110; n += 1) await folder.write(`${n}.jSON`, '{}');
    expect(await unkeyed(open(folder.path))).toHaveLength(110);
    expect(await unkeyed(open(folder.at('none')))).toEqual([]);
    expect(await unkeyed(open(folder.at('none.json'), 'one-file'))).toEqual([]);
  });
});

describe('an entry of a folder that cannot be read', () => {
  const options = async (folder: OpenedFolder) => {
    await folder.write('u1.json', '{"n":1}');
    return new JsonRecordRepository(configurationRepositoryPort, {
      layout: 'file-per-record',
      path: folder.path,
    });
  };

  it('keeps back nothing but what is written to it: a folder, a link to itself', async () => {
    const folder = await OpenedFolder.open();
    const records = await options(folder);
    await mkdir(folder.at('sub.json'));
    await symlink('loop.json', folder.at('loop.json'));
    await symlink('u1.json', folder.at('link.json'));
    expect(await records.replicas.keys(undefined, 10)).toEqual(['link', 'u1']);
    expect((await records.list({})).items.map(({ value }) => value)).toEqual([{ n: 1 }, { n: 1 }]);
    for (const key of ['sub', 'loop']) {
      const refused = {
        code: 'FILE_UNREADABLE',
        kind: 'Forbidden',
        details: { path: folder.at(`${key}.json`) },
      };
      await expect(records.replicas.read([key])).rejects.toMatchObject(refused);
      const outcomes = await Promise.allSettled([records.save(key, {}), records.save('u1', {})]);
      expect(outcomes).toMatchObject([{ status: 'rejected', reason: refused }, { status: 'fulfilled' }]);
    }
  });

  it('does not hold up a read: a pipe', async () => {
    const folder = await OpenedFolder.open();
    const records = await options(folder);
    execFileSync('mkfifo', [folder.at('pipe.json')]);
    expect(await records.replicas.keys(undefined, 10)).toEqual(['u1']);
    await expect(records.get('pipe')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  itWhere(process.getuid !== undefined, 'there are no users here')('is named: a file of others', async () => {
    const folder = await OpenedFolder.open();
    const records = await options(folder);
    await open(folder.path).save('日'.repeat(200), {});
    const long = (await folder.names()).find((name) => name.includes('~')) ?? '';
    await folder.write('u2.json', '{}');
    await chmod(folder.path, 0o755);
    for (const name of ['u2.json', long]) await chmod(folder.at(name), 0);
    await asOthers(async () => {
      expect(await records.replicas.keys(undefined, 10)).toEqual(['u1', 'u2']);
      expect(await unkeyed(records)).toEqual([
        `${long}: it cannot be read, and its key is only said inside it`,
      ]);
      expect(await records.replicas.read(['u1'])).toMatchObject([{ state: { value: { n: 1 } } }]);
      await expect(records.replicas.read(['u1', 'u2'])).rejects.toMatchObject({
        code: 'FILE_UNREADABLE',
        details: { path: folder.at('u2.json') },
      });
    });
  });
});

/** Works without the rights of the one whom permissions do not hold back. */
async function asOthers(work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
