import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GiteaIssueRepository } from '@markitect/adapter-gitea';
import {
  describeIssueRepositoryContract,
  describeWithService,
  type GiteaService,
  startGitea,
} from '@markitect/testing';
import { CurlHttpClient } from '../src/index.js';

describeWithService('gitea', 'issues by curl', () => {
  let gitea: GiteaService;
  let repositories = 0;
  const client = () => new CurlHttpClient({ baseUrl: `${gitea.url}/api/v1`, token: gitea.token });

  beforeAll(async () => {
    gitea = await startGitea();
    await gitea.createUser('bob');
  }, 60_000);

  afterAll(async () => {
    await gitea.stop();
  });

  describeIssueRepositoryContract('GiteaIssueRepository over a curl process for each request', async () => {
    const repository = `contract-${(repositories += 1)}`;
    await gitea.createRepository(repository);
    return {
      repository: new GiteaIssueRepository(client(), { owner: gitea.owner, repository }),
      user: gitea.owner,
      unknownUser: 'nobody',
      close: async () => Promise.resolve(),
    };
  });

  describe('what a body may be', () => {
    it('is longer than a line of a configuration, and has any character', async () => {
      await gitea.createRepository('long');
      const repository = new GiteaIssueRepository(client(), { owner: gitea.owner, repository: 'long' });
      const body = `"quoted" \\back\\slash\t@file ${'ä😀\n'.repeat(50_000)}`;
      for (const each of ['@/etc/passwd "x" \\ \t end', body]) {
        const { number } = await repository.create({ title: 'x', body: each });
        expect((await repository.get(number))?.body).toBe(each);
      }
    });
  });
});
