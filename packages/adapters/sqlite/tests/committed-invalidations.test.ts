import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { documentDraft } from '@markitect/testing';
import { SqliteConnection, SqliteDocumentRepository, SqliteInvalidationLog } from '../src/index.js';

let folder: string;
let connection: SqliteConnection;
let log: SqliteInvalidationLog;
let documents: SqliteDocumentRepository;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'markitect-invalidates-'));
  connection = new SqliteConnection({ file: join(folder, 'a.db'), create: true });
  await connection.open();
  await connection.migrate();
  log = new SqliteInvalidationLog(connection);
  await log.open();
  documents = new SqliteDocumentRepository(connection, { invalidates: ['documents'] });
});

afterEach(async () => {
  log.close();
  await connection.close();
  await rm(folder, { recursive: true });
});

/** Whether the work has invalidated the tag, announced when it was acknowledged. */
async function invalidates(work: () => Promise<unknown>): Promise<boolean> {
  const before = log.position();
  await work();
  const announced = log.position();
  const newest = (await log.latest(['t:documents'])).positions.get('t:documents') ?? 0;
  if (newest > before) expect(announced).toBeGreaterThanOrEqual(newest);
  return newest > before;
}

describe('a document repository that invalidates', () => {
  const draft = (content: string, path = 'a.md') => documentDraft({ path, content });
  const { path } = draft('');

  it('does so with every change, and tells all before it answers', async () => {
    await expect(invalidates(() => documents.save(draft('one')))).resolves.toBe(true);
    await expect(invalidates(() => documents.saveMany([draft('two'), draft('x', 'b.md')]))).resolves.toBe(
      true,
    );
    await expect(invalidates(() => documents.remove(path))).resolves.toBe(true);
    await expect(invalidates(() => documents.removeMany([draft('', 'b.md').path]))).resolves.toBe(true);
  });

  it('does not where nothing has changed', async () => {
    await documents.save(draft('one'));
    await expect(invalidates(() => documents.save(draft('one')))).resolves.toBe(false);
    await expect(invalidates(() => documents.remove(draft('', 'none.md').path))).resolves.toBe(false);
    const refused = () => documents.save(draft('two'), 'absent').catch(() => undefined);
    await expect(invalidates(refused)).resolves.toBe(false);
  });

  it('takes one position for all that share a commit', async () => {
    const before = log.position();
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => documents.save(draft(String(index), `${index}.md`))),
    );
    expect(log.position() - before).toBeLessThan(10);
  });
});
