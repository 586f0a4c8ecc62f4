// What needs no Jest: `@markitect/testing/services`, for benchmarks and for processes that tests start.
export { startGitea } from './services/gitea.js';
export type { GiteaOptions, GiteaService } from './services/gitea.js';
export { giteaProgram } from './services/gitea-program.js';
export { redisProgram, startRedis } from './services/redis.js';
export type { RedisService } from './services/redis.js';
export { seedIssues } from './services/seed-gitea.js';
export type { SeededIssues, SeedOptions } from './services/seed-gitea.js';
export { startFaultProxy } from './faults/fault-proxy.js';
export type { FaultProxy, FaultProxyOptions, ProxiedRequest } from './faults/fault-proxy.js';
export { faultKinds } from './faults/fault-kinds.js';
export type { FaultKind } from './faults/fault-kinds.js';
export { seededRandom } from './seeded-random.js';
export { startTestSite } from './services/test-site.js';
export type { TestSite, TestSiteOptions, TestSiteRequest } from './services/test-site.js';
export { everythingAnswers, everythingPaths, everythingQuestion } from './services/test-site-pages.js';
