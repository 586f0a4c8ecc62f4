import { describe, expect, it } from '@jest/globals';
import { makeFolder, put, run, runJson, type RunOptions } from './support/cli.js';

const terminal = { tty: true, columns: 80, env: { NO_COLOR: '1' } } satisfies RunOptions;
const onTerminal = (cwd: string, ...argv: string[]) => run(cwd, argv, terminal);

async function project() {
  const folder = await makeFolder();
  await run(folder, ['init']);
  return folder;
}

describe.each(['users', 'configuration'])('markitect %s', (word) => {
  it('saves, shows, changes, lists and deletes', async () => {
    const folder = await project();
    expect(await run(folder, [word, 'list'])).toMatchObject({ exitCode: 0, stdout: '' });
    const saved = await run(folder, [word, 'save', 'ada', '{"theme":"dark","age":36}']);
    expect(saved).toMatchObject({ exitCode: 0, stdout: 'created ada, version 1\n' });
    expect((await run(folder, [word, 'get', 'ada'])).stdout).toBe('{"theme":"dark","age":36}\n');
    const patched = await run(folder, [word, 'patch', 'ada', '{"age":null}', '--expected', '1']);
    expect(patched.stdout).toBe('changed ada, version 2\n');
    expect((await runJson(folder, word, 'get', 'ada')).value).toMatchObject({
      key: 'ada',
      value: { theme: 'dark' },
      version: 2,
    });
    await put(folder, 'value.json', '{"from":"a file"}');
    await run(folder, [word, 'save', 'ben', '--file', 'value.json', '--expected', '0']);
    expect((await run(folder, [word, 'list'])).stdout).toMatch(
      /^ada\t2\t\d{4}-.*Z\t\{"theme":"dark"\}\nben\t1\t.*\t\{"from":"a file"\}\n$/,
    );
    const page = await run(folder, [word, 'list', '--limit', '1']);
    expect(page.stderr).toContain(`More: markitect ${word} list --limit 1 --cursor `);
    expect((await onTerminal(folder, word, 'list', '--prefix', 'b')).stdout).toMatch(
      /^KEY +VERSION +UPDATED +VALUE\nben +1 /,
    );
    const shown = (await onTerminal(folder, word, 'get', 'ada')).stdout;
    expect(shown).toMatch(
      /^ada\nversion 2, created .*, changed .* \(just now\)\n\n\{\n {2}"theme": "dark"\n\}\n$/,
    );
    expect((await run(folder, [word, 'delete', 'ada', '--expected', '2'])).stdout).toBe('removed ada\n');
    expect(await run(folder, [word, 'get', 'ada'])).toMatchObject({ exitCode: 3, stdout: '' });
    expect((await run(folder, [word, 'delete', 'ada'])).exitCode).toBe(3);
  });

  it('refuses what somebody has changed, and what is wrong', async () => {
    const folder = await project();
    await run(folder, [word, 'save', 'ada', '{}']);
    const conflict = await run(folder, [word, 'save', 'ada', '{}', '--expected', '0']);
    expect(conflict).toMatchObject({ exitCode: 4 });
    expect(conflict.stderr).toContain('RECORD_CHANGED');
    for (const argv of [
      ['save', 'ada'],
      ['save', 'ada', '[1]'],
      ['save', 'ada', '{'],
      ['save', 'ada', '{}', '--file', 'x.json'],
      ['save', '', '{}'],
      ['patch', 'ada', 'null'],
      ['patch', 'ada', '{}', '--expected', '-1'],
      ['list', '--limit', '0'],
    ]) {
      expect([argv, await run(folder, [word, ...argv])]).toMatchObject([argv, { exitCode: 2 }]);
    }
    expect((await run(folder, [word, 'save', 'ada', '--file', 'none.json'])).exitCode).toBe(3);
  });
});

describe('markitect conversations', () => {
  it('begins, says, shows, lists and deletes', async () => {
    const folder = await project();
    const begun = await run(folder, [
      'conversations',
      'create',
      'ada',
      '--id',
      'c1',
      '--title',
      'Fridays',
      '--metadata',
      '{"channel":"web"}',
    ]);
    expect(begun).toMatchObject({ exitCode: 0, stdout: 'c1\n' });
    expect((await run(folder, ['conversations', 'create', 'ada', '--id', 'c1'])).exitCode).toBe(4);
    expect((await run(folder, ['conversations', 'create', 'ben'])).stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    const say = ['conversations', 'say', 'c1'];
    expect((await run(folder, [...say, 'May I deploy?', '--id', 'm1'])).stdout).toBe('c1 has 1 message\n');
    expect((await run(folder, [...say, 'May I deploy?', '--id', 'm1'])).stdout).toBe('c1 has 1 message\n');
    await put(folder, 'answer.md', 'No.\nNot\ton a Friday.');
    await run(folder, [...say, '--role', 'assistant', '--file', 'answer.md']);
    expect((await run(folder, ['conversations', 'show', 'c1'])).stdout).toMatch(
      /^1\t.*Z\tuser\t"May I deploy\?"\n2\t.*Z\tassistant\t"No.\\nNot\\ton a Friday."\n$/,
    );
    const shown = (await onTerminal(folder, 'conversations', 'show', 'c1')).stdout;
    expect(shown).toMatch(
      /^Fridays\nc1 · ada · 2 messages · .*\n\{"channel":"web"\}\n\n1 user .*\n {2}May I deploy\?\n\n2 assistant/,
    );
    expect((await runJson(folder, 'conversations', 'show', 'c1', '--limit', '1')).value).toMatchObject({
      conversation: { id: 'c1', messages: 2 },
      items: [{ id: 'm1', position: 1 }],
      nextCursor: expect.any(String) as unknown,
    });
    expect((await run(folder, ['conversations', 'list', '--user', 'ada'])).stdout).toMatch(
      /^c1\tada\t2\t.*Z\tFridays\n$/,
    );
    expect((await onTerminal(folder, 'conversations', 'list')).stdout).toMatch(
      /^ID +USER +MESSAGES +UPDATED/,
    );
    expect((await run(folder, ['conversations', 'delete', 'c1'])).stdout).toBe('removed c1\n');
    for (const argv of [
      ['show', 'c1'],
      ['say', 'c1', 'x'],
      ['delete', 'c1'],
    ]) {
      expect((await run(folder, ['conversations', ...argv])).exitCode).toBe(3);
    }
    expect((await run(folder, ['conversations', 'say', 'c1'])).exitCode).toBe(2);
  });
});

describe('markitect analytics', () => {
  it('appends, lists and counts', async () => {
    const folder = await project();
    const append = ['analytics', 'append'];
    const one = [
      'login',
      '--user',
      'ada',
      '--id',
      'e1',
      '--at',
      '2026-11-20T10:00Z',
      '--properties',
      '{"n":1}',
    ];
    expect((await run(folder, [...append, ...one])).stdout).toBe('kept 1 event\n');
    expect((await run(folder, [...append, ...one])).stdout).toBe('kept 0 events, 1 known already\n');
    await put(
      folder,
      'events.jsonl',
      '{"type":"login","userId":"ben","id":"e2","at":"2026-11-21T10:00:00Z"}\n\n{"type":"logout","id":"e3","at":"2026-11-22"}\n',
    );
    await put(
      folder,
      'events.json',
      '[{"type":"login","id":"e2"},{"type":"logout","id":"e4","at":"2026-11-23"}]',
    );
    expect((await run(folder, [...append, '--file', 'events.jsonl'])).stdout).toBe('kept 2 events\n');
    expect((await runJson(folder, ...append, '--file', 'events.json')).value).toEqual({
      appended: 1,
      known: 1,
    });
    expect((await run(folder, ['analytics', 'list', '--type', 'login'])).stdout).toBe(
      '2026-11-20T10:00:00.000Z\tlogin\tada\t{"n":1}\te1\n2026-11-21T10:00:00.000Z\tlogin\tben\t{}\te2\n',
    );
    expect((await onTerminal(folder, 'analytics', 'list')).stdout).toMatch(/^TIME +TYPE +USER +PROPERTIES\n/);
    expect((await run(folder, ['analytics', 'count'])).stdout).toBe('4\n');
    const of = ['--since', '2026-11-21T00:00Z', '--until', '2026-11-22T00:00Z'];
    expect((await onTerminal(folder, 'analytics', 'count', ...of)).stdout).toBe('1 event\n');
    expect((await runJson(folder, 'analytics', 'count', '--user', 'ada')).value).toEqual({ count: 1 });
  });

  it.each([
    ['{"type":"a"}\n{"typ":"b"}', 'line 2: has a field typ'],
    ['{"type":"a"}\nnothing', 'line 2 is not JSON'],
    ['[{"type":"a"},{"type":1}]', 'event 2: type must be a text'],
    ['{"type":"a","at":"never"}', 'line 1: at must be a time'],
    ['{"type":"a","properties":[]}', 'line 1: properties must be a JSON object'],
    ['[1]', 'event 1: must be a JSON object'],
    ['', '--file has no events'],
  ])('tells what is wrong with a file, and keeps none of it: %j', async (text, message) => {
    const folder = await project();
    await put(folder, 'events', text);
    const refused = await run(folder, ['analytics', 'append', '--file', 'events']);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
    expect((await run(folder, ['analytics', 'count'])).stdout).toBe('0\n');
  });
});
