import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpConnection } from '@markitect/adapter-http';
import type { Issue } from '@markitect/domain';
import { describeWithService, type GiteaService, startGitea } from '@markitect/testing';
import { GiteaIssueRepository, GiteaProjectRepository } from '../src/index.js';

type Ask = (method: string, path: string, body?: unknown, token?: string) => Promise<unknown>;

describeWithService('gitea', 'what a real server does', () => {
  let gitea: GiteaService;
  let ask: Ask;
  const connections: HttpConnection[] = [];

  const clientOf = async (token?: string): Promise<HttpConnection> => {
    const client = new HttpConnection({
      name: `gitea-${connections.length}`,
      baseUrl: `${gitea.url}/api/v1`,
      ...(token === undefined ? {} : { token }),
    });
    connections.push(client);
    await client.open();
    return client;
  };
  const open = async (repository: string, token = gitea.token) =>
    new GiteaIssueRepository(await clientOf(token), { owner: gitea.owner, repository });

  beforeAll(async () => {
    // Fewer on a page than is asked for, so that everything is read in pages.
    gitea = await startGitea({ maxResponseItems: 7 });
    ask = async (method, path, body, token = gitea.token) => {
      const answer = await fetch(`${gitea.url}/api/v1/${path}`, {
        method,
        headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    };
  }, 60_000);

  afterAll(async () => {
    await Promise.all(connections.map((client) => client.close()));
    await gitea.stop();
  });

  it('two clients that edit one issue: the second is told the present version', async () => {
    await gitea.createRepository('two-clients');
    const [ada, eve] = [await open('two-clients'), await open('two-clients')];
    const { number, version } = await ada.create({ title: 'x', body: 'before' });
    expect((await eve.get(number))?.version).toBe(version);
    for (const [mine, theirs] of [
      [{ title: 'mine' }, { title: 'theirs' }],
      [{ body: 'mine' }, { title: 'theirs' }],
      [{ state: 'closed' }, { body: 'theirs' }],
    ] as const) {
      const seen = (await ada.get(number))?.version ?? '';
      const edited = await ada.edit(number, mine, seen);
      await expect(eve.edit(number, theirs, seen)).rejects.toMatchObject({
        code: 'ISSUE_CHANGED',
        details: { number, version: edited.version },
      });
      expect(await eve.get(number)).toEqual(edited);
    }
  });

  it('of many edits of one title at the same time one wins, and its title stays', async () => {
    await gitea.createRepository('race');
    const clients = [await open('race'), await open('race'), await open('race'), await open('race')];
    const [first] = clients as [GiteaIssueRepository];
    for (let round = 0; round < 5; round += 1) {
      const { number, version } = await first.create({ title: `round ${round}`, body: 'x' });
      const results = await Promise.allSettled(
        clients.map((client, index) => client.edit(number, { title: `title ${index}` }, version)),
      );
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.title] : []));
      expect(won).toHaveLength(1);
      expect((await first.get(number))?.title).toBe(won[0]);
    }
  }, 60_000);

  it('a comment does not make a version stale', async () => {
    await gitea.createRepository('comments');
    const repository = await open('comments');
    const { number, version } = await repository.create({ title: 'x' });
    await repository.comment(number, 'Why?');
    expect((await repository.edit(number, { title: 'y' }, version)).title).toBe('y');
  });

  describe('reads', () => {
    let repository: GiteaIssueRepository;
    let issues: Issue[];
    beforeAll(async () => {
      await gitea.createRepository('pages');
      repository = await open('pages');
      for (let index = 0; index < 16; index += 1) {
        await repository.saveLabel({ name: `l${index}`, color: '00aabb', description: '', exclusive: false });
      }
      issues = await Promise.all(
        Array.from({ length: 40 }, (_, index) => repository.create({ title: `${index}` })),
      );
    }, 60_000);

    it('every page of labels, dependencies and issues, however few the server gives', async () => {
      expect(await repository.labels()).toHaveLength(16);
      const [first, ...others] = issues.map(({ number }) => number).sort((a, b) => a - b) as [
        number,
        ...number[],
      ];
      for (const other of others.slice(0, 16)) await repository.block(first, other);
      expect((await repository.blockers(first)).map(({ number }) => number)).toEqual(others.slice(0, 16));
      expect((await repository.timeline(first, { limit: 500 })).items).toHaveLength(16);
      for (const order of ['asc', 'desc'] as const) {
        const listed = await repository.list({ order }, { limit: 33 });
        const rest = await repository.list({ order }, { limit: 33, cursor: listed.nextCursor ?? '' });
        const found = [...listed.items, ...rest.items].map(({ number }) => number);
        expect(found).toEqual(order === 'asc' ? [first, ...others] : [first, ...others].reverse());
      }
      expect(await repository.count({ state: 'open' })).toBe(40);
    }, 60_000);

    it('what comes and goes between pages', async () => {
      const before = await repository.list({}, { limit: 10 });
      const rest: number[] = [];
      const [gone, last] = [before.items[3], before.items[9]];
      for (const issue of [gone, last]) {
        await ask('DELETE', `repos/${gitea.owner}/pages/issues/${issue?.number ?? 0}`);
      }
      await repository.create({ title: 'new' });
      for (let cursor = before.nextCursor; cursor !== undefined;) {
        const page = await repository.list({}, { limit: 10, cursor });
        rest.push(...page.items.map(({ number }) => number));
        cursor = page.nextCursor;
      }
      expect(rest).toEqual(Array.from({ length: 30 }, (_, index) => 30 - index));
      expect(await repository.get(gone?.number ?? 0)).toBeUndefined();
    });

    it('pull requests never, and boards not of this version', async () => {
      const path = `repos/${gitea.owner}/pages`;
      const content = Buffer.from('x').toString('base64');
      await ask('POST', `${path}/contents/a.md`, { content, message: 'a', branch: 'main' });
      await ask('POST', `${path}/contents/b.md`, {
        content,
        message: 'b',
        branch: 'main',
        new_branch: 'other',
      });
      const pull = (await ask('POST', `${path}/pulls`, { title: 'A pull', head: 'other', base: 'main' })) as {
        number: number;
      };
      expect(await repository.get(pull.number)).toBeUndefined();
      expect((await repository.list({}, { limit: 500 })).items.map(({ title }) => title)).not.toContain(
        'A pull',
      );
      for (const work of [
        () => repository.comments(pull.number),
        () => repository.comment(pull.number, 'x'),
        () => repository.edit(pull.number, { title: 'x' }),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'ISSUE_NOT_FOUND' });
      }
      const boards = new GiteaProjectRepository(await clientOf(gitea.token), {
        owner: gitea.owner,
        repository: 'pages',
      });
      await expect(boards.projects()).rejects.toMatchObject({ code: 'PROJECTS_NOT_SUPPORTED' });
    });
  });

  describe('refusals', () => {
    let reader: GiteaIssueRepository;
    let owner: GiteaIssueRepository;
    beforeAll(async () => {
      await gitea.createRepository('refusals');
      owner = await open('refusals');
      await owner.saveLabel({ name: 'bug', color: '00aabb', description: '', exclusive: false });
      const { token } = await gitea.createUser('reader');
      reader = await open('refusals', token);
    });

    it('of a user who may only read and report', async () => {
      const { number } = await owner.create({ title: 'x' });
      await expect(reader.edit(number, { title: 'y' })).rejects.toMatchObject({ code: 'TRACKER_FORBIDDEN' });
      await expect(reader.edit(number, { labels: ['bug'] })).rejects.toMatchObject({
        code: 'TRACKER_FORBIDDEN',
      });
      await expect(
        reader.saveLabel({ name: 'new', color: '00aabb', description: '', exclusive: false }),
      ).rejects.toMatchObject({ code: 'TRACKER_FORBIDDEN' });
      await expect(reader.create({ title: 'mine', labels: ['bug'] })).rejects.toMatchObject({
        code: 'TRACKER_FORBIDDEN',
        details: { stored: ['title', 'body'], notStored: ['labels'] },
      });
      const mine = await reader.create({ title: 'mine' });
      expect(mine.author).toBe('reader');
      await expect(reader.edit(mine.number, { assignees: [gitea.owner] })).rejects.toMatchObject({
        code: 'TRACKER_FORBIDDEN',
      });
      expect((await reader.edit(mine.number, { state: 'closed' })).state).toBe('closed');
      const blocker = await owner.create({ title: 'blocker' });
      await expect(reader.block(mine.number, blocker.number)).rejects.toMatchObject({
        code: 'TRACKER_FORBIDDEN',
      });
    });

    it('to comment on a locked issue', async () => {
      const { number } = await owner.create({ title: 'x' });
      await ask('PUT', `repos/${gitea.owner}/refusals/issues/${number}/lock`, {});
      await expect(reader.comment(number, 'x')).rejects.toMatchObject({ code: 'ISSUE_LOCKED' });
      expect((await owner.get(number))?.isLocked).toBe(true);
    });

    it('in an archived repository, without a token, with a wrong one, and where there is nothing', async () => {
      const { number } = await owner.create({ title: 'x' });
      await ask('PATCH', `repos/${gitea.owner}/refusals`, { archived: true });
      await expect(owner.create({ title: 'y' })).rejects.toMatchObject({ code: 'TRACKER_ARCHIVED' });
      await expect(owner.comment(number, 'y')).rejects.toMatchObject({ code: 'TRACKER_ARCHIVED' });
      const secret = '0123456789abcdef0123456789abcdef01234567';
      const wrong = await open('refusals', secret);
      const error = await wrong.get(number).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'TRACKER_UNAUTHORIZED' });
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
      const nobody = new GiteaIssueRepository(await clientOf(), {
        owner: gitea.owner,
        repository: 'refusals',
      });
      await expect(nobody.create({ title: 'y' })).rejects.toMatchObject({ code: 'TRACKER_UNAUTHORIZED' });
      const nowhere = await open('nowhere');
      for (const work of [
        () => nowhere.get(1),
        () => nowhere.list({}),
        () => nowhere.labels(),
        () => nowhere.create({ title: 'x' }),
        () => nowhere.comments(1),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
      }
      await ask('PATCH', `repos/${gitea.owner}/refusals`, { archived: false, name: 'renamed' });
      await expect(owner.get(number)).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
      await ask('PATCH', `repos/${gitea.owner}/renamed`, { has_issues: false });
      await expect((await open('renamed')).list({})).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
    });

    it('of what names several things: labels and milestones of the same name', async () => {
      await gitea.createRepository('same-names');
      const repository = await open('same-names');
      const path = `repos/${gitea.owner}/same-names`;
      const twice: { readonly id: number }[] = [];
      for (let round = 0; round < 2; round += 1) {
        twice.push(
          (await ask('POST', `${path}/labels`, { name: 'bug', color: '#00aabb' })) as { id: number },
        );
        await ask('POST', `${path}/milestones`, { title: '1.0' });
      }
      await ask('POST', `${path}/issues`, { title: 'one', labels: [twice[0]?.id], milestone: 1 });
      await ask('POST', `${path}/issues`, { title: 'other', labels: [twice[1]?.id] });
      expect(await repository.count({ labels: { all: ['bug'] } })).toBe(2);
      expect((await repository.list({ labels: { all: ['bug'] } })).items).toHaveLength(2);
      expect(await repository.labels()).toHaveLength(1);
      expect((await repository.milestones()).map(({ title }) => title)).toEqual(['1.0']);
    });
  });

  it('days stay the day they are in a server of another zone', async () => {
    const configuration = `${gitea.folder}/app.ini`;
    const before = await readFile(configuration, 'utf8');
    await gitea.createRepository('zones');
    for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      await writeFile(configuration, `${before}\n[time]\nDEFAULT_UI_LOCATION = ${zone}\n`);
      await gitea.restart();
      const repository = await open('zones');
      const { number, dueOn, createdAt } = await repository.create({ title: 'x', dueOn: '2027-03-01' });
      expect(dueOn).toBe('2027-03-01');
      expect(Math.abs(Date.parse(createdAt) - Date.now())).toBeLessThan(60_000);
      const seen = await repository.get(number);
      expect((await repository.edit(number, { dueOn: '2027-07-01' }, seen?.version)).dueOn).toBe(
        '2027-07-01',
      );
      expect((await repository.edit(number, { dueOn: null })).dueOn).toBeUndefined();
      const milestone = { title: zone, description: '', state: 'open', dueOn: '2027-01-31' } as const;
      expect(await repository.saveMilestone(milestone)).toEqual(milestone);
      expect(await repository.saveMilestone({ ...milestone, dueOn: '2027-02-01' })).toMatchObject({
        dueOn: '2027-02-01',
      });
      const without = { title: zone, description: '', state: 'open' } as const;
      expect(await repository.saveMilestone(without)).toEqual(without);
    }
    await writeFile(configuration, before);
    await gitea.restart();
  }, 60_000);

  it('labels of an organization are known, set and filtered', async () => {
    await ask('POST', 'orgs', { username: 'team' });
    await ask('POST', 'orgs/team/repos', { name: 'work' });
    await ask('POST', 'orgs/team/labels', { name: 'shared', color: '#00aabb', exclusive: false });
    const repository = new GiteaIssueRepository(await clientOf(gitea.token), {
      owner: 'TEAM',
      repository: 'Work',
    });
    expect((await repository.labels()).map(({ name }) => name)).toEqual(['shared']);
    const { number } = await repository.create({ title: 'x', labels: ['shared'] });
    const blocker = await repository.create({ title: 'y' });
    expect(
      (await repository.list({ labels: { all: ['shared'] } })).items.map((issue) => issue.number),
    ).toEqual([number]);
    expect(await repository.count({ labels: { all: ['shared'] } })).toBe(1);
    const saved = await repository.saveLabel({
      name: 'shared',
      color: 'ff0000',
      description: 'd',
      exclusive: false,
    });
    expect((await repository.get(number))?.labels).toEqual([saved]);
    // Named in other letters than the server writes, which matters to its dependencies.
    await repository.block(number, blocker.number);
    expect((await repository.blockers(number)).map((issue) => issue.number)).toEqual([blocker.number]);
    await repository.unblock(number, blocker.number);
    await ask('PATCH', 'repos/team/work', {
      has_issues: true,
      internal_tracker: { enable_issue_dependencies: false },
    });
    expect(await repository.blockers(number)).toEqual([]);
    await expect(repository.block(number, blocker.number)).rejects.toMatchObject({
      code: 'TRACKER_FORBIDDEN',
    });
  });
});
