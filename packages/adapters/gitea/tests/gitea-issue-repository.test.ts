import { afterAll, beforeAll } from '@jest/globals';
import { HttpConnection } from '@markitect/adapter-http';
import {
  describeIssueRepositoryContract,
  describeWithService,
  type GiteaService,
  startGitea,
} from '@markitect/testing';
import { GiteaIssueRepository } from '../src/index.js';

describeWithService('gitea', 'GiteaIssueRepository', () => {
  let gitea: GiteaService;
  let client: HttpConnection;
  let repositories = 0;

  beforeAll(async () => {
    gitea = await startGitea();
    client = new HttpConnection({ name: 'gitea', baseUrl: `${gitea.url}/api/v1`, token: gitea.token });
    await client.open();
    await gitea.createUser('bob');
  }, 60_000);

  afterAll(async () => {
    await client.close();
    await gitea.stop();
  });

  describeIssueRepositoryContract('GiteaIssueRepository', async () => {
    const repository = `contract-${(repositories += 1)}`;
    await gitea.createRepository(repository);
    return {
      repository: new GiteaIssueRepository(client, { owner: gitea.owner, repository }),
      user: gitea.owner,
      unknownUser: 'nobody',
      close: async () => Promise.resolve(),
    };
  });
});
