import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseDocumentPath } from '@markitect/domain';
import { documentDraft, markitectFailure } from '@markitect/testing';
import { describe, expect, it } from '@jest/globals';
import { SqliteConnection, SqliteDocumentRepository } from '../src/index.js';
import { temporaryFile, temporaryStore } from './temporary-store.js';

const script = fileURLToPath(new URL('./writer-process.mjs', import.meta.url));
const path = parseDocumentPath;

describe('processes that write into one store at once', () => {
  it('make the schema once, lose no row and get no error', async () => {
    const { file, remove } = await temporaryFile();
    const names = ['one', 'two', 'three'];
    const count = 60;
    const outputs = await Promise.all(
      names.map((name) => promisify(execFile)(process.execPath, [script, file, name, String(count)])),
    );
    const created = outputs.map(({ stdout }) => Number(stdout)).reduce((sum, each) => sum + each, 0);
    expect(created).toBe(names.length * count * 2 + 1);
    const connection = new SqliteConnection({ file, create: false });
    await connection.open();
    const repository = new SqliteDocumentRepository(connection);
    for (const name of names) {
      const page = await repository.list({ prefix: `${name}/`, limit: 500 });
      expect(page.items).toHaveLength(count * 2);
    }
    const shared = await repository.get(path('shared.md'));
    expect(shared?.revision).toBe(names.length * count);
    await connection.integrityCheck();
    await connection.close();
    await remove();
  });
});

describe('callers of one store', () => {
  it('see their own write as soon as it is acknowledged', async () => {
    const { repository, close } = await temporaryStore();
    await Promise.all(
      Array.from({ length: 32 }, async (_, caller) => {
        for (let round = 1; round <= 10; round += 1) {
          const draft = documentDraft({ path: `doc-${caller % 8}/${caller}.md`, content: `round ${round}` });
          const { revision } = await repository.save(draft);
          expect(revision).toBe(round);
          const [read, [many], listed] = await Promise.all([
            repository.get(draft.path),
            repository.getMany([draft.path]),
            repository.list({ prefix: draft.path }),
          ]);
          expect([read?.content, many?.content]).toEqual([draft.content, draft.content]);
          expect(listed.items.map((item) => item.revision)).toEqual([round]);
        }
      }),
    );
    await close();
  });

  it('keep their own outcomes when their writes share a commit', async () => {
    const { repository, close } = await temporaryStore();
    const stored = await repository.save(documentDraft({ path: 'a.md' }));
    const tag = `${stored.revision}-${stored.hash.slice(0, 16)}`;
    const outcomes = await Promise.allSettled([
      repository.save(documentDraft({ path: 'a.md', content: 'new' }), { tags: [tag] }),
      repository.save(documentDraft({ path: 'a.md', content: 'late' }), { tags: [tag] }),
      repository.save(documentDraft({ path: 'b.md' }), 'present'),
      repository.save(documentDraft({ path: 'c.md' }), 'absent'),
      repository.remove(path('d.md')),
      repository.remove(path('a.md'), 'absent'),
      repository.remove(path('c.md')),
      repository.save({ ...documentDraft({ path: 'e.md' }), bytes: null as never }),
    ]);
    expect(
      outcomes.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).message)),
    ).toEqual([
      expect.objectContaining({ outcome: 'updated', revision: 2 }),
      expect.stringContaining('a.md is at 2-'),
      'b.md does not exist; the request expected it present',
      expect.objectContaining({ outcome: 'created' }),
      false,
      expect.stringContaining('a.md is at 2-'),
      true,
      expect.stringContaining('NOT NULL'),
    ]);
    const { items } = await repository.list({});
    expect(items.map((item) => item.path)).toEqual(['a.md']);
    await close();
  });

  it('that save many get all or nothing', async () => {
    const { repository, connection, close } = await temporaryStore();
    const drafts = Array.from({ length: 200 }, (_, index) =>
      documentDraft({ path: `${index}.md`, content: `${index}` }),
    );
    const spoilt = [...drafts, { ...documentDraft({ path: 'spoilt.md' }), bytes: null as never }];
    expect((await markitectFailure(() => repository.saveMany(spoilt))).code).toBe('UNEXPECTED');
    expect((await repository.list({})).items).toEqual([]);
    const results = await repository.saveMany(drafts);
    expect(results.map((result) => result.path)).toEqual(drafts.map((draft) => draft.path));
    expect(await repository.removeMany(drafts.slice(10).map((draft) => draft.path))).toBe(190);
    expect((await repository.list({})).items).toHaveLength(10);
    await connection.integrityCheck();
    await close();
  });
});
