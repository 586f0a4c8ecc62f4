import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@markitect/config';
import { type Application, composeApplication } from '../src/composition/application.js';

const gitea = {
  MARKITECT_GITEA_URL: 'http://127.0.0.1:9/',
  MARKITECT_GITEA_OWNER: 'team',
  MARKITECT_GITEA_REPOSITORY: 'knowledge',
  MARKITECT_GITEA_TOKEN: 'S3cret-t0ken',
};

let cwd: string;
let application: Application | undefined;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'markitect-composition-'));
});

afterEach(async () => {
  await application?.close();
  await rm(cwd, { recursive: true });
});

const compose = async (env: Readonly<Record<string, string>> = {}) => {
  application = composeApplication(await loadConfig({ env, cwd }), { create: true });
  await application.open();
  return application;
};

describe('the issues of an application', () => {
  it('are those of the embedded tracker where no Gitea is configured', async () => {
    const { issues, issueSync, search, connections } = await compose({ MARKITECT_ISSUES_USER: 'ada' });
    await issues.create({ title: 'Borrow fails' });
    expect(await issues.move(1, 'doing')).toMatchObject({ column: 'Doing', issue: { author: 'ada' } });
    expect((await search.search({ query: 'borrow' })).issues?.items).toHaveLength(1);
    expect(issueSync).toBeUndefined();
    expect(Object.keys(connections.stats())).toEqual(['sqlite']);
  });

  it('are those of Gitea where it is, which is connected to when it is first asked', async () => {
    const { issues, issueSync, connections, documents } = await compose(gitea);
    await documents.put('a.md', 'text');
    expect(connections.stats()['gitea']).toMatchObject({ open: false });
    expect(issueSync).toBeDefined();
    const error = await issues.get(1).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE' });
    expect(JSON.stringify([String(error), error])).not.toContain('S3cret-t0ken');
    expect(connections.stats()['gitea']).toMatchObject({ open: true });
    expect((await connections.health())['gitea']).toMatchObject({ status: 'down' });
  });
});
