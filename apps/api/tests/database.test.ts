import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { openApi, type OpenApi, put } from './open-api.js';

let api: OpenApi;
beforeAll(async () => {
  api = await openApi();
  await put(api.app, 'a.md', '# A\n\nWords.\n');
});
afterAll(() => api.close());

describe('the database over HTTP', () => {
  it('says what is in it, and not where it lies', async () => {
    const { body } = await ask(api, 'GET', '/database/status');
    expect(body).toMatchObject({
      migrations: { pending: [] },
      tables: expect.arrayContaining([expect.objectContaining({ name: 'documents', rows: 1 })]) as unknown,
      pending: { count: 0 },
    });
    expect(JSON.stringify(body)).not.toContain(api.folder);
  });

  it('is checked, and what is wrong is an answer', async () => {
    expect((await ask(api, 'POST', '/database/check')).body).toMatchObject({ isSound: true });
    const unknown = await ask(api, 'POST', '/database/check', { repair: true });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    const foreign = { origin: 'https://evil.example' };
    expect((await ask(api, 'POST', '/database/check', undefined, foreign)).status).toBe(400);
    const writer = await api.application.store.writer();
    await writer.exclusive((handle) =>
      handle.exec(
        `PRAGMA foreign_keys = OFF; INSERT INTO document_tags VALUES (77, 'a'); PRAGMA foreign_keys = ON`,
      ),
    );
    const { body } = await ask(api, 'POST', '/database/check');
    expect(body).toMatchObject({ isSound: false });
    expect(body).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'references', outcome: 'fault', found: 1 }),
      ]) as unknown,
    });
  });

  it('is advised on, with the statements of this very process', async () => {
    await api.application.store.readers().all('SELECT content FROM documents WHERE revision = 7');
    const { body } = await ask(api, 'GET', '/database/advice?minRows=0');
    expect(body).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          kind: 'scan',
          table: 'documents',
          statement: 'SELECT content FROM documents WHERE revision = 7',
          proposal: expect.objectContaining({
            statement: 'CREATE INDEX "documents_by_revision" ON "documents" ("revision")',
          }) as unknown,
        }),
      ]) as unknown,
    });
    expect((await ask(api, 'GET', '/database/advice?minRows=-1')).body).toMatchObject({ status: 400 });
  });

  it('is neither migrated nor reverted', async () => {
    for (const path of ['migrate', 'revert', 'init', 'backup']) {
      expect((await ask(api, 'POST', `/database/${path}`)).body).toMatchObject({ status: 404 });
    }
  });
});
