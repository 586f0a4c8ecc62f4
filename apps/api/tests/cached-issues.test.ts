import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cached, CacheManager } from '@markitect/adapter-cache';
import { boardReader } from '@markitect/application';
import { defaultBoard, parseBoardRules } from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import {
  describeWithService,
  type GiteaService,
  InMemoryIssueRepository,
  seededRandom,
  startGitea,
} from '@markitect/testing';
import { composeApplication } from '../src/composition/application.js';
import { boardPlan, issuePlan } from '../src/composition/cache-plans.js';
import { ask } from './ask.js';
import { type OpenApi, openApi } from './open-api.js';

describe('the plan of issues', () => {
  const cache = () => new CacheManager({ memory: { maxBytes: 1024 * 1024 } }).namespace<unknown>('issues');

  it('leaves no answer that any write makes false, in any order of writes', async () => {
    const stored = new InMemoryIssueRepository({ user: 'ann' });
    const shared = cache();
    const issues = cached(issuePlan, stored, shared);
    const rules = parseBoardRules(defaultBoard);
    const boards = cached(boardPlan, boardReader({ issues: stored }, rules), shared, { invalidates: true });
    const number = (value: number) => value;
    for (let each = 0; each < 5; each += 1) await issues.create({ title: `Issue ${each}` });
    await issues.saveLabel({ name: 'bug', color: '000000', description: '', exclusive: false });
    await issues.saveMilestone({ title: 'One', state: 'open', description: '' });

    const answers = async (from: IssueRepository) => [
      ...(await Promise.all(
        [1, 2, 3, 4, 5].map(async (each) => [
          await from.get(number(each)),
          await from.comments(number(each)),
          await from.blockers(number(each)),
          await from.blocked(number(each)),
          await from.timeline(number(each), { limit: 5 }),
        ]),
      )),
      await from.getMany([number(1), number(2)]),
      await from.list({ state: 'open' }),
      await from.list({ labels: { all: ['bug'] } }, { limit: 3 }),
      await from.count({ state: 'closed' }),
      await from.labels(),
      await from.milestones(),
    ];
    const random = seededRandom(5);
    const any = () => number(1 + Math.floor(random() * 5));
    const writes: readonly (() => Promise<unknown>)[] = [
      () => issues.edit(any(), { title: `Title ${random()}` }),
      () => issues.edit(any(), { state: random() < 0.5 ? 'open' : 'closed' }),
      () => issues.edit(any(), { labels: random() < 0.5 ? ['bug'] : [] }),
      () => issues.edit(any(), { milestone: 'One' }),
      () => issues.comment(any(), 'Seen it.'),
      () => issues.block(any(), any()),
      () => issues.unblock(any(), any()),
      () => issues.create({ title: 'One more' }),
      () =>
        issues.saveLabel({ name: 'bug', color: '00000f', description: String(random()), exclusive: false }),
      () => issues.saveMilestone({ title: 'One', state: 'open', description: String(random()) }),
    ];
    for (let round = 0; round < 60; round += 1) {
      await writes[Math.floor(random() * writes.length)]?.().catch(() => undefined);
      expect(await answers(issues)).toEqual(await answers(stored));
      expect(await boards.read({})).toEqual(await boardReader({ issues: stored }, rules).read({}));
    }
  });
});

describeWithService('gitea', 'the cached issues of a Gitea', () => {
  let gitea: GiteaService;
  let api: OpenApi;
  const TTL = 1500;

  const requests = () => api.application.connections.stats()['gitea']?.counters?.['requests'] ?? 0;
  const onServer = async (path: string, body: object) => {
    const answer = await fetch(`${gitea.url}/api/v1/repos/${gitea.owner}/${gitea.repository}${path}`, {
      method: 'PATCH',
      headers: { authorization: `token ${gitea.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const title = async (query = '') => {
    const { body } = await ask(api, 'GET', `/issues/1${query}`);
    return (body['issue'] as { readonly title: string }).title;
  };

  beforeAll(async () => {
    gitea = await startGitea();
    const { url, owner, repository, token } = gitea;
    const change = { gitea: { url, owner, repository, token }, cache: { issuesTtlMs: TTL } };
    api = await openApi(change, { keepsRunning: true });
    await ask(api, 'POST', '/issues', { title: 'First' });
  }, 120_000);

  afterAll(async () => {
    await api.close();
    await gitea.stop();
  });

  beforeEach(() => ask(api, 'DELETE', '/cache'));

  it('are asked for once, with their board and all that belongs to them', async () => {
    for (const path of ['/issues/1', '/issues', '/labels', '/board']) await ask(api, 'GET', path);
    const before = requests();
    for (const path of ['/issues/1', '/issues', '/labels', '/board']) {
      expect((await ask(api, 'GET', path)).status).toBe(200);
    }
    // Also that it keeps no boards a program can reach is known.
    expect(requests()).toBe(before);
    const { body } = await ask(api, 'GET', '/cache');
    const disk = (body['tiers'] as { tier: string; entries: number }[]).find(({ tier }) => tier === 'disk');
    expect(disk?.entries).toBeGreaterThan(3);
  });

  it('are what a change through here made of them, at once', async () => {
    for (const next of ['Second', 'Third', 'Fourth']) {
      await title();
      await ask(api, 'GET', '/board');
      await ask(api, 'PATCH', '/issues/1', { title: next });
      expect(await title()).toBe(next);
      expect(JSON.stringify((await ask(api, 'GET', '/board')).body)).toContain(next);
    }
  });

  it('are asked for anew by a command, whose changes the server learns of at once', async () => {
    const command = composeApplication(api.config);
    await command.open();
    try {
      const before = await title();
      await onServer('/issues/1', { title: `${before}!` });
      expect(await title()).toBe(before);
      expect((await command.issues.show(1)).value.issue.title).toBe(`${before}!`);
      const { items } = (await command.issues.list({})).value;
      expect(items[0]?.title).toBe(`${before}!`);
      expect(JSON.stringify((await command.issues.board()).value)).toContain(`${before}!`);
      await ask(api, 'GET', '/issues/1');
      await command.issues.edit(1, { title: 'By a command' });
      expect(await title()).toBe('By a command');
    } finally {
      await command.close();
    }
  });

  it('are what somebody else made of them after a while, at once for who asks for that', async () => {
    const before = await title();
    await onServer('/issues/1', { title: 'By somebody else' });
    expect(await title()).toBe(before);
    expect(await title('?maxAge=0')).toBe('By somebody else');
    await delay(TTL + 100);
    expect(await title()).toBe('By somebody else');
  });
});
