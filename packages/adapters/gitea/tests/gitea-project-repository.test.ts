import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HttpConnection } from '@markitect/adapter-http';
import { describeProjectRepositoryContract } from '@markitect/testing';
import { GiteaProjectRepository, giteaVersion } from '../src/index.js';
import { answer } from './fake-gitea.js';

/**
 * A local server with the routes for boards of Gitea 28, as its sources describe them. It is not Gitea: a real one of
 * that version has not been run against this.
 */
async function gitea28(version = '28.1.0') {
  // By the global id of an issue, which is not its number.
  const columns = [
    { id: 11, title: 'Left', sorting: 0, issues: [1001, 1002, 1003] },
    { id: 13, title: 'Right', sorting: 2, issues: [] as number[] },
    { id: 12, title: 'Middle', sorting: 1, issues: [] as number[] },
  ];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://local');
    const route = pathname.replace('/api/v1/', '');
    asked.push(`${request.method ?? ''} ${route}`);
    const reply = (status: number, body?: unknown, total?: number): true => {
      if (total !== undefined) response.setHeader('x-total-count', String(total));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
      return true;
    };
    const page = (items: readonly unknown[]): true => {
      // One at a time: the caller has to follow.
      const number = Number(searchParams.get('page'));
      return reply(200, items.slice(number - 1, number), items.length);
    };
    const parts = route.replace('repos/team/work', '').split('/').filter(Boolean);
    const issueOf = (id: number) => answer(id - 1000, id === 1003 ? { pull_request: { merged: false } } : {});
    if (route === 'version') return reply(200, { version });
    if (parts.length === 0) return reply(200, {});
    if (parts[0] === 'issues') {
      const id = 1000 + Number(parts[1]);
      return id > 1003 ? reply(404, { message: 'not found' }) : reply(200, issueOf(id));
    }
    if (parts.length === 1) {
      return page([
        { id: 6, title: 'Done', state: 'closed' },
        { id: 5, title: 'Board', state: 'open' },
      ]);
    }
    const column = columns.find(({ id }) => id === Number(parts[3]));
    if (parts[1] !== '5') return reply(404, { message: 'not found' });
    if (parts.length === 3) return page(columns.map(({ id, title, sorting }) => ({ id, title, sorting })));
    if (column === undefined) return reply(404, { message: 'not found' });
    if (request.method === 'GET') return page(column.issues.map(issueOf));
    const issue = Number(parts[5]);
    for (const each of columns) each.issues = each.issues.filter((id) => id !== issue);
    column.issues.push(issue);
    return reply(201);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new HttpConnection({ name: 'gitea', baseUrl: `http://127.0.0.1:${port}/api/v1` });
  await client.open();
  const close = async () => {
    await client.close();
    await new Promise((resolve) => server.close(resolve));
  };
  const repository = new GiteaProjectRepository(client, { owner: 'team', repository: 'work' });
  return { repository, client, asked, close };
}

describeProjectRepositoryContract('GiteaProjectRepository', async () => {
  const { repository, close } = await gitea28();
  return { repository, project: 5, issues: [1, 2], close };
});

describe('GiteaProjectRepository', () => {
  it('says which boards are closed', async () => {
    const { repository, asked, close } = await gitea28();
    try {
      expect(await repository.projects()).toEqual([
        { id: 5, title: 'Board', isClosed: false },
        { id: 6, title: 'Done', isClosed: true },
      ]);
      await repository.projects();
      expect(asked.filter((route) => route === 'GET version')).toHaveLength(1);
    } finally {
      await close();
    }
  });

  it('names issues by their global id when it moves them', async () => {
    const { repository, asked, close } = await gitea28();
    try {
      await repository.move(5, 12, 1);
      expect(asked.at(-1)).toBe('POST repos/team/work/projects/5/columns/12/issues/1001');
    } finally {
      await close();
    }
  });

  it.each([
    ['1.27.3', 'gitea', 27],
    ['1.28.0+dev-12-gabc', 'gitea', 28],
    ['28.0.0', 'gitea', 28],
    ['29.1.0-rc1', 'gitea', 29],
    ['15.0.1+gitea-1.22.0', 'forgejo', 15],
    ['31.0.0+gitea-1.22.0', 'forgejo', 31],
  ])('takes %s for %s %i, and boards for supported or not', async (text, product, major) => {
    const { repository, client, close } = await gitea28(text);
    try {
      expect(await giteaVersion(client)).toEqual({ text, product, major });
      const isSupported = product === 'gitea' && major >= 28;
      const refused = { code: 'PROJECTS_NOT_SUPPORTED', kind: 'NotSupported' };
      for (const work of [
        () => repository.projects(),
        () => repository.columns(5),
        () => repository.move(5, 12, 1),
      ]) {
        if (isSupported) await work();
        else await expect(work()).rejects.toMatchObject(refused);
      }
    } finally {
      await close();
    }
  });
});
