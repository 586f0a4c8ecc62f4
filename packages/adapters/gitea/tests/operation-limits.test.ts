import { describe, expect, it } from '@jest/globals';
import { withinLimits } from '@markitect/ports';
import { GiteaIssueRepository, GiteaProjectRepository } from '../src/index.js';
import { answer, FakeGitea, json } from './fake-gitea.js';

const options = { owner: 'team', repository: 'work' };

function open() {
  const gitea = new FakeGitea();
  gitea.issues = [answer(2), answer(1)];
  return { gitea, issues: new GiteaIssueRepository(gitea, options) };
}

describe('an operation of several requests', () => {
  it('keeps to one deadline with all of them', async () => {
    const { gitea, issues } = open();
    gitea.on('GET', 'issues/1/comments', () => json([]));
    await withinLimits({ deadlineMs: 4000 }, () => issues.comments(1));
    expect(gitea.requests.length).toBeGreaterThan(1);
    for (const { deadlineMs } of gitea.requests) expect(deadlineMs).toBeLessThanOrEqual(4000);
    await issues.comments(1);
    expect(gitea.requests.at(-1)?.deadlineMs).toBeUndefined();
  });

  it('asks nothing more when its time is over or its caller has left', async () => {
    const { gitea, issues } = open();
    gitea.on('GET', 'issues/1', async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return undefined;
    });
    await expect(withinLimits({ deadlineMs: 10 }, () => issues.comments(1))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    const { signal } = new AbortController();
    await withinLimits({ signal }, () => issues.get(2));
    expect(gitea.requests.at(-1)?.signal).toBe(signal);
    const before = gitea.requests.length;
    await expect(withinLimits({ signal: AbortSignal.abort() }, () => issues.get(2))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(gitea.requests).toHaveLength(before);
  });
});

describe('who asks', () => {
  it('is the user of the token, asked for once', async () => {
    const { gitea, issues } = open();
    expect(await issues.user()).toBe('ada');
    expect(await issues.user()).toBe('ada');
    expect(gitea.sent('GET', 'user')).toHaveLength(1);
  });

  it('is refused as what it is when the token is wrong', async () => {
    const { gitea, issues } = open();
    gitea.on('GET', '/user', () => json({ message: 'invalid username, password or token' }, 401));
    await expect(issues.user()).rejects.toMatchObject({
      code: 'TRACKER_UNAUTHORIZED',
      message: expect.stringContaining('whose token it is'),
    });
  });
});

it('a token that is refused is told of by what was wanted, not by what was needed for it', async () => {
  const { gitea, issues } = open();
  gitea.on('GET', '/settings/api', () => json({ message: 'token is required' }, 401));
  const failure = await issues.list({ sort: 'updatedAt' }).catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({
    code: 'TRACKER_UNAUTHORIZED',
    message: 'the server asks for a valid token to list the issues: token is required',
  });
});

it('that a server has no boards is asked once', async () => {
  const { gitea } = open();
  gitea.on('GET', '/version', () => json({ version: '1.27.3' }));
  const projects = new GiteaProjectRepository(gitea, options);
  for (let each = 0; each < 3; each += 1) {
    await expect(projects.projects()).rejects.toMatchObject({ code: 'PROJECTS_NOT_SUPPORTED' });
  }
  expect(gitea.requests).toHaveLength(1);
});

it('that it did not answer is no reason to take it for one without boards', async () => {
  const { gitea } = open();
  let isUp = false;
  gitea.on('GET', '/version', () => (isUp ? json({ version: '28.0.0' }) : json({ message: 'x' }, 404)));
  gitea.on('GET', 'projects', () => json([]));
  const projects = new GiteaProjectRepository(gitea, options);
  await expect(projects.projects()).rejects.toMatchObject({ code: 'TRACKER_NOT_FOUND' });
  isUp = true;
  expect(await projects.projects()).toEqual([]);
});
