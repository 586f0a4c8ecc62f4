import { writeFileSync } from 'node:fs';
import { appendFile, chmod, lstat, stat, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { profileRepositoryPort } from '@markitect/ports';
import {
  JsonAnalyticsRepository,
  JsonConversationRepository,
  type JsonFilesOptions,
  JsonRecordRepository,
} from '../src/index.js';
import { OpenedFolder } from './opened-folder.js';

const now = new Date('2026-06-01T00:00:00.000Z');
const clock = { now: () => now };
const profiles = (path: string, layout: JsonFilesOptions['layout'] = 'one-file') =>
  new JsonRecordRepository(profileRepositoryPort, { path, layout }, clock);
const fileTime = '2026-01-02T03:04:05.678Z';
const meta = (version: number, createdAt = fileTime) => ({
  version,
  createdAt,
  updatedAt: version === 1 ? createdAt : now.toISOString(),
});

describe('one file of records', () => {
  it.each([
    ['an object', '{"10":{"a":1},"9":{"b":2}}'],
    ['an object as Python writes it', '{"10": {"a": 1}, "9": {"b": 2}}'],
    ['an indented object', '{\n    "10": {\n        "a": 1\n    },\n    "9": {\n        "b": 2\n    }\n}\n'],
    ['an object with a byte order mark', '\ufeff{\r\n\t"10": {"a": 1},\r\n\t"9": {"b": 2}\r\n}'],
  ])('reads %s', async (_, text) => {
    const folder = await OpenedFolder.open();
    const records = profiles(await folder.write('users.json', text));
    expect((await records.list({})).items).toEqual([
      { key: '10', value: { a: 1 }, version: 1, createdAt: fileTime, updatedAt: fileTime },
      { key: '9', value: { b: 2 }, version: 1, createdAt: fileTime, updatedAt: fileTime },
    ]);
    expect(await records.count()).toBe(2);
  });

  it('keeps order, indentation, letters and what it does not know, of what is not written', async () => {
    const folder = await OpenedFolder.open();
    const text =
      '{\n\t"20": {"n\\u00e4me": "x", "big": 12345678901234567890, "f": 1.0},\n\t"version": 3,\n\t"10": {\n\t\t"a": [ ]\n\t}\n}\n\n';
    const path = await folder.write('users.json', text);
    const records = profiles(path);
    await records.patch('10', { b: { c: 1 } });
    const first = JSON.stringify(meta(1))
      .replaceAll(/([{,])"/g, '$1\n\t\t\t"')
      .replaceAll('":', '": ')
      .replace('}', '\n\t\t}');
    const second = JSON.stringify(meta(2))
      .replaceAll(/([{,])"/g, '$1\n\t\t\t"')
      .replaceAll('":', '": ')
      .replace('}', '\n\t\t}');
    expect(await folder.read('users.json')).toBe(
      `{\n\t"20": {\n\t\t"n\\u00e4me": "x",\n\t\t"big": 12345678901234567890,\n\t\t"f": 1.0,\n\t\t"_meta": ${first}\n\t},` +
        `\n\t"version": 3,\n\t"10": {\n\t\t"a": [ ],\n\t\t"b": {\n\t\t\t"c": 1\n\t\t},\n\t\t"_meta": ${second}\n\t}\n}\n\n`,
    );
  });

  it('keeps the numbers of a record of which something else is changed', async () => {
    const folder = await OpenedFolder.open();
    const path = await folder.write(
      'users.json',
      '[{"id":184405311681986561,"rate":1.50,"n":1},{"id":7},null,{"x":1}]',
    );
    const records = profiles(path);
    await records.patch('184405311681986561', { n: 2 });
    await records.save('new', { a: 1 });
    const text = await folder.read('users.json');
    expect(text).toMatch(
      /^\[\{"id":184405311681986561,"rate":1\.50,"n":2,"_meta":\{"version":2,.*\},null,\{"x":1\},\{"id":"new","a":1,"_meta":.*\}\]$/,
    );
    expect((await records.list({})).items.map(({ key }) => key)).toEqual(['184405311681986561', '7', 'new']);
    expect((await records.get('new'))?.value).toEqual({ a: 1 });
  });

  it('keeps times that do not move when the file is rewritten for others', async () => {
    const folder = await OpenedFolder.open();
    const path = await folder.write('users.json', '{"u1":{"a":1},"u2":{"_meta":{"version":7}},"u3":true}');
    const records = profiles(path);
    const before = await records.replicas.read(['u1', 'u2', 'u3']);
    expect(before[1]?.state).toMatchObject({
      value: { _meta: { version: 7 } },
      version: 1,
      createdAt: fileTime,
    });
    expect(before[2]?.state).toMatchObject({ value: { value: true }, createdAt: '1970-01-01T00:00:00.000Z' });
    await records.save('u4', {});
    await records.save('u4', {});
    expect(await records.replicas.read(['u1', 'u2', 'u3'])).toEqual(before);
    expect(await profiles(path).replicas.read(['u1', 'u2', 'u3'])).toEqual(before);
    expect(await folder.read('users.json')).toContain('"u3":true');
  });

  it('takes an empty file for an empty store, and makes what is not there', async () => {
    const folder = await OpenedFolder.open();
    const empty = profiles(await folder.write('users.json', ' \n'));
    expect(await empty.count()).toBe(0);
    expect((await empty.save('u1', {})).version).toBe(1);
    const made = profiles(folder.at('new/folder/users.json'));
    expect(await made.get('u1')).toBeUndefined();
    expect((await made.save('u1', {})).version).toBe(1);
    expect(Object.keys(JSON.parse(await folder.read('new/folder/users.json')) as object)).toEqual(['u1']);
  });

  it('sees at once what other programs write', async () => {
    const folder = await OpenedFolder.open();
    const path = await folder.write('users.json', '{"u1":{"n":0}}');
    const [one, other] = [profiles(path), profiles(path)];
    for (let n = 1; n <= 20; n += 1) {
      await one.save('u1', { n });
      expect((await other.get('u1'))?.value).toEqual({ n });
      await writeFile(path, `{"u1":{"n":${n + 100}}}`);
      expect((await one.get('u1'))?.value).toEqual({ n: n + 100 });
    }
  });

  it('sees what is written in the same tick and has the same size', async () => {
    const folder = await OpenedFolder.open();
    const path = folder.at('users.json');
    writeFileSync(path, '{"u1":{"n":10}}');
    const records = profiles(path);
    for (let n = 10; n < 60; n += 1) {
      writeFileSync(path, `{"u1":{"n":${n}}}`);
      expect((await records.get('u1'))?.value).toEqual({ n });
    }
  });

  it('waits for a program that is just writing the file', async () => {
    const folder = await OpenedFolder.open();
    const path = folder.at('users.json');
    for (const begun of ['', '{"u1":{"n"']) {
      await writeFile(path, begun);
      const reading = profiles(path).get('u1');
      await pause(60);
      await appendFile(path, '{"u1":{"n":1}}'.slice(begun.length));
      expect((await reading)?.value).toEqual({ n: 1 });
    }
  });

  it('keeps permissions, and rewrites the file behind a link', async () => {
    const folder = await OpenedFolder.open();
    await chmod(await folder.write('real.json', '{}'), 0o600);
    await symlink(folder.at('real.json'), folder.at('users.json'));
    await profiles(folder.at('users.json')).save('u1', {});
    expect((await lstat(folder.at('users.json'))).isSymbolicLink()).toBe(true);
    expect((await stat(folder.at('real.json'))).mode & 0o777).toBe(0o600);
    expect(await folder.read('real.json')).toContain('u1');
    expect(await folder.names()).toEqual(['real.json', 'users.json']);
  });
});

describe('a file for each record', () => {
  it('reads names that are encoded and names that are not, and writes to the file there is', async () => {
    const folder = await OpenedFolder.open();
    await folder.write('12345.json', '{"id":12345}\n');
    await folder.write('a b.json', '{"n":1}');
    await folder.write('c%20d.json', '\ufeff{"n":2}');
    await folder.write('notes.txt', 'x');
    const records = profiles(folder.path, 'file-per-record');
    expect((await records.list({})).items.map(({ key }) => key)).toEqual(['12345', 'a b', 'c d']);
    expect(await records.get('12345')).toMatchObject({
      value: { id: 12345 },
      version: 1,
      updatedAt: fileTime,
    });
    await records.patch('a b', { m: 1 });
    await records.patch('c d', { m: 1 });
    expect(await folder.read('a b.json')).toMatch(/^\{"n":1,"m":1,"_meta":\{.*\}\}$/);
    expect(await folder.read('c%20d.json')).toMatch(/^\ufeff\{"n":2,"m":1,/);
    expect(await records.remove('a b')).toBe(true);
    expect(await folder.names()).toEqual(['12345.json', 'c%20d.json', 'notes.txt']);
  });

  it('takes keys that are longer than a name can be', async () => {
    const folder = await OpenedFolder.open();
    const records = profiles(folder.path, 'file-per-record');
    const keys = ['日'.repeat(200), `${'日'.repeat(199)}本`];
    for (const key of keys) await records.save(key, { id: 'mine', end: key.at(-1) ?? '' });
    const again = profiles(folder.path, 'file-per-record');
    expect((await again.list({})).items.map(({ key, value }) => [key, value])).toEqual(
      [...keys].sort().map((key) => [key, { id: 'mine', end: key.at(-1) }]),
    );
    expect(await again.remove(keys[0] ?? '')).toBe(true);
    expect(await again.count()).toBe(1);
  });
});

describe('conversations as bots keep them', () => {
  it('reads lists of messages and objects with such', async () => {
    const folder = await OpenedFolder.open();
    const conversations = new JsonConversationRepository(
      {
        layout: 'one-file',
        path: await folder.write(
          'conversations.json',
          JSON.stringify({
            4711: [
              { role: 'user', content: 'hi' },
              'bare',
              { id: 5, sender: 'bot', text: 'x', timestamp: 1700000000, tokens: 3 },
            ],
            c2: {
              user_id: 9,
              title: 'T',
              created_at: '2025-01-01 10:00:00.123456',
              model: 'm',
              messages: [],
            },
          }),
        ),
      },
      clock,
    );
    expect(await conversations.get('4711')).toMatchObject({
      userId: '4711',
      messages: 3,
      updatedAt: '2023-11-14T22:13:20.000Z',
    });
    expect(await conversations.get('c2')).toEqual({
      id: 'c2',
      userId: '9',
      title: 'T',
      metadata: { model: 'm' },
      messages: 0,
      createdAt: '2025-01-01T10:00:00.123Z',
      updatedAt: '2025-01-01T10:00:00.123Z',
    });
    await conversations.append('4711', [{ id: 'n', role: 'user', content: 'more' }]);
    const { items } = await conversations.messages('4711');
    expect(items.map(({ id, role, content, metadata }) => [id, role, content, metadata])).toEqual([
      ['m1', 'user', 'hi', {}],
      ['m2', 'user', 'bare', {}],
      ['5', 'bot', 'x', { tokens: 3 }],
      ['n', 'user', 'more', {}],
    ]);
    expect((await conversations.list({ userId: '9' })).items).toHaveLength(1);
  });
});

describe('events as bots keep them', () => {
  const events =
    '{"event":"start","user_id":7,"timestamp":1700000000,"chat":{"x":1}}\n' +
    '{"event":"start","user_id":7,"timestamp":1700000000,"chat":{"x":1}}\n' +
    '{"id":"e1","type":"stop","at":"2026-01-01T00:00:00.000Z","properties":{}}\n';

  it.each([
    ['lines', 'events.jsonl', events],
    ['one line', 'events.json', events.split('\n').slice(0, 1).join('')],
    ['a list', 'events.json', `[${events.trim().split('\n').join(',')}]`],
  ])('reads %s, and goes on in the same way', async (_, name, text) => {
    const folder = await OpenedFolder.open();
    const analytics = new JsonAnalyticsRepository({
      layout: 'one-file',
      path: await folder.write(name, text),
    });
    const { items } = await analytics.list({});
    expect(items[0]).toEqual({
      id: expect.stringMatching(/^legacy-[0-9a-f]{32}$/),
      type: 'start',
      userId: '7',
      at: '2023-11-14T22:13:20.000Z',
      properties: { chat: { x: 1 } },
    });
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    const added = { id: 'e2', type: 't', at: '2027-01-01T00:00:00.000Z', properties: { a: 'b' } };
    await analytics.append([added]);
    const written = await folder.read(name);
    const end = text.startsWith('[') ? ']' : '\n';
    expect(written).toBe(
      `${text.replace(/\]$|\n$/, '')}${text.startsWith('[') ? ',' : '\n'}${JSON.stringify(added)}${end}`,
    );
    expect((await analytics.list({})).items).toEqual([...items, added]);
    expect(await analytics.removeMany([items[0]?.id ?? ''])).toBe(1);
    expect(await analytics.count({})).toBe(items.length);
  });
});
