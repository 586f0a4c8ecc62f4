import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocumentPath } from '@markitect/domain';
import { documentDraft, markitectFailure } from '@markitect/testing';
import { describe, expect, it } from '@jest/globals';
import { SqliteAdministration, SqliteConnection } from '../src/index.js';
import { temporaryFile, temporaryStore } from './temporary-store.js';

const path = parseDocumentPath('a.md');

describe('a store that is closed', () => {
  it('refuses every operation as unavailable', async () => {
    const { connection, repository, close } = await temporaryStore();
    await close();
    for (const operation of [
      () => repository.get(path),
      () => repository.getMany([path]),
      () => repository.list({}),
      () => repository.links(path),
      () => repository.save(documentDraft()),
      () => repository.saveMany([documentDraft()]),
      () => repository.remove(path),
      () => repository.removeMany([path]),
      () => repository.knownHashes([]),
      () => connection.migrate(),
      () => connection.integrityCheck(),
    ]) {
      expect((await markitectFailure(operation)).code).toBe('DATABASE_UNAVAILABLE');
    }
    expect(await connection.health()).toEqual({ status: 'closed', latencyMs: 0 });
    expect(connection.stats()).toEqual({ open: false, leases: {} });
  });

  it('has finished what was running, left one file, and opens again', async () => {
    const { file, connection, repository, close } = await temporaryStore();
    const saves = Array.from({ length: 50 }, (_, index) =>
      repository.save(documentDraft({ path: `${index}.md` })),
    );
    const reads = Array.from({ length: 50 }, () => repository.list({}));
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([connection.close(), connection.close()]);
    await Promise.all([...saves, ...reads]);
    await expect(readFile(`${file}-wal`)).rejects.toMatchObject({ code: 'ENOENT' });
    await connection.open();
    expect((await repository.list({})).items).toHaveLength(50);
    expect((await connection.health()).status).toBe('up');
    await close();
  });
});

describe('a file that cannot be used', () => {
  it('is corrupt when it is not a database', async () => {
    const { file, remove } = await temporaryFile();
    await writeFile(file, 'This is no database, however long it goes on. '.repeat(200));
    const connection = new SqliteConnection({ file });
    expect((await markitectFailure(() => connection.open())).code).toBe('DATABASE_CORRUPT');
    await connection.close();
    await remove();
  });

  it('is unavailable when it is a folder, or below a file', async () => {
    const { file, folder, remove } = await temporaryFile();
    await mkdir(file);
    const inFile = join(folder, 'text');
    await writeFile(inFile, '');
    for (const each of [file, join(inFile, 'below', 'store.db')]) {
      const connection = new SqliteConnection({ file: each });
      expect((await markitectFailure(() => connection.open())).code).toBe('DATABASE_UNAVAILABLE');
    }
    await remove();
  });

  it('is reported when its content is damaged', async () => {
    const { file, connection, repository, close } = await temporaryStore();
    await repository.saveMany(
      Array.from({ length: 50 }, (_, index) =>
        documentDraft({ path: `${index}.md`, content: 'x'.repeat(3000) }),
      ),
    );
    await connection.close();
    const bytes = await readFile(file);
    bytes.fill(0x5a, 4096 * 3, bytes.length);
    await writeFile(file, bytes);
    const damaged = new SqliteConnection({ file, mmapSizeBytes: 0 });
    const failure = await markitectFailure(async () => {
      await damaged.open();
      await damaged.integrityCheck();
    });
    expect(failure.code).toBe('DATABASE_CORRUPT');
    await damaged.close();
    await close();
  });

  it('is checked as far as it can be read', async () => {
    const { file, connection, repository, close } = await temporaryStore();
    await repository.saveMany(
      Array.from({ length: 50 }, (_, index) =>
        documentDraft({ path: `${index}.md`, content: 'x'.repeat(3000) }),
      ),
    );
    await connection.close();
    const bytes = await readFile(file);
    bytes.fill(0x5a, Math.floor(bytes.length / 8192) * 4096, bytes.length);
    await writeFile(file, bytes);
    const damaged = new SqliteConnection({ file, mmapSizeBytes: 0 });
    await damaged.open();
    const checks = await new SqliteAdministration(damaged).check();
    const names = ['file', 'references', 'search in documents', 'search in issues', 'cache tables'];
    expect(checks.map(({ name }) => name)).toEqual(names);
    expect(checks[0]).toMatchObject({ outcome: 'fault' });
    await damaged.close();
    await close();
  });

  it('is reported when its search index or its tags do not fit its documents', async () => {
    const { connection, repository, close } = await temporaryStore({ foreignKeys: false });
    await repository.save(documentDraft({ path: 'a.md', tags: ['x'] }));
    const writer = await connection.writer();
    await connection.integrityCheck();
    await writer.transaction((tx) => tx.run(`INSERT INTO document_tags VALUES (99, 'orphan')`));
    expect((await markitectFailure(() => connection.integrityCheck())).message).toContain('document_tags');
    await writer.transaction(async (tx) => {
      await tx.run('DELETE FROM document_tags WHERE document_id = 99');
      await tx.run('DROP TRIGGER document_search_update');
      await tx.run(`UPDATE documents SET text = 'changed behind its back'`);
    });
    expect((await markitectFailure(() => connection.integrityCheck())).code).toBe('DATABASE_CORRUPT');
    await close();
  });
});

describe('a database whose lock another process holds', () => {
  it('is busy after the time a write may take, and is read meanwhile', async () => {
    const { file, repository, close } = await temporaryStore({ busyTimeoutMs: 10, writeTimeoutMs: 100 });
    await repository.save(documentDraft({ path: 'a.md' }));
    const other = new SqliteConnection({ file });
    await other.open();
    let finish = (): void => undefined;
    const holding = (await other.writer()).transaction(
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await markitectFailure(() => repository.save(documentDraft({ path: 'b.md' })))).code).toBe(
      'DATABASE_BUSY',
    );
    expect((await repository.get(path))?.path).toBe('a.md');
    finish();
    await holding;
    expect((await repository.save(documentDraft({ path: 'b.md' }))).outcome).toBe('created');
    await other.close();
    await close();
  });
});

describe('odd content', () => {
  it('is stored and given back as it is', async () => {
    const { repository, connection, close } = await temporaryStore();
    let deep: Record<string, unknown> = {};
    for (let depth = 0; depth < 1500; depth += 1) deep = { a: deep };
    const draft = documentDraft({
      path: 'odd "quoted" \u{fdd0} %_\'.md',
      title: 'a"b\\c\u{1f600}\u{2028}',
      content: 'NUL \0 and \u{fffd} \u{10ffff}',
      text: 'NUL \0 after',
      frontMatter: JSON.parse(JSON.stringify({ deep, __proto__x: 1 })) as never,
      tags: ['ÄÖ', '"'],
    });
    await repository.save(draft);
    await repository.save(documentDraft({ path: 'plain.md', frontMatter: { 'a"b.c': { $: ['x'] } } }));
    const read = await repository.get(draft.path);
    expect(read).toMatchObject({
      path: draft.path,
      title: draft.title,
      content: draft.content,
    });
    expect(JSON.stringify(read?.frontMatter)).toBe(JSON.stringify(draft.frontMatter));
    expect((await repository.list({ tag: 'äö' })).items).toHaveLength(1);
    const found = await repository.list({ frontMatter: { 'a"b.c.$': 'x' } });
    expect(found.items.map((item) => item.path)).toEqual(['plain.md']);
    await connection.integrityCheck();
    await close();
  });
});
