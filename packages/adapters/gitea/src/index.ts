export { GiteaIssueRepository } from './gitea-issue-repository.js';
export type { GiteaOptions } from './gitea-options.js';
export { GiteaProjectRepository } from './gitea-project-repository.js';
export { giteaVersion } from './gitea-version.js';
export type { GiteaVersion } from './gitea-version.js';
