export type {
  BoardConfig,
  CacheConfig,
  Config,
  CutoverConfig,
  DatabaseConfig,
  GiteaConfig,
  IngestConfig,
  IssuesConfig,
  LegacyConfig,
  ResearchConfig,
  SecretPath,
  ServerConfig,
  SettingPath,
  TasksConfig,
  WebConfig,
  WorkspacesConfig,
} from './config.js';
export type { ConfigFlags, ConfigSources } from './find-values.js';
export { explainConfig, loadConfig } from './load-config.js';
export type { ExplainedSetting } from './load-config.js';
export { describeSettings } from './describe-settings.js';
export type { SettingDescription } from './describe-settings.js';
